//! `rollcall audit`: what is on record, where there is no panel, and whether it is as it was.

mod export;
mod filter;
mod list;
mod verify;

use std::process::ExitCode;

use clap::Subcommand;

use super::{Failure, place::PlaceArgs, user::print::Output};

/// Look at what is on record, and prove that it is as it was.
#[derive(Debug, clap::Args)]
pub(super) struct AuditArgs {
    /// Answer with JSON, in the shapes of the API.
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

/// Does what was asked for.
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
