//! `rollcall user delete` and `rollcall user restore`.

use api::users::dto::UserResponse;
use domain::{
    attached::Attached,
    users::{
        UserSummary,
        deleted::{LostAccess, RestoredUser},
        deletion::{Deletion, DeletionPreview, OwnedCounts},
        detail::UserRef,
    },
};
use serde_json::{Value, json};
use service::{access::operator, users};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use uuid::Uuid;

use super::{
    print::{self, Output, clean},
    table::Table,
    user_arg::UserArg,
};
use crate::{
    cli::{backend::Backend, confirm::counted, error::CliError},
    failure::BoxError,
};

/// Number of attempts to delete a user whose data changes meanwhile.
const TRIES: usize = 5;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    Delete(DeleteArgs),
    /// Restore a deleted user, with roles, keys and data.
    Restore(UserArg),
}

impl Command {
    pub(super) async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        match self {
            Self::Delete(arguments) => arguments.run(backend, output).await,
            Self::Restore(user_arg) => restore(&user_arg, backend, output).await,
        }
    }
}

/// Delete a user, who can be restored for DELETE_RETENTION_DAYS days.
///
/// All sessions end and access tokens stop working at once.
#[derive(Debug, clap::Args)]
pub(super) struct DeleteArgs {
    #[command(flatten)]
    user_arg: UserArg,
    /// Delete the user and all owned data permanently. Also works on a deleted user.
    #[arg(long)]
    permanent: bool,
}

impl DeleteArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let user = if self.permanent {
            self.user_arg.find_any(backend).await?.summary
        } else {
            self.user_arg.find(backend).await?.summary
        };
        let preview = backend.preview_deletion(user.id.0).await?;
        let counts = delete(backend, user.id.0, preview.counts, self.permanent).await?;
        let is_permanent = self.permanent || preview.restorable_until.is_none();
        if is_permanent {
            backend.remove_deleted(user.id.0).await?;
        }
        let deletion_state = deletion_state(backend, user.id.0, is_permanent).await?;
        let answer = json!({
            "success": true,
            "permanent": matches!(deletion_state, DeletionState::Purged | DeletionState::Purging),
            "restorableUntil": match deletion_state {
                DeletionState::Restorable(until) => until.format(&Rfc3339).ok(),
                DeletionState::Purged | DeletionState::Purging => None,
            },
            "counts": counts,
        });
        output.print(&answer, || {
            let mut text = text(&user, &deletion_state, &counts);
            if preview.resources > 0 {
                let resources = counted(preview.resources, "resource");
                text.push_str(&format!("\nNot deleted: {resources} of the user."));
            }
            text
        })
    }
}

/// Deletes a user. Returns the counts of the data that was deleted as well.
async fn delete(
    backend: &Backend,
    id: Uuid,
    mut counts: OwnedCounts,
    permanent: bool,
) -> Result<OwnedCounts, CliError> {
    for _ in 1..TRIES {
        match backend.delete(id, &deletion(counts, permanent)).await {
            // The user's data has changed since the preview: the next attempt sends the new counts.
            Err(CliError::Problem(problem)) if problem.details.counts.is_some() => {
                let changed = problem.details.counts.as_ref().and_then(Attached::get);
                counts = changed.unwrap_or(counts);
            }
            done => return done.map(|()| counts),
        }
    }
    backend.delete(id, &deletion(counts, permanent)).await?;
    Ok(counts)
}

fn deletion(counts: OwnedCounts, permanent: bool) -> Deletion {
    Deletion {
        counts: Some(counts),
        permanent,
    }
}

/// State of a user after the deletion.
enum DeletionState {
    /// Can be restored until this time.
    Restorable(OffsetDateTime),
    /// Removed permanently.
    Purged,
    /// Still being removed, by a server.
    Purging,
}

