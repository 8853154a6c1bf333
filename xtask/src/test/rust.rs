//! The tests of the native packages.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use anyhow::{Context, Result};

use super::tally::Tally;
use crate::{database, process, workspace::Workspace};

/// The packages of the product together, so that their dependencies have one set of features: that of
/// `cargo build --package server`, and nothing is compiled twice. `app` is compiled for the server
/// here; the browser's half of it is compiled for the browser tests.
const PRODUCT: &[&str] = &["--workspace", "--exclude", "frontend", "--exclude", "xtask"];

/// This program, with the features that `cargo xtask` gave its dependencies.
const DRIVER: &[&str] = &["--package", "xtask"];

/// Runs all native tests in the dev profile: what `make run` has compiled is used again, and
/// overflow checks and debug assertions are on.
pub(super) fn run(workspace: &Workspace) -> Result<Tally> {
    let url = database::url(workspace)?;
    let mut total = Tally::default();
    for selection in [PRODUCT, DRIVER] {
        let mut cargo = workspace.cargo();
        cargo.args(["test", "--no-fail-fast"]).args(selection);
        total += count(cargo.env("DATABASE_URL", &url))?;
    }
    Ok(total)
}

/// Shows the output of `cargo test` and adds up its result lines.
fn count(cargo: &mut Command) -> Result<Tally> {
    let name = process::name(cargo);
    let mut child = cargo
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("{name} cannot be started"))?;
    let mut total = Tally::default();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            let line = line?;
            println!("{line}");
            if let Some(tally) = Tally::of_libtest_line(&line) {
                total += tally;
            }
        }
    }
    // A test that does not compile, or aborts, has no result line.
    if !child.wait()?.success() && total.failed == 0 {
        total += Tally::NOT_RUN;
    }
    Ok(total)
}
