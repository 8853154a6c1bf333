//! Running the product from the source tree.

use std::{
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, anyhow};

use crate::{
    build::{self, Mode, Parts},
    database, process,
    workspace::Workspace,
};

/// How many people an empty database is filled with: enough for several pages, made in a moment.
const DEMO_USERS: &str = "1000";

/// From nothing to a server with people in it.
pub(crate) fn run(workspace: &Workspace, mode: Mode) -> Result<()> {
    let url = database::url(workspace)?;
    let server = build(workspace, mode)?;
    process::run(rollcall(workspace, &server, &url).arg("migrate"))?;
    // Says the administrator's password if it makes one.
    process::run(rollcall(workspace, &server, &url).args([
        "demo",
        "--users",
        DEMO_USERS,
        "--admin",
        "--if-empty",
    ]))?;
    hand_over(rollcall(workspace, &server, &url).arg("serve"))
}

/// Builds and serves what the database holds.
pub(crate) fn serve(workspace: &Workspace, mode: Mode) -> Result<()> {
    let url = database::url(workspace)?;
    let server = build(workspace, mode)?;
    hand_over(rollcall(workspace, &server, &url).arg("serve"))
}

fn build(workspace: &Workspace, mode: Mode) -> Result<PathBuf> {
    build::build(workspace, mode, Parts::All)?.ok_or_else(|| anyhow!("the server was not built"))
}

fn rollcall(workspace: &Workspace, server: &Path, url: &str) -> Command {
    let mut command = workspace.command(server);
    command.env("DATABASE_URL", url);
    command
}

/// Becomes the server: signals reach it directly and its exit status is ours.
fn hand_over(server: &mut Command) -> Result<()> {
    Err(server.exec()).with_context(|| format!("{} cannot be started", process::name(server)))
}
