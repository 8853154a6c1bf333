//! Child processes.

use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use anyhow::{Context, Result, bail};

/// Runs a command that writes to the terminal. Fails unless its exit status is 0.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("{} cannot be started", name(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", name(command));
    }
    Ok(())
}

/// Runs a command and returns its output. The caller checks the exit status.
pub(crate) fn capture(command: &mut Command) -> Result<Output> {
    command
        .output()
        .with_context(|| format!("{} cannot be started", name(command)))
}

/// Runs a command silently and returns its standard output. On failure, the error contains all of its output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = capture(command)?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        bail!(
            "{} failed ({})\n{complaint}{text}",
            name(command),
            output.status
        );
    }
    Ok(text.trim().to_owned())
}

/// Returns the first of `programs` that is found in `PATH`.
pub(crate) fn find(programs: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    programs
        .iter()
        .flat_map(|program| folders.iter().map(move |folder| folder.join(program)))
        .find(|file| file.is_file())
}

/// Returns program and subcommand, as in "cargo build". Options are omitted, since they may be long or secret.
pub(crate) fn name(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_name().unwrap_or_default();
    std::iter::once(program)
        .chain(command.get_args().take(1))
        .map(OsStr::to_string_lossy)
        .filter(|word| !word.starts_with('-'))
        .collect::<Vec<_>>()
        .join(" ")
}
