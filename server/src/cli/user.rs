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
mod values;
mod who;

use std::process::ExitCode;

use clap::Subcommand;

use super::place::{Place, PlaceArgs};
use crate::failure::Failure;
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
    Restore(who::Who),
    List(list::ListArgs),
    Get(get::GetArgs),
    Suspend(suspend::SuspendArgs),
    /// Unsuspend a user.
    Unsuspend(who::Who),
    /// Print a one-time link to set a new password, valid for 1 hour.
    ResetLink(who::Who),
    SetRoles(update::SetRolesArgs),
    RecoverAdmin(links::RecoverArgs),
}

/// Runs the subcommand.
pub(super) async fn run(place: PlaceArgs, arguments: UserArgs) -> Result<ExitCode, Failure> {
    let place = place.open().await?;
    let output = Output {
        json: arguments.json,
    };
    arguments.command.run(&place, output).await?;
    Ok(ExitCode::SUCCESS)
}

impl Command {
    async fn run(self, place: &Place, output: Output) -> Result<(), Failure> {
        match self {
            Self::Create(arguments) => arguments.run(place, output).await,
            Self::Update(arguments) => arguments.run(place, output).await,
            Self::Delete(arguments) => arguments.run(place, output).await,
            Self::Restore(who) => delete::restore(&who, place, output).await,
            Self::List(arguments) => arguments.run(place, output).await,
            Self::Get(arguments) => arguments.run(place, output).await,
            Self::Suspend(arguments) => arguments.run(place, output).await,
            Self::Unsuspend(who) => suspend::unsuspend(&who, place, output).await,
            Self::ResetLink(who) => links::reset(&who, place, output).await,
            Self::SetRoles(arguments) => arguments.run(place, output).await,
            Self::RecoverAdmin(arguments) => arguments.run(place, output).await,
        }
    }
}
