//! `docs/openapi.json`: the description of the API that the server derives from its handlers, for readers and for reviews of a
//! change.

use std::{fs, process::Command, time::Instant};

use anyhow::{Result, bail};

use crate::{
    build::{self, Mode},
    files, process, report,
    workspace::Workspace,
};

/// Path of the description.
pub(crate) const FILE: &str = "docs/openapi.json";

/// Writes the description of the API.
pub(crate) fn write(workspace: &Workspace) -> Result<()> {
    let started = Instant::now();
    fs::write(workspace.root.join(FILE), describe(workspace)?)?;
    report::step(
        &format!("description of the API written to {FILE}"),
        started,
    );
    Ok(())
}

/// Compares the file with the description of the API.
///
/// # Errors
/// They differ.
pub(crate) fn verify(workspace: &Workspace) -> Result<()> {
    if describe(workspace)? != files::text(&workspace.root.join(FILE))? {
        bail!("{FILE} is out of date: run cargo xtask openapi");
    }
    Ok(())
}

/// Returns the description that the program prints, which needs neither settings nor a database.
fn describe(workspace: &Workspace) -> Result<String> {
    let program = build::server(workspace, Mode::Dev)?;
    let description = process::output(Command::new(program).arg("openapi"))?;
    Ok(format!("{description}\n"))
}
