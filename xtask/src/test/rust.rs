//! Tests of the native packages.

use anyhow::Result;

use super::tally::{Line, Tally, count};
use crate::{database, process, workspace::Workspace};

/// Selection of the product's packages. They are compiled together, so that dependencies have the features of `cargo
/// build --package server` and are compiled once. `app` is compiled for the server here; the browser tests compile it
/// for the browser.
const PRODUCT: &[&str] = &["--workspace", "--exclude", "frontend", "--exclude", "xtask"];

/// Selection of this program, with the features that `cargo xtask` uses.
const DRIVER: &[&str] = &["--package", "xtask"];

/// Compiles the tests of the product.
pub(super) fn compile(workspace: &Workspace) -> Result<()> {
    let mut cargo = workspace.cargo();
    process::run(cargo.args(["test", "--no-run"]).args(PRODUCT))
}

/// Runs all native tests in the dev profile, which reuses what `make run` has compiled and has overflow checks and
/// debug assertions.
pub(super) fn run(workspace: &Workspace) -> Result<Tally> {
    let url = database::url(workspace)?;
    let mut total = Tally::default();
    for selection in [PRODUCT, DRIVER] {
        let mut cargo = workspace.cargo();
        cargo.args(["test", "--no-fail-fast"]).args(selection);
        total += count(cargo.env("DATABASE_URL", &url), Line::of_libtest)?;
    }
    Ok(total)
}
