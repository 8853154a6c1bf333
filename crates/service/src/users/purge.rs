//! Removing for good what is due, a piece at a time: a kill loses nothing, and nobody waits for it.

use db::{
    purge::Purge,
    users::account::{self, Account},
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    Error, Services,
    access::Author,
    record::{self, Change, Changes},
};

/// Accounts queued in one go.
const QUEUED_AT_ONCE: i64 = 1_000;
/// Things removed in one transaction: few enough to be done in some tens of milliseconds.
const PIECE: i64 = 2_000;

/// Queues what is due, and removes what is queued. Several replicas may do so at once.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached; what is not done now is done next time.
pub async fn run(services: &Services) -> Result<(), Error> {
    db::purge::queue_due(&services.pool, QUEUED_AT_ONCE).await?;
    while piece(services, None).await? {}
    Ok(())
}

/// Removes one account that is queued.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached; what is not done now is done next time.
pub async fn run_of(services: &Services, id: Uuid) -> Result<(), Error> {
    while piece(services, Some(id)).await? {}
    Ok(())
}

/// Removes one piece of somebody's or of anybody's. Returns whether there may be more.
async fn piece(services: &Services, of: Option<Uuid>) -> Result<bool, Error> {
    let mut transaction = db::begin(&services.pool).await?;
    let Some(purge) = db::purge::take(&mut transaction, of).await? else {
        return Ok(false);
    };
    match account::lock(&mut transaction, purge.user_id).await? {
        Some(account) if account.deleted_at.is_some() => {
            remove(&mut transaction, &purge, &account).await?;
        }
        // Restored in the moment in which the job was queued.
        Some(_) => db::purge::withdraw(&mut transaction, purge.id).await?,
        None => db::purge::set_done(&mut transaction, purge.id).await?,
    }
    db::commit(transaction).await?;
    Ok(true)
}

/// Removes some of what a person owns, and the account itself once there is nothing.
async fn remove(
    transaction: &mut db::Transaction,
    purge: &Purge,
    account: &Account,
) -> Result<(), Error> {
    let removed = db::purge::delete_owned(transaction, account.id, PIECE).await?;
    if removed > 0 {
        let removed = i64::try_from(removed).unwrap_or_default();
        return Ok(db::purge::add_done(transaction, purge.id, removed).await?);
    }
    db::purge::delete_user(transaction, account.id).await?;
    let change = Change {
        action: "user.purged",
        user: (account.id, &account.username),
        changes: Changes::default().with("removed", json!(null), purge.done),
        reason: None,
    };
    record::write(transaction, &Author::job(), change).await?;
    Ok(db::purge::set_done(transaction, purge.id).await?)
}
