//! `rollcall user suspend` and `rollcall user unsuspend`.

use domain::users::suspension::SuspensionDraft;

use super::{
    print::{self, Output},
    until::{self, Until},
    who::Who,
};
use crate::{cli::place::Place, config::clock, failure::Failure};

/// Suspend a user, until a date or indefinitely. All sessions of the user are revoked.
#[derive(Debug, clap::Args)]
pub(super) struct SuspendArgs {
    #[command(flatten)]
    who: Who,
    /// Reason for the suspension, shown to other administrators.
    #[arg(long)]
    reason: String,
    /// End of the suspension: 3d, 12h, 2026-12-24 (00:00 UTC) or 2026-12-24T18:00:00+01:00. Not set: indefinitely.
    #[arg(long, value_parser = until::parse)]
    until: Option<Until>,
    /// Show the reason to the user at sign-in.
    #[arg(long)]
    tell_reason: bool,
}

impl SuspendArgs {
    pub(super) async fn run(self, place: &Place, output: Output) -> Result<(), Failure> {
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
            tell_reason: self.tell_reason,
        };
        let id = self.who.find(place).await?.summary.id.0;
        let user = place.suspend(id, draft).await?;
        output.give_user(user, |user| {
            let name = print::name(&user.summary);
            match user.summary.suspended_until {
                Some(until) => format!("Suspended {name} until {}.", print::moment(until)),
                None => format!("Suspended {name} indefinitely."),
            }
        })
    }
}

/// Lifts the suspension of a user.
pub(super) async fn unsuspend(who: &Who, place: &Place, output: Output) -> Result<(), Failure> {
    let id = who.find(place).await?.summary.id.0;
    let user = place.unsuspend(id).await?;
    output.give_user(user, |user| {
        format!("Unsuspended {}.", print::name(&user.summary))
    })
}
