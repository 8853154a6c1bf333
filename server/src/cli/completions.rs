//! `rollcall completions`

use std::{
    io::{self, Write},
    process::ExitCode,
};

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
    let mut command = super::Arguments::command();
    // Into memory, because it panics where it cannot write.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "rollcall", &mut script);
    let mut out = io::stdout().lock();
    out.write_all(&script)?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
