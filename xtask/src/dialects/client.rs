//! A client: a folder with the script that installs and runs it.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use recordings::{SCRIPT, dialect_of};

use super::{Access, MASTER_KEY};
use crate::{process, workspace::Workspace};

/// Beginning of a line about a check that succeeded.
const OK: &str = "ok ";
/// Beginning of a line about a check that failed.
const FAILED: &str = "FAILED ";
/// Maximum time of a client in seconds, with its installation.
const LIMIT: &str = "900";
/// Variables with which package managers reach their registries, and the one that names a checkout with more tests.
const PASSED: [&str; 13] = [
    "PATH",
    "LANG",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "http_proxy",
    "https_proxy",
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "PIP_INDEX_URL",
    "UV_DEFAULT_INDEX",
    "npm_config_registry",
    "OWUI_CLIENT",
];
/// Hosts that are reached without a proxy: those of the server.
const NO_PROXY: &str = "127.0.0.1,localhost";

/// A client with a script.
pub(super) struct Client {
    /// Name of its folder: that of the dialect, alone or with a hyphen and more.
    pub(super) name: String,
    pub(super) folder: PathBuf,
}

/// Result of a client.
pub(super) struct Outcome {
    succeeded: usize,
    /// Checks that failed.
    pub(super) failed: Vec<String>,
    has_ended_well: bool,
    /// Duration, with the installation.
    pub(super) time: Duration,
}

impl Client {
    /// Lists the clients in a folder, by name.
    pub(super) fn list(folder: &Path) -> Result<Vec<Self>> {
        let mut clients = Vec::new();
        for entry in fs::read_dir(folder)? {
            let folder = entry?.path();
            if folder.join(SCRIPT).is_file() {
                let name = folder.file_name().unwrap_or_default();
                let name = name.to_string_lossy().into_owned();
                clients.push(Self { name, folder });
            }
        }
        clients.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(clients)
    }

    /// Returns the name of the dialect that the client speaks.
    pub(super) fn dialect(&self) -> &str {
        dialect_of(&self.name)
    }

    /// Runs the client with an empty home folder, and prints and stores what it writes.
    pub(super) fn run(
        &self,
        workspace: &Workspace,
        access: &Access,
        folder: &Path,
    ) -> Result<Outcome> {
        let out = emptied(&folder.join(&self.name))?;
        let home = emptied(&folder.join("home"))?;
        let address = access.dialects.get(self.dialect());
        let address = address.context("a dialect without an address")?;
        let caches = workspace.tools().join("clients");
        let mut command = Command::new("timeout");
        command
            .args(["--kill-after=10", LIMIT, "bash", SCRIPT])
            .current_dir(&self.folder)
            .env_clear()
            .envs(passed())
            .env("NO_PROXY", NO_PROXY)
            .env("no_proxy", NO_PROXY)
            .env("PIP_CACHE_DIR", caches.join("pip"))
            .env("UV_CACHE_DIR", caches.join("uv"))
            .env("npm_config_cache", caches.join("npm"))
            .env("HOME", &home)
            .env("OUT", &out)
            .env("BASE_URL", format!("http://{address}"))
            .env("PANEL_URL", &access.panel)
            .env("ADMIN_USERNAME", "admin")
            .env("ADMIN_EMAIL", &access.admin_email)
            .env("ADMIN_PASSWORD", &access.admin_password)
            .env("ADMIN_TOKEN", &access.admin_token)
            .env("LITELLM_MASTER_KEY", MASTER_KEY);
        let started = Instant::now();
        let output = process::capture(&mut command)?;
        let text = text(&output);
        print!("{text}");
        fs::write(folder.join(format!("{}.log", self.name)), &text)?;
        Ok(Outcome::read(
            &text,
            output.status.success(),
            started.elapsed(),
        ))
    }
}

impl Outcome {
    /// Reads the lines of a client, one for each check.
    fn read(text: &str, has_ended_well: bool, time: Duration) -> Self {
        let failed = text.lines().filter_map(|line| line.strip_prefix(FAILED));
        Self {
            succeeded: text.lines().filter(|line| line.starts_with(OK)).count(),
            failed: failed.map(str::to_owned).collect(),
            has_ended_well,
            time,
        }
    }

    /// Returns whether there was a check, none failed, and the script has ended with exit status 0.
    pub(super) fn is_success(&self) -> bool {
        self.has_ended_well && self.failed.is_empty() && self.succeeded > 0
    }

    /// Returns the number of checks.
    pub(super) fn checks(&self) -> usize {
        self.succeeded + self.failed.len()
    }
}

/// Returns a folder without files of an earlier run.
fn emptied(folder: &Path) -> Result<PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    Ok(folder.to_owned())
}

/// Returns the variables of the environment that a client gets.
fn passed() -> impl Iterator<Item = (&'static str, OsString)> {
    PASSED
        .into_iter()
        .filter_map(|name| Some((name, env::var_os(name)?)))
}

/// Returns what a client has written: its checks, then its errors.
fn text(output: &Output) -> String {
    let [out, errors] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    format!("{out}{errors}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_succeed_only_with_checks_that_all_succeed() {
        for (text, has_ended_well, is_success, checks) in [
            ("ok users are listed\nok keys are listed\n", true, true, 2),
            ("installing\nok users are listed", true, true, 1),
            ("", true, false, 0),
            ("okay\n FAILED?\n", true, false, 0),
            ("ok users are listed\n", false, false, 1),
            ("ok users are listed\nFAILED keys: 500\n", true, false, 2),
        ] {
            let outcome = Outcome::read(text, has_ended_well, Duration::ZERO);
            assert_eq!(outcome.is_success(), is_success, "{text}");
            assert_eq!(outcome.checks(), checks, "{text}");
        }
        let failed = Outcome::read("FAILED keys: 500", false, Duration::ZERO).failed;
        assert_eq!(failed, ["keys: 500"]);
    }

    #[test]
    fn name_of_a_client_begins_with_its_dialect() {
        for (name, dialect) in [("tracker", "tracker"), ("openwebui-cli", "openwebui")] {
            let client = Client {
                name: name.to_owned(),
                folder: PathBuf::new(),
            };
            assert_eq!(client.dialect(), dialect);
        }
    }
}
