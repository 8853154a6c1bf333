//! `rollcall user delete` and `rollcall user restore`

use domain::users::{
    UserSummary,
    deletion::{Deletion, OwnedCounts},
    detail::UserRef,
};
use serde_json::json;
use service::{Error, Services, access::operator, users};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use uuid::Uuid;

use super::{
    print::{self, Output},
    table::Table,
    who::Who,
};
use crate::cli::Failure;

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
    pub(super) async fn run(self, services: &Services, output: Output) -> Result<(), Failure> {
        let user = if self.permanent {
            self.who.find_any(services).await?.summary
        } else {
            self.who.find(services).await?.summary
        };
        let counts = delete(services, user.id.0, self.permanent).await?;
        if self.permanent || services.settings.delete_retention.is_zero() {
            // There may be no server that does it.
            users::purge::run_of(services, user.id.0).await?;
        }
        let end = end(services, user.id.0).await?;
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
async fn delete(services: &Services, id: Uuid, permanent: bool) -> Result<OwnedCounts, Error> {
    let mut counts = users::preview(services, &operator(), id).await?.counts;
    for _ in 1..TRIES {
        let deletion = deletion(counts, permanent);
        match users::delete(services, &operator(), id, &deletion).await {
            // The person has done something meanwhile.
            Err(Error::CountsChanged(found)) => counts = found,
            done => return done.map(|()| counts),
        }
    }
    let deletion = deletion(counts, permanent);
    users::delete(services, &operator(), id, &deletion).await?;
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

async fn end(services: &Services, id: Uuid) -> Result<End, Error> {
    let now = (services.clock)();
    match users::get(services, &operator(), &UserRef::Id(id)).await {
        Ok(user) => Ok(match user.purge_after {
            Some(until) if until > now => End::Bin(until),
            _ => End::Going,
        }),
        Err(Error::NotFound(_)) => Ok(End::Gone),
        Err(error) => Err(error),
    }
}

fn text(user: &UserSummary, end: &End, counts: &OwnedCounts) -> String {
    let (name, number) = (print::name(user), user.number);
    let what = match end {
        End::Bin(until) => format!(
            "Deleted {name}. Until {} `rollcall user restore {number}` brings it back.",
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
pub(super) async fn restore(who: &Who, services: &Services, output: Output) -> Result<(), Failure> {
    let id = who.find_any(services).await?.summary.id.0;
    let user = users::restore(services, &operator(), id).await?;
    output.give_user(user, |user| {
        format!(
            "Restored {}. Their sessions stay ended.",
            print::name(&user.summary)
        )
    })
}