async fn deletion_state(
    backend: &Backend,
    id: Uuid,
    is_permanent: bool,
) -> Result<DeletionState, CliError> {
    match backend.find(&UserRef::Id(id)).await {
        Ok(user) => Ok(match user.purge_after {
            Some(until) if !is_permanent => DeletionState::Restorable(until),
            _ => DeletionState::Purging,
        }),
        Err(error) if error.is_not_found() => Ok(DeletionState::Purged),
        Err(error) => Err(error),
    }
}

fn text(user: &UserSummary, deletion_state: &DeletionState, counts: &OwnedCounts) -> String {
    let (name, named) = (print::name(user), UserRef::naming(&user.username));
    let what = match deletion_state {
        DeletionState::Restorable(until) => format!(
            "Deleted {name}. Can be restored until {} with `rollcall user restore {named}`.",
            print::timestamp(*until)
        ),
        DeletionState::Purged => format!("Permanently deleted {name}."),
        DeletionState::Purging => {
            format!("Deleted {name}. A server is deleting the data permanently.")
        }
    };
    let rows = counts
        .kinds()
        .map(|(kind, count)| [format!("  {kind}"), count.to_string()]);
    format!("{what}\nDeleted data:\n{}", Table::default().lay_out(&rows))
}

/// Restores a deleted user.
async fn restore(user_arg: &UserArg, backend: &Backend, output: Output) -> Result<(), BoxError> {
    let id = user_arg.find_any(backend).await?.summary.id.0;
    let restored = backend.restore(id).await?;
    let name = print::name(&restored.user.summary);
    let lost = restored.lost.as_ref().map(describe_lost);
    output.print(&UserResponse::from(restored), || {
        format!(
            "Restored {name}. Sessions are not restored.{}",
            lost.unwrap_or_default()
        )
    })
}

/// Names what was deleted while the user was deleted.
fn describe_lost(lost: &LostAccess) -> String {
    let lists = [
        ("groups", &lost.groups),
        ("roles", &lost.roles),
        ("resources", &lost.resources),
    ];
    let lists = lists.into_iter().filter(|(_, names)| !names.is_empty());
    let lines = lists.map(|(kind, names)| format!("\n  {kind}: {}", clean(&names.join(", "))));
    format!("\nDeleted meanwhile:{}", lines.collect::<String>())
}

impl Backend {
    /// Returns a preview of the deletion of a user: the counts of the data that goes with the account.
    async fn preview_deletion(&self, id: Uuid) -> Result<DeletionPreview, CliError> {
        match self {
            Self::Database(services) => Ok(users::preview(services, &operator(), id).await?),
            Self::Server(remote) => {
                remote.get(&format!("{}/deletion-preview", Self::user_path(id)), &[])
            }
        }
    }

    /// Deletes a user. A server does not check the counts of the preview.
    async fn delete(&self, id: Uuid, deletion: &Deletion) -> Result<(), CliError> {
        match self {
            Self::Database(services) => {
                Ok(users::delete(services, &operator(), id, deletion).await?)
            }
            Self::Server(remote) => {
                let permanent = deletion.permanent.then_some(("permanent", "true"));
                let permanent: Vec<_> = permanent.into_iter().collect();
                remote
                    .delete::<Value>(&Self::user_path(id), &permanent)
                    .map(drop)
            }
        }
    }

    /// Removes a permanently deleted user at once, because no server may be running that does it. Does nothing for a server.
    async fn remove_deleted(&self, id: Uuid) -> Result<(), CliError> {
        match self {
            Self::Database(services) => Ok(users::purge::run_of(services, id).await?),
            Self::Server(_) => Ok(()),
        }
    }

    /// Restores a deleted user.
    async fn restore(&self, id: Uuid) -> Result<RestoredUser, CliError> {
        match self {
            Self::Database(services) => Ok(users::restore(services, &operator(), id).await?),
            Self::Server(remote) => remote.act(&format!("{}/restore", Self::user_path(id))),
        }
    }
}
