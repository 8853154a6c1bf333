//! What depends on what, as cargo resolves it.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use cargo_metadata::{Metadata, MetadataCommand, Package};

use crate::{process, workspace::Workspace};

/// All packages in the lock file's graph.
pub(super) fn metadata(workspace: &Workspace) -> Result<Metadata> {
    MetadataCommand::new()
        .manifest_path(workspace.root.join("Cargo.toml"))
        .exec()
        .context("cargo cannot describe the workspace")
}

/// The packages of this repository.
pub(super) fn own(metadata: &Metadata) -> Vec<&Package> {
    metadata.workspace_packages()
}

/// The names of all packages that end up in `package` for a target, with the features that it alone
/// asks for: `cargo metadata` knows only those of the whole workspace together.
pub(super) fn linked_into(
    workspace: &Workspace,
    package: &str,
    target: &str,
) -> Result<BTreeSet<String>> {
    let mut cargo = workspace.cargo();
    cargo.args(["tree", "--package", package, "--target", target]);
    cargo.args([
        "--edges",
        "normal,no-proc-macro",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ]);
    let tree = process::output(&mut cargo)?;
    Ok(tree
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect())
}
