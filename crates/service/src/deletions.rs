//! Deletions of roles, groups and features on which many rows depend, in batches: an interruption loses nothing, and no request waits for
//! them. The entry of the audit log is written when the deletion is queued.

use db::{
    deletions::{Deletion, Object},
    users::retain,
};
use domain::{error::Conflict, jobs::ROWS_AT_ONCE};
use uuid::Uuid;

use crate::{
    Error, Services,
    audit::Audited,
    batch::{self, BatchJob, BatchSize},
};

/// Continues the queued deletions. Several replicas can do so at once.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached; the next run does the rest.
pub async fn run(services: &Services) -> Result<(), Error> {
    batch::run::<Deletion>(services).await
}

/// Completes the queued deletion of the role or the group with an id, or of the feature with a key, if there is one.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached; the next run does the rest. [`Error::Internal`] when the database rejects
/// the deletion: the job has failed then.
pub async fn run_of(services: &Services, object: &str) -> Result<(), Error> {
    batch::run_of::<Deletion>(services, object).await
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

/// Returns whether users can join a group: it exists and is not being deleted.
pub(crate) async fn group_stays(
    connection: &mut db::PgConnection,
    group: Uuid,
) -> Result<bool, Error> {
    Ok(db::groups::find(&mut *connection, group).await?.is_some()
        && !db::deletions::is_running(connection, &group.to_string()).await?)
}

impl BatchJob for Deletion {
    type Object = str;
    const WORK: &'static str = "deletion of a role, a group or a feature";
    const SIZE: BatchSize = BatchSize::new(ROWS_AT_ONCE.cast_signed(), 5);

    async fn take(
        transaction: &mut db::Transaction,
        of: Option<&str>,
        defer: &[Uuid],
    ) -> Result<Option<Self>, Error> {
        Ok(db::deletions::take(transaction, of, defer).await?)
    }

    fn id(&self) -> Uuid {
        self.id
    }

    fn done(&self) -> i64 {
        self.done
    }

    /// Changes dependent rows, and deletes the object itself with the last ones.
    async fn advance(
        &self,
        transaction: &mut db::Transaction,
        size: i64,
    ) -> Result<Audited, Error> {
        db::jobs::set_running(transaction, self.id).await?;
        let changed = match &self.object {
            Object::Role(role) => {
                db::users::lock_admins(transaction).await?;
                let users = retain::users_of_role(transaction, *role, size).await?;
                db::roles::edit::revoke(transaction, *role, &users).await?;
                users.len() as u64
            }
            Object::Group(group) => shrink(transaction, *group, size).await?,
            Object::Feature(key) => db::deletions::remove_feature(transaction, key, size).await?,
        };
        let more = i64::try_from(changed).unwrap_or_default();
        db::jobs::add_done(transaction, self.id, more).await?;
        if more < size {
            delete(transaction, &self.object).await?;
            db::jobs::set_done(&mut **transaction, self.id).await?;
        }
        Ok(Audited::not_needed("the request has written the entry"))
    }
}

/// Deletes an object on which no row depends any more: no user is noted. A key that was created for the group since the request is revoked.
async fn delete(transaction: &mut db::Transaction, object: &Object) -> Result<(), Error> {
    match object {
        Object::Role(role) => db::roles::edit::delete(transaction, *role, &[]).await?,
        Object::Group(group) => {
            db::access_tokens::group::set_revoked(transaction, *group, None).await?;
            db::groups::delete(transaction, *group, &[]).await?;
        }
        Object::Feature(key) => {
            db::features::delete(transaction, key).await?;
        }
    }
    Ok(())
}

/// Revokes grants of a group and removes members, as many as fit into one batch.
async fn shrink(transaction: &mut db::Transaction, group: Uuid, size: i64) -> Result<u64, Error> {
    let grants = db::deletions::revoke_grants(transaction, group, size).await?;
    let rest = size.saturating_sub(i64::try_from(grants).unwrap_or_default());
    if rest == 0 {
        return Ok(grants);
    }
    let members = retain::members(transaction, group, rest).await?;
    db::deletions::remove_members(transaction, group, &members).await?;
    Ok(grants.saturating_add(members.len() as u64))
}
