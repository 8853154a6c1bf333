//! Private PostgreSQL cluster, managed by `scripts/postgres`.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Result, bail};

use crate::{process, workspace::Workspace};

/// Script that determines the database and starts a cluster if none is configured.
const SCRIPT: &str = "scripts/postgres";

/// Cluster of the checkout, or a separate one.
#[derive(Clone)]
pub(crate) struct Cluster<'a> {
    workspace: &'a Workspace,
    /// Folder of a separate cluster; `None` for the cluster of the checkout.
    apart: Option<PathBuf>,
}

/// Running PostgreSQL server.
pub(crate) struct Running {
    /// Process id of the postmaster.
    pub(crate) pid: i32,
    pub(crate) log: PathBuf,
}

impl<'a> Cluster<'a> {
    /// Returns the cluster of the checkout. Its database is that of `DATABASE_URL` if this is set.
    pub(crate) fn of_checkout(workspace: &'a Workspace) -> Self {
        Self {
            workspace,
            apart: None,
        }
    }

    /// Returns the cluster in a folder, regardless of `DATABASE_URL`.
    pub(crate) fn in_folder(workspace: &'a Workspace, folder: &Path) -> Self {
        Self {
            workspace,
            apart: Some(folder.to_owned()),
        }
    }

    pub(crate) fn workspace(&self) -> &'a Workspace {
        self.workspace
    }

    /// Returns a command of the script.
    pub(crate) fn command(&self, name: &str) -> Command {
        let mut command = self.workspace.command(self.workspace.root.join(SCRIPT));
        command.arg(name);
        if let Some(folder) = &self.apart {
            command
                .env("ROLLCALL_CLUSTER", folder)
                .env_remove("DATABASE_URL");
        }
        command
    }

    /// Starts the cluster if it is not running; creates it first if necessary.
    pub(crate) fn start(&self) -> Result<()> {
        process::run(&mut self.command("start"))
    }

    /// Stops the cluster; its data remains.
    pub(crate) fn stop(&self) -> Result<()> {
        process::run(&mut self.command("stop"))
    }

    /// Returns the URL of its database.
    pub(crate) fn url(&self) -> Result<String> {
        process::output(&mut self.command("url"))
    }

    /// Returns the running server; `None` if the database belongs to another cluster, whose files must not be read.
    pub(crate) fn running(&self) -> Result<Option<Running>> {
        running(&process::output(&mut self.command("status"))?)
    }
}

/// Parses the output of `scripts/postgres status`.
fn running(status: &str) -> Result<Option<Running>> {
    let Some(log) = status.lines().find_map(|line| line.strip_prefix("Log:")) else {
        return Ok(None);
    };
    let pid = status
        .lines()
        .find_map(|line| line.split_once(", process ")?.1.strip_suffix('.'));
    let Some(pid) = pid.and_then(|pid| pid.parse().ok()) else {
        bail!("scripts/postgres status printed no process id: {status}");
    };
    Ok(Some(Running {
        pid,
        log: log.trim().into(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn process_and_log_are_read_from_the_status() {
        let status = "PostgreSQL 15 runs on 127.0.0.1:20001 and in /tmp/r, process 42.\nData: /d\nLog:  /d/server.log";
        let found = running(status).unwrap().unwrap();
        assert_eq!(found.pid, 42);
        assert_eq!(found.log, Path::new("/d/server.log"));
    }

    #[test]
    fn foreign_server_is_ignored() {
        let status = "DATABASE_URL is set in .env; that database is used.\nIt accepts connections.";
        assert!(running(status).unwrap().is_none());
        assert!(running("Log: /d/server.log").is_err());
    }
}
