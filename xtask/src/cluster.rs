//! A private PostgreSQL, looked after by `scripts/postgres`.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Result, bail};

use crate::{process, workspace::Workspace};

/// The script that knows which database to use and starts one if none is named.
const SCRIPT: &str = "scripts/postgres";

/// The cluster of the checkout, or another one.
#[derive(Clone)]
pub(crate) struct Cluster<'a> {
    workspace: &'a Workspace,
    /// The folder of a cluster that is not the checkout's.
    apart: Option<PathBuf>,
}

/// A server that runs.
pub(crate) struct Running {
    /// Its first process, which has started all others.
    pub(crate) pid: i32,
    pub(crate) log: PathBuf,
}

impl<'a> Cluster<'a> {
    /// That of the checkout, or the database that `DATABASE_URL` names instead.
    pub(crate) fn of_checkout(workspace: &'a Workspace) -> Self {
        Self {
            workspace,
            apart: None,
        }
    }

    /// One in a folder, whatever `DATABASE_URL` names.
    pub(crate) fn in_folder(workspace: &'a Workspace, folder: &Path) -> Self {
        Self {
            workspace,
            apart: Some(folder.to_owned()),
        }
    }

    pub(crate) fn workspace(&self) -> &'a Workspace {
        self.workspace
    }

    /// A command of the script.
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

    /// Starts it if it does not run, after making it if there is none.
    pub(crate) fn start(&self) -> Result<()> {
        process::run(&mut self.command("start"))
    }

    /// Stops it; its data stay.
    pub(crate) fn stop(&self) -> Result<()> {
        process::run(&mut self.command("stop"))
    }

    /// The address of its database.
    pub(crate) fn url(&self) -> Result<String> {
        process::output(&mut self.command("url"))
    }

    /// Its server, unless it is another's, which is not ours to look into.
    pub(crate) fn running(&self) -> Result<Option<Running>> {
        running(&process::output(&mut self.command("status"))?)
    }
}

/// The server in what `scripts/postgres status` says.
fn running(status: &str) -> Result<Option<Running>> {
    let Some(log) = status.lines().find_map(|line| line.strip_prefix("Log:")) else {
        return Ok(None);
    };
    let pid = status
        .lines()
        .find_map(|line| line.split_once(", process ")?.1.strip_suffix('.'));
    let Some(pid) = pid.and_then(|pid| pid.parse().ok()) else {
        bail!("scripts/postgres status does not tell the process: {status}");
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
    fn the_process_and_the_log_are_read_from_the_status() {
        let status = "PostgreSQL 15 runs on 127.0.0.1:20001 and in /tmp/r, process 42.\nData: /d\nLog:  /d/server.log";
        let found = running(status).unwrap().unwrap();
        assert_eq!(found.pid, 42);
        assert_eq!(found.log, Path::new("/d/server.log"));
    }

    #[test]
    fn the_server_of_another_database_is_none_of_ours() {
        let status = "DATABASE_URL is set in .env; that database is used.\nIt answers.";
        assert!(running(status).unwrap().is_none());
        assert!(running("Log: /d/server.log").is_err());
    }
}
