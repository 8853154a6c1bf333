//! `rollcall user delete` and `rollcall user restore`.

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
use crate::{
    cli::{fault::Fault, place::Place},
    failure::Failure,
};

/// Number of attempts to delete a user whose data changes meanwhile.
const TRIES: usize = 5;

/// Delete a user, who can be restored for DELETE_RETENTION_DAYS days.
///
/// All sessions end and access tokens stop working at once.
#[derive(Debug, clap::Args)]
pub(super) struct DeleteArgs {
    #[command(flatten)]
    who: Who,
    /// Delete the user and all owned data permanently. Also works on a deleted user.
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

/// Deletes a user. Returns the counts of the data that was deleted as well.
async fn delete(
    place: &Place,
    id: Uuid,
    mut counts: OwnedCounts,
    permanent: bool,
) -> Result<OwnedCounts, Fault> {
    for _ in 1..TRIES {
        match place.delete(id, &deletion(counts, permanent)).await {
            // The user's data has changed since the preview: the next attempt sends the new counts.
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

/// State of a user after the deletion.
enum End {
    /// Can be restored until this time.
    Bin(OffsetDateTime),
    /// Removed permanently.
    Gone,
    /// Still being removed, by a server.
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
            "Deleted {name}. Can be restored until {} with `rollcall user restore {named}`.",
            print::moment(*until)
        ),
        End::Gone => format!("Permanently deleted {name}."),
        End::Going => format!("Deleted {name}. A server is deleting the data permanently."),
    };
    let rows = counts
        .kinds()
        .map(|(kind, count)| [format!("  {kind}"), count.to_string()]);
    format!("{what}\nDeleted data:\n{}", Table::default().lay_out(&rows))
}

/// Restores a deleted user.
pub(super) async fn restore(who: &Who, place: &Place, output: Output) -> Result<(), Failure> {
    let id = who.find_any(place).await?.summary.id.0;
    let user = place.restore(id).await?;
    output.give_user(user, |user| {
        format!(
            "Restored {}. Sessions are not restored.",
            print::name(&user.summary)
        )
    })
}
