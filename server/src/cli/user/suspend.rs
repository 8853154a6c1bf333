//! `rollcall user suspend` and `rollcall user unsuspend`.

use domain::users::suspension::SuspensionDraft;

use super::{
    print::{self, Output},
    until::{self, Until},
    who::Who,
};
use crate::{cli::place::Place, config::clock, failure::Failure};

/// Suspend a user, for a period or until lifted. All sessions of the user are revoked at once.
#[derive(Debug, clap::Args)]
pub(super) struct SuspendArgs {
    #[command(flatten)]
    who: Who,
    /// Reason of the suspension, visible to everyone who can see the account.
    #[arg(long)]
    reason: String,
    /// End of the suspension: 3d, 12h, 2026-12-24 (00:00 UTC), 2026-12-24T18:00:00+01:00.
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
            Some(until) => Some(until.from(now).ok_or("until: That is too far away.")?),
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
                Some(until) => format!("Suspended {name}, until {}.", print::moment(until)),
                None => format!("Suspended {name}, until lifted."),
            }
        })
    }
}

/// Lifts the suspension of a user.
pub(super) async fn unsuspend(who: &Who, place: &Place, output: Output) -> Result<(), Failure> {
    let id = who.find(place).await?.summary.id.0;
    let user = place.unsuspend(id).await?;
    output.give_user(user, |user| {
        format!("Lifted the suspension of {}.", print::name(&user.summary))
    })
}
