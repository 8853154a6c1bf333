//! `docs/openapi.json`: the description of the API that the server derives from its handlers, for readers and for reviews of a
//! change.

use std::{collections::BTreeSet, fs, process::Command, time::Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

use crate::{
    build::{self, Mode},
    files, process, report,
    workspace::Workspace,
};

/// Path of the description.
pub(crate) const FILE: &str = "docs/openapi.json";
/// Scopes in the description that access tokens of tests do not have: one would revoke itself, or its owner lacks the permission.
const WITHHELD: [&str; 3] = ["tokens:write", "api-keys:resolve", "limits:consume"];

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

/// Returns the scopes that the description names, apart from the withheld ones, separated by commas.
pub(crate) fn scopes(workspace: &Workspace) -> Result<String> {
    scopes_in(&files::text(&workspace.root.join(FILE))?)
}

fn scopes_in(description: &str) -> Result<String> {
    let description: Value = serde_json::from_str(description)?;
    let paths = description.get("paths").and_then(Value::as_object);
    let operations = paths.context("a description without paths")?.values();
    let operations = operations
        .filter_map(Value::as_object)
        .flat_map(Map::values);
    let requirements = operations.filter_map(|operation| operation.get("security")?.as_array());
    let named = requirements
        .flatten()
        .filter_map(|requirement| requirement.get("token")?.as_array())
        .flatten()
        .filter_map(Value::as_str);
    let scopes: BTreeSet<&str> = named.filter(|scope| !WITHHELD.contains(scope)).collect();
    Ok(scopes.into_iter().collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn scopes_are_those_of_the_description() {
        let description = json!({
            "paths": {
                "/a": {
                    "parameters": [],
                    "get": { "security": [{ "session": [] }, { "token": ["users:read"] }] },
                    "post": { "security": [{ "token": ["groups:write"] }, { "token": ["tokens:write"] }] }
                },
                "/b": { "get": { "security": [{}] }, "put": { "security": [{ "token": ["users:read"] }] } }
            }
        });
        let found = scopes_in(&description.to_string()).unwrap();
        assert_eq!(found, "groups:write,users:read");
    }
}
