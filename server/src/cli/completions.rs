//! `rollcall completions`

use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::Shell;

use super::Failure;

/// Which shell.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The shell to print completions for.
    shell: Shell,
}

pub(super) fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    clap_complete::generate(
        arguments.shell,
        &mut super::Arguments::command(),
        "rollcall",
        &mut std::io::stdout(),
    );
    Ok(ExitCode::SUCCESS)
}
