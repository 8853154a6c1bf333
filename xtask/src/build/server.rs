//! Build of the server by cargo.

use std::{
    io::BufReader,
    path::PathBuf,
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context, Result, anyhow, bail};
use cargo_metadata::{Artifact, Message};

use super::Mode;
use crate::{process, report, workspace::Workspace};

/// Compiles the server and returns the path of its binary.
pub(super) fn compile(workspace: &Workspace, mode: Mode) -> Result<PathBuf> {
    let started = Instant::now();
    let names = &workspace.settings.names;
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--package", &names.bin_package]);
    cargo.args(["--bin", &names.bin_target]);
    if mode == Mode::Release {
        cargo.arg("--release");
    }
    let binary = artifacts(&mut cargo)?
        .into_iter()
        .find(|artifact| artifact.target.name == names.bin_target)
        .and_then(|artifact| artifact.executable)
        .ok_or_else(|| anyhow!("cargo built no program {}", names.bin_target))?;
    report::step("server compiled", started);
    Ok(binary.into())
}

/// Runs `cargo build` and returns its JSON messages; progress goes to the terminal.
pub(super) fn artifacts(cargo: &mut Command) -> Result<Vec<Artifact>> {
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
