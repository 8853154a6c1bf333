//! `rollcall user`: users without the panel.

mod create;
mod delete;
mod get;
mod links;
mod list;
mod password;
pub(super) mod print;
mod suspend;
pub(super) mod table;
pub(super) mod tokens;
mod until;
mod update;
mod user_arg;
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
    /// Print JSON, in the format of the API.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Create(create::CreateArgs),
    Update(update::UpdateArgs),
    Delete(delete::DeleteArgs),
    /// Restore a deleted user, with roles, keys and data.
    Restore(user_arg::UserArg),
    List(list::ListArgs),
    Get(get::GetArgs),
    Suspend(suspend::SuspendArgs),
    /// Unsuspend a user.
    Unsuspend(user_arg::UserArg),
    /// Print a one-time link to set a new password, valid for 1 hour.
    ResetLink(user_arg::UserArg),
    SetRoles(update::SetRolesArgs),
    RecoverAdmin(links::RecoverArgs),
}

/// Runs the subcommand.
pub(super) async fn run(backend: BackendArgs, arguments: UserArgs) -> Result<ExitCode, BoxError> {
    let backend = backend.open().await?;
    let output = Output {
        json: arguments.json,
    };
    arguments.command.run(&backend, output).await?;
    Ok(ExitCode::SUCCESS)
}

impl Command {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        match self {
            Self::Create(arguments) => arguments.run(backend, output).await,
            Self::Update(arguments) => arguments.run(backend, output).await,
            Self::Delete(arguments) => arguments.run(backend, output).await,
            Self::Restore(user_arg) => delete::restore(&user_arg, backend, output).await,
            Self::List(arguments) => arguments.run(backend, output).await,
            Self::Get(arguments) => arguments.run(backend, output).await,
            Self::Suspend(arguments) => arguments.run(backend, output).await,
            Self::Unsuspend(user_arg) => suspend::unsuspend(&user_arg, backend, output).await,
            Self::ResetLink(user_arg) => links::reset(&user_arg, backend, output).await,
            Self::SetRoles(arguments) => arguments.run(backend, output).await,
            Self::RecoverAdmin(arguments) => arguments.run(backend, output).await,
        }
    }
}
