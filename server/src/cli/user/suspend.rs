//! `rollcall user suspend` and `rollcall user unsuspend`.

use domain::users::{detail::UserDetail, suspension::SuspensionDraft};
use service::{access::operator, users};
use uuid::Uuid;

use super::{
    print::{self, Output},
    until::{self, Until},
    user_arg::UserArg,
};
use crate::{
    cli::{backend::Backend, error::CliError},
    config::clock,
    failure::BoxError,
};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    Suspend(SuspendArgs),
    /// Unsuspend a user.
    Unsuspend(UserArg),
}

impl Command {
    pub(super) async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        match self {
            Self::Suspend(arguments) => arguments.run(backend, output).await,
            Self::Unsuspend(user_arg) => unsuspend(&user_arg, backend, output).await,
        }
    }
}

/// Suspend a user, until a date or indefinitely. All sessions of the user are revoked.
#[derive(Debug, clap::Args)]
pub(super) struct SuspendArgs {
    #[command(flatten)]
    user_arg: UserArg,
    /// Reason for the suspension, shown to other administrators.
    #[arg(long)]
    reason: String,
    /// End of the suspension: 3d, 12h, 2026-12-24 (00:00 UTC) or 2026-12-24T18:00:00+01:00. Not set: indefinitely.
    #[arg(long, value_parser = until::parse)]
    until: Option<Until>,
    /// Show the reason to the user at sign-in.
    #[arg(long)]
    show_reason: bool,
}

impl SuspendArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let now = clock();
        let until = match self.until {
            Some(until) => Some(
                until
                    .from(now)
                    .ok_or("until: The date is too far in the future.")?,
            ),
            None => None,
        };
        let draft = SuspensionDraft {
            reason: self.reason,
            until,
            show_reason: self.show_reason,
        };
        let id = self.user_arg.find(backend).await?.summary.id.0;
        let user = backend.suspend(id, draft).await?;
        output.print_user(user, |user| {
            let name = print::name(&user.summary);
            match user.summary.suspended_until {
                Some(until) => format!("Suspended {name} until {}.", print::timestamp(until)),
                None => format!("Suspended {name} indefinitely."),
            }
        })
    }
}

/// Lifts the suspension of a user.
async fn unsuspend(user_arg: &UserArg, backend: &Backend, output: Output) -> Result<(), BoxError> {
    let id = user_arg.find(backend).await?.summary.id.0;
    let user = backend.unsuspend(id).await?;
    output.print_user(user, |user| {
        format!("Unsuspended {}.", print::name(&user.summary))
    })
}

impl Backend {
    /// Suspends a user.
    async fn suspend(&self, id: Uuid, draft: SuspensionDraft) -> Result<UserDetail, CliError> {
        match self {
            Self::Database(services) => Ok(users::suspend(services, &operator(), id, draft).await?),
            Self::Server(remote) => {
                remote.post(&format!("{}/suspend", Self::user_path(id)), &draft)
            }
        }
    }

    /// Lifts the suspension of a user.
    async fn unsuspend(&self, id: Uuid) -> Result<UserDetail, CliError> {
        match self {
            Self::Database(services) => Ok(users::unsuspend(services, &operator(), id).await?),
            Self::Server(remote) => remote.act(&format!("{}/unsuspend", Self::user_path(id))),
        }
    }
}
