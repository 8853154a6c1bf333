//! Tests of the native packages.

use std::process::Command;

use anyhow::{Result, bail};
use clap::ValueEnum;

use super::tally::{self, Tally, count};
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
    /// One process per package, with a thread per core. A table that a test needs is computed once.
    Cargo,
    /// cargo-nextest: one process per test, from all packages at the same time.
    Nextest,
}

impl Runner {
    fn command(self, workspace: &Workspace, selection: &[&str]) -> Command {
        let mut cargo = workspace.cargo();
        match self {
            Self::Cargo => cargo.args(["test", "--no-fail-fast"]),
            Self::Nextest => cargo
                .args(["nextest", "run", "--no-fail-fast"])
                .args(["--message-format", "libtest-json"])
                .args(["--message-format-version", "0.1"])
                // The format is of a fixed version; the variable accepts that later versions may differ.
                .env("NEXTEST_EXPERIMENTAL_LIBTEST_JSON", "1"),
        };
        cargo.args(selection);
        cargo
    }

    fn format(self) -> tally::Format {
        match self {
            Self::Cargo => tally::LIBTEST,
            Self::Nextest => tally::NEXTEST,
        }
    }

    /// Fails if the program is not installed.
    fn find(self, workspace: &Workspace) -> Result<()> {
        if self == Self::Nextest {
            let found = process::capture(workspace.cargo().args(["nextest", "--version"]))?;
            if !found.status.success() {
                bail!("cargo-nextest is not installed: run cargo install cargo-nextest --locked");
            }
        }
        Ok(())
    }
}

/// Compiles the tests of the product.
pub(super) fn compile(workspace: &Workspace) -> Result<()> {
    let mut cargo = workspace.cargo();
    process::run(cargo.args(["test", "--no-run"]).args(PRODUCT))
}

/// Runs all native tests in the dev profile, which reuses what `make run` has compiled and has overflow checks and
/// debug assertions.
pub(super) fn run(workspace: &Workspace, runner: Runner) -> Result<Tally> {
    runner.find(workspace)?;
    let url = database::url(workspace)?;
    let mut total = Tally::default();
    for selection in [PRODUCT, DRIVER] {
        let mut command = runner.command(workspace, selection);
        total += count(command.env("DATABASE_URL", &url), &runner.format())?;
    }
    Ok(total)
}
