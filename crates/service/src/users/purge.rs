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
    batch::{self, Batch, BatchSize, FailedBatch},
};

/// Maximum number of accounts that one run queues.
const QUEUED_AT_ONCE: i64 = 1_000;
/// Number of rows deleted in one transaction, which takes some tens of milliseconds, and the minimum where these time out.
const SIZE: BatchSize = BatchSize::new(2_000, 2);

/// Queues accounts that are due, and purges the queued ones. Several replicas can do so at once.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached; the next run does the rest.
pub async fn run(services: &Services) -> Result<(), Error> {
    db::purge::queue_due(&services.pool, QUEUED_AT_ONCE).await?;
    let mut defer = Vec::new();
    let mut size = SIZE;
    let mut done = Ok(());
    loop {
        match piece(services, None, &defer, &mut size).await? {
            Batch::None => return done,
            Batch::Done | Batch::Failed(_) => {}
            Batch::Deferred(job, error) => {
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
    let mut size = SIZE;
    loop {
        match piece(services, Some(id), &[], &mut size).await? {
            Batch::None => return Ok(()),
            Batch::Done => {}
            Batch::Failed(error) | Batch::Deferred(_, error) => return Err(error),
        }
    }
}

/// Deletes one batch of the given account, or of any account whose job was not postponed. A timeout reduces the size of the
/// next batches.
async fn piece(
    services: &Services,
    of: Option<Uuid>,
    defer: &[Uuid],
    size: &mut BatchSize,
) -> Result<Batch, Error> {
    let mut transaction = db::begin(&services.pool).await?;
    let Some(purge) = db::purge::take(&mut transaction, of, defer).await? else {
        return Ok(Batch::None);
    };
    let done = match advance(&mut transaction, &purge, size.rows).await {
        Ok(audited) => db::commit(transaction, audited).await.map_err(Error::from),
        Err(error) => {
            // The rollback releases the locks of the job's row, which is updated below.
            db::rollback(transaction).await?;
            Err(error)
        }
    };
    let Err(error) = done else {
        return Ok(Batch::Done);
    };
    let failed = FailedBatch {
        job: purge.id,
        done: purge.done,
        work: "permanent deletion",
    };
    batch::fail(services, failed, error, size).await
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
