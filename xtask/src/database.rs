//! The database that tests, queries and the bench are held against.

use std::{path::PathBuf, process::Command};

use anyhow::{Context, Result};

use crate::{cluster::Cluster, files, process, workspace::Workspace};

/// The database's address: `DATABASE_URL` from the environment or `.env`, else a private cluster's,
/// which is started if it does not run.
pub(crate) fn url(workspace: &Workspace) -> Result<String> {
    let cluster = Cluster::of_checkout(workspace);
    cluster.start()?;
    cluster.url()
}

/// The log of the private cluster's server; none where another database is used, whose log is not ours to read.
pub(crate) fn log(workspace: &Workspace) -> Result<Option<PathBuf>> {
    let running = Cluster::of_checkout(workspace).running()?;
    Ok(running.map(|server| server.log))
}

/// A database on the same server as the given one.
pub(crate) struct Sibling<'a> {
    cluster: Cluster<'a>,
    server: String,
    name: String,
}

impl<'a> Sibling<'a> {
    /// The database of this name beside that of `url`; it need not exist.
    pub(crate) fn new(workspace: &'a Workspace, url: &str, name: &str) -> Self {
        Self {
            cluster: Cluster::of_checkout(workspace),
            server: url.to_owned(),
            name: name.to_owned(),
        }
    }

    /// The database of this name in a cluster that runs; it need not exist.
    pub(crate) fn of(cluster: &Cluster<'a>, name: &str) -> Result<Self> {
        Ok(Self {
            server: cluster.url()?,
            cluster: cluster.clone(),
            name: name.to_owned(),
        })
    }

    /// The name of this database, which needs no quotes in SQL.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The address of this database.
    pub(crate) fn url(&self) -> String {
        with_database(&self.server, &self.name)
    }

    /// Whether it exists.
    pub(crate) fn exists(&self) -> Result<bool> {
        let sql = format!("select 1 from pg_database where datname = '{}'", self.name);
        let found = process::output(self.on_server().args(["-A", "-t", "-c", &sql]))?;
        Ok(!found.is_empty())
    }

    /// Makes it, empty.
    pub(crate) fn create(&self) -> Result<()> {
        self.command(&format!("create database {}", self.name))
    }

    /// Removes it if it is there and nobody uses it.
    pub(crate) fn remove(&self) -> Result<()> {
        self.command(&format!("drop database if exists {}", self.name))
    }

    /// What a query answers: a line for each row, the values with `|` between them.
    pub(crate) fn query(&self, sql: &str) -> Result<String> {
        process::output(self.psql().args(["-A", "-t", "-c", sql]))
    }

    /// psql on this database, quiet and stopping at the first error.
    pub(crate) fn psql(&self) -> Command {
        let mut psql = self.on_server();
        psql.args(["-c", &format!("\\connect {}", self.name)]);
        psql
    }

    fn command(&self, sql: &str) -> Result<()> {
        process::output(self.on_server().args(["-c", sql])).map(drop)
    }

    /// psql on the given database.
    fn on_server(&self) -> Command {
        let mut psql = self.cluster.command("psql");
        psql.args(["-X", "-q", "-v", "ON_ERROR_STOP=1"]);
        psql
    }
}

/// A database of its own beside the given one, gone when this value is.
pub(crate) struct Scratch<'a>(Sibling<'a>);

impl<'a> Scratch<'a> {
    /// Makes an empty database beside that of `url` and runs all migrations in it.
    pub(crate) fn migrated(workspace: &'a Workspace, url: &str) -> Result<Self> {
        let name = format!("rollcall_queries_{}", std::process::id());
        let scratch = Self(Sibling::new(workspace, url, &name));
        scratch.0.create()?;
        scratch.migrate()?;
        Ok(scratch)
    }

    /// The address of this database.
    pub(crate) fn url(&self) -> String {
        self.0.url()
    }

    /// Each file in a transaction of its own, as the product runs them.
    fn migrate(&self) -> Result<()> {
        let mut psql = self.0.psql();
        let migrations = self.0.cluster.workspace().root.join("migrations");
        for file in files::with_extension(&migrations, &["sql"])? {
            psql.args(["-c", "begin", "-f"])
                .arg(file)
                .args(["-c", "commit"]);
        }
        process::output(&mut psql)
            .map(drop)
            .context("the migrations fail on an empty database")
    }
}

impl Drop for Scratch<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.0.remove() {
            eprintln!("the database {} is left behind: {error:#}", self.0.name);
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
