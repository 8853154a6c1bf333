//! `rollcall user`: users without the panel.

mod create;
mod delete;
mod get;
mod groups;
mod links;
mod list;
mod password;
pub(super) mod print;
mod suspend;
pub(super) mod table;
pub(super) mod tokens;
mod until;
mod update;
pub(super) mod user_arg;
mod values;

use std::process::ExitCode;

use clap::Subcommand;

use super::backend::{Backend, BackendArgs};
use crate::failure::BoxError;
use print::Output;

/// Manage users.
///
/// Users are named by username, number or id; `number:112` is always a number. Commands have all permissions on the database, and
/// those of the access token on a server. All changes are audited.
#[derive(Debug, clap::Args)]
pub(super) struct UserArgs {
    #[command(flatten)]
    output: Output,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Create(create::CreateArgs),
    #[command(flatten)]
    Update(update::Command),
    SetGroups(groups::SetGroupsArgs),
    #[command(flatten)]
    Delete(delete::Command),
    List(list::ListArgs),
    Get(get::GetArgs),
    #[command(flatten)]
    Suspend(suspend::Command),
    #[command(flatten)]
    Links(links::Command),
}

/// Runs the subcommand.
pub(super) async fn run(backend: BackendArgs, arguments: UserArgs) -> Result<ExitCode, BoxError> {
    let backend = backend.open().await?;
    let output = arguments.output;
    arguments.command.run(&backend, output).await?;
    Ok(ExitCode::SUCCESS)
}

impl Command {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        match self {
            Self::Create(arguments) => arguments.run(backend, output).await,
            Self::Update(command) => command.run(backend, output).await,
            Self::SetGroups(arguments) => arguments.run(backend, output).await,
            Self::Delete(command) => command.run(backend, output).await,
            Self::List(arguments) => arguments.run(backend, output).await,
            Self::Get(arguments) => arguments.run(backend, output).await,
            Self::Suspend(command) => command.run(backend, output).await,
            Self::Links(command) => command.run(backend, output).await,
        }
    }
}
