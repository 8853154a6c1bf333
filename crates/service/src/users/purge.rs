//! Permanent deletion of accounts, in batches: an interruption loses nothing, and no request waits for it.

use db::{
    purge::Purge,
    users::account::{self, Account},
};
use domain::action::Action;
use serde_json::json;
use uuid::Uuid;

use crate::{
    Error, Services,
    access::Actor,
    audit::{self, Audited, Change, Changes},
};

/// Maximum number of accounts that one run queues.
const QUEUED_AT_ONCE: i64 = 1_000;
/// Number of rows deleted in one transaction, which takes some tens of milliseconds.
const PIECE: i64 = 2_000;
/// Minimum number of rows in one transaction, where larger batches time out.
const SMALLEST_PIECE: i64 = 2;
/// Maximum number of consecutive timeouts of the smallest batch, which take some minutes.
const TIMEOUTS_MAX: i16 = 10;

const TOO_SLOW: &str = "Deleting even a small batch exceeds the database time limit. Another table may reference the data without \
    an index, or lock it.";

/// Queues accounts that are due, and purges the queued ones. Several replicas can do so at once.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached; the next run does the rest.
pub async fn run(services: &Services) -> Result<(), Error> {
    db::purge::queue_due(&services.pool, QUEUED_AT_ONCE).await?;
    let mut defer = Vec::new();
    let mut size = PIECE;
    let mut done = Ok(());
    loop {
        match piece(services, None, &defer, &mut size).await? {
            Piece::None => return done,
            Piece::Done | Piece::Failed(_) => {}
            Piece::Deferred(job, error) => {
                defer.push(job);
                done = done.and(Err(error));
            }
        }
    }
}

/// Purges one queued account.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached; the next run does the rest. [`Error::Internal`] when the
/// database rejects the deletion: the job has failed then.
pub async fn run_of(services: &Services, id: Uuid) -> Result<(), Error> {
    let mut size = PIECE;
    loop {
        match piece(services, Some(id), &[], &mut size).await? {
            Piece::None => return Ok(()),
            Piece::Done => {}
            Piece::Failed(error) | Piece::Deferred(_, error) => return Err(error),
        }
    }
}

/// Result of one batch.
enum Piece {
    /// No queued job.
    None,
    /// Deleted batch, or one to be retried with a smaller size; there can be more.
    Done,
    /// Batch that cannot be deleted: the job has failed.
    Failed(Error),
    /// Temporary failure, such as a timeout or a deadlock. The job continues in the next run, so that it does not delay the
    /// others.
    Deferred(Uuid, Error),
}

/// Deletes one batch of the given account, or of any account whose job was not postponed. A timeout reduces the size of the
/// next batches.
async fn piece(
    services: &Services,
    of: Option<Uuid>,
    defer: &[Uuid],
    size: &mut i64,
) -> Result<Piece, Error> {
    let mut transaction = db::begin(&services.pool).await?;
    let Some(purge) = db::purge::take(&mut transaction, of, defer).await? else {
        return Ok(Piece::None);
    };
    let done = match advance(&mut transaction, &purge, *size).await {
        Ok(audited) => db::commit(transaction, audited).await.map_err(Error::from),
        Err(error) => {
            // The rollback releases the locks of the job's row, which is updated below.
            db::rollback(transaction).await?;
            Err(error)
        }
    };
    let Err(error) = done else {
        return Ok(Piece::Done);
    };
    let why = match cause(&error) {
        Some(cause) if cause.is_too_late() && *size > SMALLEST_PIECE => {
            *size /= 10;
            return Ok(Piece::Done);
        }
        Some(cause) if cause.is_passing() => {
            *size = PIECE;
            tracing::warn!(job = %purge.id, user = %purge.user_id, %cause, "permanent deletion postponed");
            if !cause.is_too_late() || !has_timed_out_too_often(services, &purge).await? {
                return Ok(Piece::Deferred(purge.id, error));
            }
            TOO_SLOW.to_owned()
        }
        Some(db::Error::Constraint { constraint }) => format!(
            "The database rejected a deletion because of the constraint {constraint}. Another table may reference the data."
        ),
        _ => "The database failed. The server log has the cause under this job's ID.".to_owned(),
    };
    let cause = cause(&error).map(ToString::to_string).unwrap_or_default();
    tracing::error!(job = %purge.id, user = %purge.user_id, cause, "permanent deletion failed");
    db::jobs::set_failed(&services.pool, purge.id, Some(purge.done), &why).await?;
    Ok(Piece::Failed(error))
}

/// Returns the database error behind a service error.
fn cause(error: &Error) -> Option<&db::Error> {
    std::error::Error::source(error).and_then(|cause| cause.downcast_ref())
}

/// Counts a timeout of a job. Returns whether it has timed out so often in a row that an operator must look at it.
async fn has_timed_out_too_often(services: &Services, purge: &Purge) -> Result<bool, Error> {
    let times = db::jobs::defer(&services.pool, purge.id).await?;
    Ok(times.is_some_and(|times| times >= TIMEOUTS_MAX))
}

/// Runs one batch of a job whose row is locked.
async fn advance(
    transaction: &mut db::Transaction,
    purge: &Purge,
    size: i64,
) -> Result<Audited, Error> {
    match account::lock(transaction, purge.user_id).await? {
        Some(account) if account.deleted_at.is_some() => {
            db::jobs::set_running(transaction, purge.id).await?;
            remove(transaction, purge, &account, size).await
        }
        // Restored at the same time as the job was queued.
        Some(_) => {
            db::purge::withdraw(transaction, purge.id).await?;
            Ok(Audited::not_needed("the restoration has its own entry"))
        }
        None => {
            db::jobs::set_done(&mut **transaction, purge.id).await?;
            Ok(Audited::not_needed("the account was already gone"))
        }
    }
}

/// Deletes a batch of the user's data, and the account itself once there is none left.
async fn remove(
    transaction: &mut db::Transaction,
    purge: &Purge,
    account: &Account,
    size: i64,
) -> Result<Audited, Error> {
    let removed = db::purge::delete_owned(transaction, account.id, size).await?;
    if removed > 0 {
        let removed = i64::try_from(removed).unwrap_or_default();
        db::jobs::add_done(transaction, purge.id, removed).await?;
        return Ok(Audited::not_needed("the last batch writes the entry"));
    }
    db::purge::delete_user(transaction, account.id).await?;
    let change = Change {
        action: Action::UserPurged,
        user: (account.id, &account.username),
        changes: Changes::default().with("removed", json!(null), purge.done),
        reason: None,
    };
    let audited = audit::write(transaction, &Actor::job(), change).await?;
    db::jobs::set_done(&mut **transaction, purge.id).await?;
    Ok(audited)
}
