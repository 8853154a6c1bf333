//! Deletions of roles, groups and features on which many rows depend, in batches: an interruption loses nothing, and no request waits for
//! them. The entry of the audit log is written when the deletion is queued.

use db::deletions::{Deletion, Object};
use domain::{error::Conflict, jobs::ROWS_AT_ONCE};
use uuid::Uuid;

use crate::{
    Error, Services,
    audit::Audited,
    batch::{self, Batch, BatchSize, FailedBatch},
};

/// Number of rows in one transaction, and the minimum where these time out.
const SIZE: BatchSize = BatchSize::new(ROWS_AT_ONCE.cast_signed(), 5);

/// Continues the queued deletions. Several replicas can do so at once.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached; the next run does the rest.
pub async fn run(services: &Services) -> Result<(), Error> {
    let (mut defer, mut size, mut done) = (Vec::new(), SIZE, Ok(()));
    loop {
        match next(services, None, &defer, &mut size).await? {
            Batch::None => return done,
            Batch::Done | Batch::Failed(_) => {}
            Batch::Deferred(job, error) => {
                defer.push(job);
                done = done.and(Err(error));
            }
        }
    }
}

/// Completes the queued deletion of the role or the group with an id, or of the feature with a key, if there is one.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached; the next run does the rest. [`Error::Internal`] when the database rejects
/// the deletion: the job has failed then.
pub async fn run_of(services: &Services, object: &str) -> Result<(), Error> {
    let mut size = SIZE;
    loop {
        match next(services, Some(object), &[], &mut size).await? {
            Batch::None => return Ok(()),
            Batch::Done => {}
            Batch::Failed(error) | Batch::Deferred(_, error) => return Err(error),
        }
    }
}

/// Checks that the role or the group with an id, or the feature with a key, is not being deleted. A deletion that is requested at the same
/// time also deletes what the transaction adds, unless that has locked the object.
pub(crate) async fn check_stays(
    transaction: &mut db::Transaction,
    object: &str,
) -> Result<(), Error> {
    if db::deletions::is_running(&mut **transaction, object).await? {
        return Err(Error::Conflict(Conflict::BeingDeleted));
    }
    Ok(())
}

/// Runs one batch of the deletion of the given object, or of any whose job was not postponed.
async fn next(
    services: &Services,
    of: Option<&str>,
    defer: &[Uuid],
    size: &mut BatchSize,
) -> Result<Batch, Error> {
    let mut transaction = db::begin(&services.pool).await?;
    let Some(deletion) = db::deletions::take(&mut transaction, of, defer).await? else {
        return Ok(Batch::None);
    };
    let done = match advance(&mut transaction, &deletion, size.rows).await {
        Ok(()) => {
            let audited = Audited::not_needed("the request has written the entry");
            let done = db::commit(transaction, audited).await;
            done.map_err(Error::from)
        }
        Err(error) => {
            // The rollback releases the lock of the job's row, which is updated below.
            db::rollback(transaction).await?;
            Err(error)
        }
    };
    let Err(error) = done else {
        return Ok(Batch::Done);
    };
    let failed = FailedBatch {
        job: deletion.id,
        done: deletion.done,
        work: "deletion of a role, a group or a feature",
    };
    batch::fail(services, failed, error, size).await
}

/// Runs one batch of a job whose row is locked: of the dependent rows, or of the object itself with the last ones.
async fn advance(
    transaction: &mut db::Transaction,
    deletion: &Deletion,
    size: i64,
) -> Result<(), Error> {
    db::jobs::set_running(transaction, deletion.id).await?;
    let changed = match &deletion.object {
        Object::Role(role) => {
            db::users::lock_admins(transaction).await?;
            db::roles::edit::revoke(transaction, *role, size.unsigned_abs()).await?
        }
        Object::Group(group) => shrink(transaction, *group, size).await?,
        Object::Feature(key) => db::deletions::remove_feature(transaction, key, size).await?,
    };
    let more = i64::try_from(changed).unwrap_or_default();
    db::jobs::add_done(transaction, deletion.id, more).await?;
    if more == size {
        return Ok(());
    }
    match &deletion.object {
        Object::Role(role) => db::roles::edit::delete(transaction, *role).await?,
        Object::Group(group) => db::groups::delete(transaction, *group).await?,
        Object::Feature(key) => {
            db::features::delete(transaction, key).await?;
        }
    }
    Ok(db::jobs::set_done(&mut **transaction, deletion.id).await?)
}

/// Revokes grants of a group and removes members, as many as fit into one batch.
async fn shrink(transaction: &mut db::Transaction, group: Uuid, size: i64) -> Result<u64, Error> {
    let grants = db::deletions::revoke_grants(transaction, group, size).await?;
    let rest = size.saturating_sub(i64::try_from(grants).unwrap_or_default());
    if rest == 0 {
        return Ok(grants);
    }
    let members = db::deletions::remove_members(transaction, group, rest).await?;
    Ok(grants.saturating_add(members))
}
