//! `rollcall user delete` and `rollcall user restore`

use domain::users::{
    UserSummary,
    deletion::{Deletion, OwnedCounts},
    detail::UserRef,
};
use serde_json::json;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use uuid::Uuid;

use super::{
    print::{self, Output},
    table::Table,
    who::Who,
};
use crate::cli::{Failure, fault::Fault, place::Place};

/// How often to look again at what an account owns that somebody is using.
const TRIES: usize = 5;

/// Delete an account: into the bin, from which it can be restored for a time.
///
/// It cannot be used from this moment on. How long it stays in the bin is set by DELETE_RETENTION_DAYS.
#[derive(Debug, clap::Args)]
pub(super) struct DeleteArgs {
    #[command(flatten)]
    who: Who,
    /// Remove it for good, with all that the person owns; also out of the bin.
    #[arg(long)]
    permanent: bool,
}

impl DeleteArgs {
    pub(super) async fn run(self, place: &Place, output: Output) -> Result<(), Failure> {
        let user = if self.permanent {
            self.who.find_any(place).await?.summary
        } else {
            self.who.find(place).await?.summary
        };
        let preview = place.preview_deletion(user.id.0).await?;
        let counts = delete(place, user.id.0, preview.counts, self.permanent).await?;
        let for_good = self.permanent || preview.restorable_until.is_none();
        if for_good {
            place.remove_deleted(user.id.0).await?;
        }
        let end = end(place, user.id.0, for_good).await?;
        let answer = json!({
            "success": true,
            "permanent": matches!(end, End::Gone | End::Going),
            "restorableUntil": match end {
                End::Bin(until) => until.format(&Rfc3339).ok(),
                End::Gone | End::Going => None,
            },
            "counts": counts,
        });
        output.give(&answer, || text(&user, &end, &counts))
    }
}

/// Deletes an account. Returns what went with it.
async fn delete(
    place: &Place,
    id: Uuid,
    mut counts: OwnedCounts,
    permanent: bool,
) -> Result<OwnedCounts, Fault> {
    for _ in 1..TRIES {
        match place.delete(id, &deletion(counts, permanent)).await {
            // The person has done something meanwhile.
            Err(Fault::Refused(problem)) if problem.details.counts.is_some() => {
                counts = problem.details.counts.unwrap_or(counts);
            }
            done => return done.map(|()| counts),
        }
    }
    place.delete(id, &deletion(counts, permanent)).await?;
    Ok(counts)
}

fn deletion(counts: OwnedCounts, permanent: bool) -> Deletion {
    Deletion {
        counts: Some(counts),
        permanent,
    }
}

/// What has become of a deleted account.
enum End {
    /// It is in the bin.
    Bin(OffsetDateTime),
    /// It is no more.
    Gone,
    /// A server is removing it.
    Going,
}

async fn end(place: &Place, id: Uuid, for_good: bool) -> Result<End, Fault> {
    match place.find(&UserRef::Id(id)).await {
        Ok(user) => Ok(match user.purge_after {
            Some(until) if !for_good => End::Bin(until),
            _ => End::Going,
        }),
        Err(fault) if fault.is_not_found() => Ok(End::Gone),
        Err(fault) => Err(fault),
    }
}

fn text(user: &UserSummary, end: &End, counts: &OwnedCounts) -> String {
    let (name, named) = (print::name(user), UserRef::naming(&user.username));
    let what = match end {
        End::Bin(until) => format!(
            "Deleted {name}. Until {} `rollcall user restore {named}` brings it back.",
            print::moment(*until)
        ),
        End::Gone => format!("Removed {name}, for good."),
        End::Going => format!("Deleted {name}. A server is removing it for good."),
    };
    let rows = counts
        .kinds()
        .map(|(kind, count)| [format!("  {kind}"), count.to_string()]);
    format!("{what}\nWith it:\n{}", Table::default().lay_out(&rows))
}

/// Takes an account out of the bin.
pub(super) async fn restore(who: &Who, place: &Place, output: Output) -> Result<(), Failure> {
    let id = who.find_any(place).await?.summary.id.0;
    let user = place.restore(id).await?;
    output.give_user(user, |user| {
        format!(
            "Restored {}. Their sessions stay ended.",
            print::name(&user.summary)
        )
    })
}
