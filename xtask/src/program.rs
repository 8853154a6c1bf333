//! The product as it is built here, run with its default settings but for those that are named.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result};

use crate::{
    build::{self, Mode, Parts},
    process,
    workspace::Workspace,
};

/// Both halves of a build.
pub(crate) struct Program {
    binary: PathBuf,
    /// What browsers load.
    pub(crate) site: PathBuf,
    /// A folder without `.env` to run in, and for logs.
    pub(crate) folder: PathBuf,
    /// What is not at its default.
    settings: Vec<(&'static str, &'static str)>,
}

impl Program {
    pub(crate) fn build(workspace: &Workspace, mode: Mode, folder: &Path) -> Result<Self> {
        Self::build_halves(workspace, mode, mode, folder)
    }

    /// The browser's half in one mode and the server in another.
    pub(crate) fn build_halves(
        workspace: &Workspace,
        site_mode: Mode,
        server_mode: Mode,
        folder: &Path,
    ) -> Result<Self> {
        // A folder of its own, so that a server that is running meanwhile keeps its files.
        let site = folder.join("site");
        build::site(workspace, site_mode, Parts::Site, &site)?;
        Ok(Self {
            binary: build::server(workspace, server_mode)?,
            site,
            folder: folder.to_owned(),
            settings: Vec::new(),
        })
    }

    /// The same with another setting.
    pub(crate) fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.settings.push((name, value));
        self
    }

    /// A `rollcall` command with nothing of the caller's settings.
    pub(crate) fn command(&self, url: &str) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .current_dir(&self.folder)
            .env_clear()
            .envs(env::var_os("PATH").map(|path| ("PATH", path)))
            .env("DATABASE_URL", url)
            .env("LEPTOS_SITE_ROOT", &self.site)
            .envs(self.settings.iter().copied());
        command
    }

    /// Fills an empty database with demo people. Returns the password of the user `admin`.
    pub(crate) fn fill(&self, url: &str, users: u64, seed: u64) -> Result<String> {
        process::run(self.command(url).arg("migrate"))?;
        let said = process::output(
            self.command(url)
                .args(["demo", "--admin", "--users", &users.to_string()])
                .args(["--seed", &seed.to_string()])
                .stderr(Stdio::inherit()),
        )?;
        let password = password(&said).context("rollcall demo has printed no password")?;
        Ok(password.to_owned())
    }
}

/// The password in what `rollcall demo --admin` prints.
fn password(said: &str) -> Option<&str> {
    let (_, rest) = said.split_once("with the password ")?;
    rest.split_whitespace().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_read_from_the_sentence_around_it() {
        let said =
            "Created 9 users.\nSign in as `admin` with the password ab-cd (not shown again).";
        assert_eq!(password(said), Some("ab-cd"));
        assert_eq!(password("Created 9 users."), None);
    }
}
