//! Removing for good what is due, a piece at a time: a kill loses nothing, and nobody waits for it.

use serde_json::json;

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
    while piece(services).await? {}
    Ok(())
}

/// Removes one piece. Returns whether there may be more.
async fn piece(services: &Services) -> Result<bool, Error> {
    let mut transaction = db::begin(&services.pool).await?;
    let Some(purge) = db::purge::take(&mut transaction).await? else {
        return Ok(false);
    };
    let removed = db::purge::delete_owned(&mut transaction, purge.user_id, PIECE).await?;
    let removed = i64::try_from(removed).unwrap_or_default();
    db::purge::add_done(&mut transaction, purge.id, removed).await?;
    if removed == 0 {
        finish(&mut transaction, &purge).await?;
    }
    db::commit(transaction).await?;
    Ok(true)
}

async fn finish(transaction: &mut db::Transaction, purge: &db::purge::Purge) -> Result<(), Error> {
    if let Some(account) = db::users::account::lock(transaction, purge.user_id).await? {
        db::purge::delete_user(transaction, purge.user_id).await?;
        let change = Change {
            action: "user.purged",
            user: (account.id, &account.username),
            changes: Changes::default().with("removed", json!(null), purge.done),
            reason: None,
        };
        record::write(transaction, &Author::job(), change).await?;
    }
    Ok(db::purge::set_done(transaction, purge.id).await?)
}
