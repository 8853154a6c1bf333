//! Build of the server by cargo.

use std::{
    io::BufReader,
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, anyhow, bail};
use cargo_metadata::{Artifact, Message};

use super::{Mode, debug_information};
use crate::{process, refresh, steps, workspace::Workspace};

/// Compiles the server and returns the path of its binary. The debug information of a release is in a file beside it.
pub(super) fn compile(workspace: &Workspace, mode: Mode) -> Result<PathBuf> {
    // Cargo in another release build would link its binary between the steps of this one.
    let _lock = (mode == Mode::Release)
        .then(|| refresh::lock(&workspace.cache()))
        .transpose()?;
    let step = match mode {
        Mode::Dev => &steps::SERVER,
        Mode::Release => &steps::SERVER_RELEASE,
    };
    let step = step.start(workspace);
    let names = &workspace.settings.names;
    let mut cargo = match mode {
        Mode::Dev => workspace.native_cargo(),
        Mode::Release => workspace.cargo(),
    };
    cargo.args(["build", "--package", &names.bin_package]);
    cargo.args(["--bin", &names.bin_target]);
    if mode == Mode::Release {
        cargo.arg("--release");
    }
    let binary: PathBuf = artifacts(&mut cargo)?
        .into_iter()
        .find(|artifact| artifact.target.name == names.bin_target)
        .and_then(|artifact| artifact.executable)
        .ok_or_else(|| anyhow!("cargo built no program {}", names.bin_target))?
        .into();
    step.finish();
    if mode == Mode::Release {
        debug_information::separate(workspace, &binary)?;
    }
    Ok(binary)
}

/// Runs a cargo command that compiles, and returns what it has built; progress goes to the terminal.
pub(crate) fn artifacts(cargo: &mut Command) -> Result<Vec<Artifact>> {
    cargo
        .arg("--message-format=json-render-diagnostics")
        .stdout(Stdio::piped());
    let name = process::name(cargo);
    let mut child = cargo
        .spawn()
        .with_context(|| format!("{name} cannot be started"))?;
    let mut made = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        for message in Message::parse_stream(BufReader::new(stdout)) {
            if let Message::CompilerArtifact(artifact) = message? {
                made.push(artifact);
            }
        }
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("{name} failed ({status})");
    }
    Ok(made)
}
