//! The tests of the native packages.

use anyhow::Result;

use super::tally::{Line, Tally, count};
use crate::{database, process, workspace::Workspace};

/// The packages of the product together, so that their dependencies have one set of features: that of
/// `cargo build --package server`, and nothing is compiled twice. `app` is compiled for the server
/// here; the browser's half of it is compiled for the browser tests.
const PRODUCT: &[&str] = &["--workspace", "--exclude", "frontend", "--exclude", "xtask"];

/// This program, with the features that `cargo xtask` gave its dependencies.
const DRIVER: &[&str] = &["--package", "xtask"];

/// Compiles the tests of the product.
pub(super) fn compile(workspace: &Workspace) -> Result<()> {
    let mut cargo = workspace.cargo();
    process::run(cargo.args(["test", "--no-run"]).args(PRODUCT))
}

/// Runs all native tests in the dev profile: what `make run` has compiled is used again, and
/// overflow checks and debug assertions are on.
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
