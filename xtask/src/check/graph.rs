//! Dependency graph as resolved by cargo.

use std::{collections::BTreeSet, path::Path};

use anyhow::{Context, Result};
use cargo_metadata::{Metadata, MetadataCommand, Package};

use crate::{process, workspace::Workspace};

/// Returns the metadata of the packages of this repository only.
pub(super) fn own_metadata(workspace: &Workspace) -> Result<Metadata> {
    MetadataCommand::new()
        .manifest_path(workspace.root.join("Cargo.toml"))
        .no_deps()
        .exec()
        .context("cargo cannot describe the workspace")
}

/// Returns the metadata of all packages in the lock file.
pub(super) fn metadata(workspace: &Workspace) -> Result<Metadata> {
    MetadataCommand::new()
        .manifest_path(workspace.root.join("Cargo.toml"))
        .exec()
        .context("cargo cannot describe the workspace")
}

/// Returns the packages of this repository.
pub(super) fn own(metadata: &Metadata) -> Vec<&Package> {
    metadata.workspace_packages()
}

/// Returns the folder of a package.
pub(super) fn folder(package: &Package) -> Result<&Path> {
    let folder = package.manifest_path.parent();
    Ok(folder
        .context("a manifest is not in a folder")?
        .as_std_path())
}

/// Returns the names of all packages that are linked into `package` for a target, with the features of this package
/// only. `cargo metadata` unifies the features of the whole workspace.
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
