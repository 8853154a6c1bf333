//! The database that tests and queries are held against.

use std::process::Command;

use anyhow::{Context, Result};

use crate::{files, process, workspace::Workspace};

/// The script that knows which database to use and starts one if none is named.
const SCRIPT: &str = "scripts/postgres";

/// The database's address: `DATABASE_URL` from the environment or `.env`, else a private cluster's,
/// which is started if it does not run.
pub(crate) fn url(workspace: &Workspace) -> Result<String> {
    let script = workspace.root.join(SCRIPT);
    process::run(workspace.command(&script).arg("start"))?;
    process::output(workspace.command(&script).arg("url"))
}

/// A database of its own beside the given one, gone when this value is.
pub(crate) struct Scratch<'a> {
    workspace: &'a Workspace,
    server: String,
    name: String,
}

impl<'a> Scratch<'a> {
    /// Makes an empty database beside that of `url` and runs all migrations in it.
    pub(crate) fn migrated(workspace: &'a Workspace, url: &str) -> Result<Self> {
        let scratch = Self {
            workspace,
            server: url.to_owned(),
            name: format!("rollcall_queries_{}", std::process::id()),
        };
        scratch.command(&format!("create database {}", scratch.name))?;
        scratch.migrate()?;
        Ok(scratch)
    }

    /// The address of this database.
    pub(crate) fn url(&self) -> String {
        with_database(&self.server, &self.name)
    }

    /// Each file in a transaction of its own, as the product runs them.
    fn migrate(&self) -> Result<()> {
        let mut psql = self.psql();
        psql.args(["-c", &format!("\\connect {}", self.name)]);
        for file in files::with_extension(&self.workspace.root.join("migrations"), &["sql"])? {
            psql.args(["-c", "begin", "-f"])
                .arg(file)
                .args(["-c", "commit"]);
        }
        process::output(&mut psql)
            .map(drop)
            .context("the migrations fail on an empty database")
    }

    fn command(&self, sql: &str) -> Result<()> {
        process::output(self.psql().args(["-c", sql])).map(drop)
    }

    /// psql on the given database, quiet and stopping at the first error.
    fn psql(&self) -> Command {
        let mut psql = self.workspace.command(self.workspace.root.join(SCRIPT));
        psql.args(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1"]);
        psql
    }
}

impl Drop for Scratch<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.command(&format!("drop database if exists {}", self.name)) {
            eprintln!("the database {} is left behind: {error:#}", self.name);
        }
    }
}

/// The address of another database on the same server.
fn with_database(url: &str, name: &str) -> String {
    let (address, options) = url.split_once('?').unwrap_or((url, ""));
    let (scheme, place) = address.split_once("://").unwrap_or(("postgres", address));
    let server = place.split('/').next().unwrap_or_default();
    format!("{scheme}://{server}/{name}?{options}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_database_of_an_address_changes() {
        for (from, to) in [
            (
                "postgres://u:p@[::1]:5432/a",
                "postgres://u:p@[::1]:5432/other?",
            ),
            ("postgres://u@host", "postgres://u@host/other?"),
            (
                "postgres://u@host/?ssl=on",
                "postgres://u@host/other?ssl=on",
            ),
            ("postgres:///a?host=/run/x", "postgres:///other?host=/run/x"),
        ] {
            assert_eq!(with_database(from, "other"), to);
        }
    }
}
