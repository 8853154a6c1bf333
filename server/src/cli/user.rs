//! `rollcall user`: looking after accounts where there is no panel, or no way into it.

mod create;
mod delete;
pub(super) mod fault;
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
use service::Services;

use super::{Failure, services};
use crate::config::Config;
use print::Output;

/// Look after people's accounts.
///
/// A person is named by number, id or username. What is done here is done with all rights, and is on record.
#[derive(Debug, clap::Args)]
pub(super) struct UserArgs {
    /// Answer with JSON, in the shapes of the API.
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
    /// Take an account out of the bin, with its roles, keys and data.
    Restore(who::Who),
    List(list::ListArgs),
    Get(get::GetArgs),
    Suspend(suspend::SuspendArgs),
    /// Lift a suspension.
    Unsuspend(who::Who),
    /// Print a link with which a person chooses a new password. It works once, for an hour.
    ResetLink(who::Who),
    SetRoles(update::SetRolesArgs),
    RecoverAdmin(links::RecoverArgs),
}

/// Does what was asked for.
pub(super) async fn run(config: Config, arguments: UserArgs) -> Result<ExitCode, Failure> {
    let services = services(&config).await?;
    service::schema::check(&services).await?;
    let output = Output {
        json: arguments.json,
    };
    match arguments.command.run(&services, output).await {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(failure) => fault::explain(failure),
    }
}

impl Command {
    async fn run(self, services: &Services, output: Output) -> Result<(), Failure> {
        match self {
            Self::Create(arguments) => arguments.run(services, output).await,
            Self::Update(arguments) => arguments.run(services, output).await,
            Self::Delete(arguments) => arguments.run(services, output).await,
            Self::Restore(who) => delete::restore(&who, services, output).await,
            Self::List(arguments) => arguments.run(services, output).await,
            Self::Get(arguments) => arguments.run(services, output).await,
            Self::Suspend(arguments) => arguments.run(services, output).await,
            Self::Unsuspend(who) => suspend::unsuspend(&who, services, output).await,
            Self::ResetLink(who) => links::reset(&who, services, output).await,
            Self::SetRoles(arguments) => arguments.run(services, output).await,
            Self::RecoverAdmin(arguments) => arguments.run(services, output).await,
        }
    }
}
