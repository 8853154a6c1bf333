//! rustfmt, and clippy for the native and the browser packages.

use anyhow::{Context, Result};

use super::Verdict;
use crate::{process, test, workspace::Workspace};

/// Selection of all native packages. `frontend` is excluded because it would enable the browser features of `app`;
/// `server` enables the server features.
const NATIVE: &[&str] = &["--workspace", "--exclude", "frontend", "--all-targets"];

/// Selection of the browser packages. They use the dev profile, because its macros and build scripts are compiled
/// already.
const WASM: &[&str] = &[
    "--package",
    "frontend",
    "--package",
    "app",
    "--features",
    "app/hydrate",
    "--target",
    "wasm32-unknown-unknown",
];

pub(super) fn format(workspace: &Workspace) -> Result<Verdict> {
    let mut cargo = workspace.cargo();
    cargo.args(["fmt", "--all", "--check", "--", "--files-with-diff"]);
    process::output(&mut cargo).context("cargo fmt would change these files")?;
    Ok(Verdict::Ok)
}

pub(super) fn native(workspace: &Workspace) -> Result<Verdict> {
    if workspace.lints_while_compiling() {
        return test::compile(workspace).map(|()| Verdict::Ok);
    }
    clippy(workspace, NATIVE)
}

pub(super) fn wasm(workspace: &Workspace) -> Result<Verdict> {
    clippy(workspace, WASM)
}

fn clippy(workspace: &Workspace, selection: &[&str]) -> Result<Verdict> {
    let mut cargo = workspace.cargo();
    cargo
        .args(["clippy", "--quiet", "--keep-going"])
        .args(selection)
        .args(["--", "--deny", "warnings"]);
    process::output(&mut cargo)?;
    Ok(Verdict::Ok)
}
