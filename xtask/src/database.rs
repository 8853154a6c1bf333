//! Databases for tests, queries and benchmarks.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use crate::{cluster::Cluster, files, process, workspace::Workspace};

/// First line of a migration that runs outside of a transaction.
pub(crate) const NO_TRANSACTION: &str = "-- no-transaction";

/// Returns the database URL: `DATABASE_URL` from the environment or `.env`, otherwise that of the private cluster,
/// which is started if necessary.
pub(crate) fn url(workspace: &Workspace) -> Result<String> {
    let cluster = Cluster::of_checkout(workspace);
    cluster.start()?;
    cluster.url()
}

/// Returns the server log of the private cluster; `None` if another database is used.
pub(crate) fn log(workspace: &Workspace) -> Result<Option<PathBuf>> {
    let running = Cluster::of_checkout(workspace).running()?;
    Ok(running.map(|server| server.log))
}

/// Database on the same server as another one.
pub(crate) struct Sibling<'a> {
    cluster: Cluster<'a>,
    server: String,
    name: String,
}

impl<'a> Sibling<'a> {
    /// Returns the database of this name on the server of `url`. It need not exist.
    pub(crate) fn new(workspace: &'a Workspace, url: &str, name: &str) -> Self {
        Self {
            cluster: Cluster::of_checkout(workspace),
            server: url.to_owned(),
            name: name.to_owned(),
        }
    }

    /// Returns the database of this name in a running cluster. It need not exist.
    pub(crate) fn of(cluster: &Cluster<'a>, name: &str) -> Result<Self> {
        Ok(Self {
            server: cluster.url()?,
            cluster: cluster.clone(),
            name: name.to_owned(),
        })
    }

    /// Returns the name, which needs no quoting in SQL.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Returns the URL of this database.
    pub(crate) fn url(&self) -> String {
        with_database(&self.server, &self.name)
    }

    /// Reports whether the database exists.
    pub(crate) fn exists(&self) -> Result<bool> {
        let sql = format!("select 1 from pg_database where datname = '{}'", self.name);
        let found = process::output(self.on_server().args(["-A", "-t", "-c", &sql]))?;
        Ok(!found.is_empty())
    }

    /// Creates the empty database.
    pub(crate) fn create(&self) -> Result<()> {
        self.command(&format!("create database {}", self.name))
    }

    /// Drops the database if it exists. Fails while it has connections.
    pub(crate) fn remove(&self) -> Result<()> {
        self.command(&format!("drop database if exists {}", self.name))
    }

    /// Runs a query and returns its rows, one per line, with `|` between the values.
    pub(crate) fn query(&self, sql: &str) -> Result<String> {
        process::output(self.psql().args(["-A", "-t", "-c", sql]))
    }

    /// Returns a psql command connected to this database: quiet, and stopping at the first error.
    pub(crate) fn psql(&self) -> Command {
        let mut psql = self.on_server();
        psql.args(["-c", &format!("\\connect {}", self.name)]);
        psql
    }

    fn command(&self, sql: &str) -> Result<()> {
        process::output(self.on_server().args(["-c", sql])).map(drop)
    }

    /// Returns a psql command connected to the configured database.
    fn on_server(&self) -> Command {
        let mut psql = self.cluster.command("psql");
        psql.args(["-X", "-q", "-v", "ON_ERROR_STOP=1"]);
        psql
    }
}

/// Temporary database on the same server, dropped with this value.
pub(crate) struct Scratch<'a>(Sibling<'a>);

impl<'a> Scratch<'a> {
    /// Creates a database on the server of `url` and applies all migrations.
    pub(crate) fn migrated(workspace: &'a Workspace, url: &str) -> Result<Self> {
        let name = format!("rollcall_queries_{}", std::process::id());
        let scratch = Self(Sibling::new(workspace, url, &name));
        scratch.0.create()?;
        scratch.migrate()?;
        Ok(scratch)
    }

    /// Returns the URL of this database.
    pub(crate) fn url(&self) -> String {
        self.0.url()
    }

    /// Runs a query and returns its rows, one per line, with `|` between the values.
    pub(crate) fn query(&self, sql: &str) -> Result<String> {
        self.0.query(sql)
    }

    /// Applies the migrations as the product does.
    fn migrate(&self) -> Result<()> {
        let mut psql = self.0.psql();
        let migrations = self.0.cluster.workspace().root.join("migrations");
        for file in files::with_extension(&migrations, &["sql"])? {
            psql.args(migration_arguments(&file, &files::text(&file)?));
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

/// Returns whether a migration runs outside of a transaction.
pub(crate) fn has_no_transaction(migration: &str) -> bool {
    migration.lines().next() == Some(NO_TRANSACTION)
}

/// Returns the arguments with which psql applies a migration: in a transaction of its own, unless it runs outside of one.
fn migration_arguments(file: &Path, migration: &str) -> Vec<OsString> {
    let file: [OsString; 2] = ["-f".into(), file.into()];
    if has_no_transaction(migration) {
        return file.into();
    }
    let begin = ["-c", "begin"].map(OsString::from);
    let commit = ["-c", "commit"].map(OsString::from);
    [begin, file, commit].concat()
}

/// Returns the URL of another database on the same server.
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
    fn migrations_have_a_transaction_unless_their_first_line_excludes_it() {
        let file = Path::new("migrations/1_a.sql");
        let index = "create index concurrently a on b (c);";
        let without = migration_arguments(file, &format!("{NO_TRANSACTION}\n{index}"));
        assert_eq!(without, ["-f", "migrations/1_a.sql"]);
        for sql in [
            "create table b ();",
            &format!("\n{NO_TRANSACTION}\n{index}"),
        ] {
            let within = migration_arguments(file, sql);
            let expected = ["-c", "begin", "-f", "migrations/1_a.sql", "-c", "commit"];
            assert_eq!(within, expected, "{sql}");
        }
    }

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
