//! `rollcall audit`: the audit log without the panel, and its verification.

mod export;
mod filter;
mod list;
mod verify;

use std::process::ExitCode;

use clap::Subcommand;

use super::{backend::BackendArgs, user::print::Output};
use crate::failure::BoxError;

/// Read the audit log and verify that it has not been altered.
#[derive(Debug, clap::Args)]
pub(super) struct AuditArgs {
    #[command(flatten)]
    output: Output,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(list::ListArgs),
    Export(export::ExportArgs),
    Verify(verify::VerifyArgs),
}

/// Runs the subcommand.
pub(super) async fn run(backend: BackendArgs, arguments: AuditArgs) -> Result<ExitCode, BoxError> {
    let backend = backend.open().await?;
    let output = arguments.output;
    match arguments.command {
        Command::List(arguments) => arguments.run(&backend, output).await,
        Command::Export(arguments) => arguments.run(&backend).await,
        Command::Verify(arguments) => arguments.run(&backend, output).await,
    }
}
