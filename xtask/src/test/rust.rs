//! Tests of the native packages.

use anyhow::{Result, bail};
use clap::ValueEnum;

use super::{
    programs::{self, TestProgram},
    tally::{NEXTEST, Tally, count},
};
use crate::{database, process, workspace::Workspace};

/// Selection of the product's packages. They are compiled together, so that dependencies have the features of `cargo
/// build --package server` and are compiled once. `app` is compiled for the server here; the browser tests compile it
/// for the browser.
const PRODUCT: &[&str] = &["--workspace", "--exclude", "frontend", "--exclude", "xtask"];

/// Selection of this program, with the features that `cargo xtask` uses.
const DRIVER: &[&str] = &["--package", "xtask"];

/// Program that runs the compiled tests.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Runner {
    /// One process per test program, with a thread per core. A table that a test needs is computed once.
    Cargo,
    /// cargo-nextest: one process per test, from all packages at the same time.
    Nextest,
}

/// Compiles all native tests and returns their programs.
pub(super) fn compile(workspace: &Workspace) -> Result<Vec<TestProgram>> {
    let mut all = programs::compile(workspace, PRODUCT)?;
    all.extend(programs::compile(workspace, DRIVER)?);
    Ok(all)
}

/// Runs all native tests in the dev profile, which reuses what `make run` has compiled and has overflow checks and
/// debug assertions.
pub(super) fn run(workspace: &Workspace, runner: Runner) -> Result<Tally> {
    let url = database::url(workspace)?;
    match runner {
        Runner::Cargo => programs::run(compile(workspace)?, &url),
        Runner::Nextest => run_nextest(workspace, &url),
    }
}

/// Runs the tests with cargo-nextest. Fails if it is not installed.
fn run_nextest(workspace: &Workspace, url: &str) -> Result<Tally> {
    let found = process::capture(workspace.cargo().args(["nextest", "--version"]))?;
    if !found.status.success() {
        bail!("cargo-nextest is not installed: run cargo install cargo-nextest --locked");
    }
    let mut total = Tally::default();
    for selection in [PRODUCT, DRIVER] {
        let mut cargo = workspace.native_cargo();
        cargo
            .args(["nextest", "run", "--no-fail-fast"])
            .args(["--message-format", "libtest-json"])
            .args(["--message-format-version", "0.1"])
            // The format is of a fixed version; the variable accepts that later versions may differ.
            .env("NEXTEST_EXPERIMENTAL_LIBTEST_JSON", "1")
            .env("DATABASE_URL", url)
            .args(selection);
        total += count(&mut cargo, &NEXTEST)?;
    }
    Ok(total)
}
