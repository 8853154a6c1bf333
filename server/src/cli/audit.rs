//! `rollcall audit`: the audit log without the panel, and its verification.

mod export;
mod filter;
mod list;
mod verify;

use std::process::ExitCode;

use clap::Subcommand;

use super::{place::PlaceArgs, user::print::Output};
use crate::failure::Failure;

/// Read the audit log and verify that it has not been altered.
#[derive(Debug, clap::Args)]
pub(super) struct AuditArgs {
    /// Print JSON, in the format of the API.
    #[arg(long, global = true)]
    json: bool,
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
pub(super) async fn run(place: PlaceArgs, arguments: AuditArgs) -> Result<ExitCode, Failure> {
    let place = place.open().await?;
    let output = Output {
        json: arguments.json,
    };
    match arguments.command {
        Command::List(arguments) => arguments.run(&place, output).await,
        Command::Export(arguments) => arguments.run(&place).await,
        Command::Verify(arguments) => arguments.run(&place, output).await,
    }
}
