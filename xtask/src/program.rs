//! The built product, run with default settings except for those given.

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

/// Server and browser files of a build.
#[derive(Clone)]
pub(crate) struct Program {
    binary: PathBuf,
    /// Folder of the browser files.
    pub(crate) site: PathBuf,
    /// Working folder without `.env`; logs are written there.
    pub(crate) folder: PathBuf,
    /// Settings that differ from the default.
    settings: Vec<(String, String)>,
}

impl Program {
    pub(crate) fn build(workspace: &Workspace, mode: Mode, folder: &Path) -> Result<Self> {
        Self::build_halves(workspace, mode, mode, folder)
    }

    /// Builds browser files and server in different modes.
    pub(crate) fn build_halves(
        workspace: &Workspace,
        site_mode: Mode,
        server_mode: Mode,
        folder: &Path,
    ) -> Result<Self> {
        // A separate folder, so that a running server keeps its files.
        let site = folder.join("site");
        build::site(workspace, site_mode, Parts::Site, &site)?;
        Ok(Self {
            binary: build::server(workspace, server_mode)?,
            site,
            folder: folder.to_owned(),
            settings: Vec::new(),
        })
    }

    /// Returns the program with another setting.
    pub(crate) fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.push((name.into(), value.into()));
        self
    }

    /// Returns a `rollcall` command without the settings of the caller's environment.
    pub(crate) fn command(&self, url: &str) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .current_dir(&self.folder)
            .env_clear()
            .envs(env::var_os("PATH").map(|path| ("PATH", path)))
            .env("DATABASE_URL", url)
            .env("LEPTOS_SITE_ROOT", &self.site)
            .envs(self.settings.iter().cloned());
        command
    }

    /// Fills an empty database with demo users. Returns the password of the user `admin`.
    pub(crate) fn fill(&self, url: &str, users: u64, seed: u64) -> Result<String> {
        process::run(self.command(url).arg("migrate"))?;
        let said = process::output(
            self.command(url)
                .args(["demo", "--admin", "--users", &users.to_string()])
                .args(["--seed", &seed.to_string()])
                .stderr(Stdio::inherit()),
        )?;
        let password = password(&said).context("rollcall demo printed no password")?;
        Ok(password.to_owned())
    }

    /// Creates an access token of the user `admin`. The scopes are separated by commas.
    pub(crate) fn issue_token(&self, url: &str, name: &str, scopes: &str) -> Result<String> {
        let said = process::output(self.command(url).args([
            "token", "create", "--user", "admin", "--name", name, "--scopes", scopes,
        ]))?;
        let token = said.split_whitespace().find(|word| word.starts_with("rc_"));
        let token = token.context("rollcall token create printed no token")?;
        Ok(token.to_owned())
    }
}

/// Returns the password in the output of `rollcall demo --admin`.
fn password(said: &str) -> Option<&str> {
    let (_, rest) = said.split_once("with the password ")?;
    rest.split_whitespace().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn password_is_read_from_the_output() {
        let said =
            "Created 9 users.\nSign in as `admin` with the password ab-cd (not shown again).";
        assert_eq!(password(said), Some("ab-cd"));
        assert_eq!(password("Created 9 users."), None);
    }
}
