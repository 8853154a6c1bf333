//! `rollcall completions`: shell completions.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::CommandFactory;
use clap_complete::Shell;

use crate::failure::BoxError;

/// Arguments of `rollcall completions`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Shell to print completions for.
    shell: Shell,
}

pub(super) fn run(arguments: Arguments) -> Result<ExitCode, BoxError> {
    let mut command = super::Arguments::command();
    // Generated into memory first, because `generate` panics when it cannot write.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "rollcall", &mut script);
    let mut out = io::stdout().lock();
    out.write_all(&script)?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
