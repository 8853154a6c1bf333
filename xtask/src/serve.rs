//! Running the server from the source tree.

use std::{
    env,
    fs::{self, File, OpenOptions},
    io::{Read, Write},
    os::unix::{fs::OpenOptionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, anyhow};

use crate::{
    build::{self, Mode, Parts},
    database, process, steps,
    workspace::Workspace,
};

/// Number of demo users in an empty database: enough for several pages, created in seconds.
const DEMO_USERS: &str = "1000";
/// Environment variable of the key that encrypts provider API keys.
const KEY_SETTING: &str = "API_KEY_ENCRYPTION_KEY";
/// File with the checkout's own encryption key, used if none is configured.
const KEY_FILE: &str = ".data/encryption-key";

/// Builds, migrates, fills an empty database with demo users and serves.
pub(crate) fn run(workspace: &Workspace, mode: Mode) -> Result<()> {
    let url = database_url(workspace)?;
    let server = build(workspace, mode)?;
    let step = steps::DEMO_USERS.start(workspace);
    process::run(rollcall(workspace, &server, &url).arg("migrate"))?;
    // Prints the admin's password if it creates one.
    process::run(rollcall(workspace, &server, &url).args([
        "demo",
        "--users",
        DEMO_USERS,
        "--admin",
        "--if-empty",
    ]))?;
    step.finish();
    hand_over(server_of(workspace, &server, &url)?.arg("serve"))
}

/// Builds and serves the existing database.
pub(crate) fn serve(workspace: &Workspace, mode: Mode) -> Result<()> {
    let url = database_url(workspace)?;
    let server = build(workspace, mode)?;
    hand_over(server_of(workspace, &server, &url)?.arg("serve"))
}

/// Returns the database URL. The private cluster is started if necessary.
fn database_url(workspace: &Workspace) -> Result<String> {
    let step = steps::DATABASE.start(workspace);
    let url = database::url(workspace)?;
    step.finish();
    Ok(url)
}

fn build(workspace: &Workspace, mode: Mode) -> Result<PathBuf> {
    build::build(workspace, mode, Parts::All)?.ok_or_else(|| anyhow!("the server was not built"))
}

fn rollcall(workspace: &Workspace, server: &Path, url: &str) -> Command {
    let mut command = workspace.command(server);
    command.env("DATABASE_URL", url);
    command
}

/// Returns the server command. Without a configured encryption key it uses the checkout's own, so that provider API
/// keys work too.
fn server_of(workspace: &Workspace, server: &Path, url: &str) -> Result<Command> {
    let mut command = rollcall(workspace, server, url);
    let settings = fs::read_to_string(workspace.root.join(".env")).unwrap_or_default();
    let is_set = settings.lines().any(|line| {
        let line = line.trim_start();
        let line = line.strip_prefix("export ").unwrap_or(line);
        line.trim_start().starts_with(KEY_SETTING)
    });
    if !is_set && env::var_os(KEY_SETTING).is_none() {
        command.env(KEY_SETTING, own_key(&workspace.root.join(KEY_FILE))?);
    }
    Ok(command)
}

/// Returns the key in a file of mode 0600, which is created if it does not exist.
fn own_key(file: &Path) -> Result<String> {
    if let Ok(key) = fs::read_to_string(file) {
        return Ok(key);
    }
    let mut bytes = [0; 32];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    let key: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    fs::create_dir_all(file.parent().context("the key has no folder")?)?;
    let mut made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
        .with_context(|| format!("{} cannot be written", file.display()))?;
    made.write_all(key.as_bytes())?;
    Ok(key)
}

/// Replaces this process by the server, so that it receives signals directly and its exit status is returned.
fn hand_over(server: &mut Command) -> Result<()> {
    Err(server.exec()).with_context(|| format!("{} cannot be started", process::name(server)))
}
