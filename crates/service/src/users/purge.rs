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
    batch::{self, BatchJob, BatchSize},
};

/// Maximum number of accounts that one run queues.
const QUEUED_AT_ONCE: i64 = 1_000;

/// Queues accounts that are due, and purges the queued ones. Several replicas can do so at once.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached; the next run does the rest.
pub async fn run(services: &Services) -> Result<(), Error> {
    db::purge::queue_due(&services.pool, QUEUED_AT_ONCE).await?;
    batch::run::<Purge>(services).await
}

/// Purges one queued account.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached; the next run does the rest. [`Error::Internal`] when the
/// database rejects the deletion: the job has failed then.
pub async fn run_of(services: &Services, id: Uuid) -> Result<(), Error> {
    batch::run_of::<Purge>(services, &id).await
}

impl BatchJob for Purge {
    type Object = Uuid;
    const WORK: &'static str = "permanent deletion";
    /// A transaction with as many rows takes some tens of milliseconds.
    const SIZE: BatchSize = BatchSize::new(2_000, 2);

    async fn take(
        transaction: &mut db::Transaction,
        of: Option<&Uuid>,
        defer: &[Uuid],
    ) -> Result<Option<Self>, Error> {
        Ok(db::purge::take(transaction, of.copied(), defer).await?)
    }

    fn id(&self) -> Uuid {
        self.id
    }

    fn done(&self) -> i64 {
        self.done
    }

    async fn advance(
        &self,
        transaction: &mut db::Transaction,
        size: i64,
    ) -> Result<Audited, Error> {
        match account::lock(transaction, self.user_id).await? {
            Some(account) if account.deleted_at.is_some() => {
                db::jobs::set_running(transaction, self.id).await?;
                remove(transaction, self, &account, size).await
            }
            // Restored at the same time as the job was queued.
            Some(_) => {
                db::purge::withdraw(transaction, self.id).await?;
                Ok(Audited::not_needed("the restoration has its own entry"))
            }
            None => {
                db::jobs::set_done(&mut **transaction, self.id).await?;
                Ok(Audited::not_needed("the account was already gone"))
            }
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
