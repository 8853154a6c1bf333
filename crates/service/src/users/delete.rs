//! Into the bin, out of it, and away for good.

use db::{
    links::{self, Kind},
    sessions::EndReason,
    users::{account::Account, change},
};
use domain::{
    rules::{self, Deed},
    users::{
        deletion::{Deletion, DeletionPreview},
        detail::UserDetail,
    },
};
use serde_json::json;
use uuid::Uuid;

use super::{detail, guard};
use crate::{
    Error, Services,
    access::{Author, Granted, ReadUsers, WriteUsers},
    owned::quota::check_transfer,
    record::{self, Change, Changes},
    target::TargetRef,
};

/// What goes with an account, until when it could be restored, and why it cannot be deleted if it cannot.
///
/// # Errors
/// [`Error::NotFound`] when there is no such account.
pub async fn preview(
    services: &Services,
    granted: &Granted<ReadUsers>,
    id: Uuid,
) -> Result<DeletionPreview, Error> {
    let standing = db::users::account::find_standing(&services.pool, id)
        .await?
        .ok_or(guard::NOT_FOUND)?;
    let refusal = rules::refusal(&granted.author().doer, Deed::Delete, &standing);
    count(services, id, refusal.map(|refusal| refusal.to_string())).await
}

/// What goes with an account that exists, and why it cannot be deleted if it cannot.
pub(crate) async fn count(
    services: &Services,
    id: Uuid,
    refusal: Option<String>,
) -> Result<DeletionPreview, Error> {
    let retention = services.settings.delete_retention;
    Ok(DeletionPreview {
        counts: db::owned::count(&services.pool, id).await?,
        restorable_until: (!retention.is_zero()).then(|| (services.clock)() + retention),
        refusal,
    })
}

/// Deletes an account: into the bin, or for good. It cannot be used from this moment on.
///
/// # Errors
/// [`Error::CountsChanged`] when there is something else to delete than was shown, [`Error::Refused`] when it may not be
/// done, [`Error::NotFound`] when there is no such account.
pub async fn delete(
    services: &Services,
    granted: &Granted<WriteUsers>,
    target: impl Into<TargetRef>,
    deletion: &Deletion,
) -> Result<(), Error> {
    let target = target.into();
    let author = granted.author();
    let mut transaction = db::begin(&services.pool).await?;
    let account = guard::open_any(&mut transaction, author, Deed::Delete, target).await?;
    if account.deleted_at.is_some() && !deletion.permanent {
        return Err(guard::NOT_FOUND);
    }
    apply(services, &mut transaction, author, &account, deletion).await?;
    db::commit(transaction).await?;
    services.work.notify_one();
    Ok(())
}

/// Deletes an account that is locked and may be deleted.
pub(crate) async fn apply(
    services: &Services,
    transaction: &mut db::Transaction,
    author: &Author,
    account: &Account,
    deletion: &Deletion,
) -> Result<(), Error> {
    db::owned::lock(transaction, account.id).await?;
    let counts = db::owned::count(&mut **transaction, account.id).await?;
    if deletion.counts.is_some_and(|shown| shown != counts) {
        return Err(Error::CountsChanged(counts));
    }
    let permanent = deletion.permanent || services.settings.delete_retention.is_zero();
    let retention = if permanent {
        std::time::Duration::ZERO
    } else {
        services.settings.delete_retention
    };
    db::sessions::set_ended_of(transaction, account.id, EndReason::Deleted, author.id()).await?;
    let purge_after = change::set_deleted(transaction, account.id, author.id(), retention).await?;
    links::revoke_unused_of(transaction, Kind::PasswordReset, account.id).await?;
    if permanent {
        db::purge::queue(transaction, account.id, counts.total()).await?;
        db::purge::requeue(transaction, account.id).await?;
    }
    let change = Change {
        action: "user.deleted",
        user: (account.id, &account.username),
        changes: Changes::default()
            .with("deleted", account.deleted_at.is_some(), true)
            .with("owned", json!(null), json!(counts))
            .with("purgeAfter", json!(null), purge_after.to_string()),
        reason: None,
    };
    record::write(transaction, author, change).await
}

/// Takes an account out of the bin, with its roles, keys and data. Sessions that have ended stay so.
///
/// # Errors
/// [`Error::Conflict`] when it is not there or is being removed already, [`Error::Refused`] when it may not be done.
pub async fn restore(
    services: &Services,
    granted: &Granted<WriteUsers>,
    target: impl Into<TargetRef>,
) -> Result<UserDetail, Error> {
    let target = target.into();
    let author = granted.author();
    let mut transaction = db::begin(&services.pool).await?;
    let account = guard::open_any(&mut transaction, author, Deed::Restore, target).await?;
    put_back(&mut transaction, author, &account).await?;
    let after = detail::find(&mut transaction, account.id).await?;
    db::commit(transaction).await?;
    Ok(after)
}

/// Takes an account that is locked and may be restored out of the bin.
pub(super) async fn put_back(
    transaction: &mut db::Transaction,
    author: &Author,
    account: &Account,
) -> Result<(), Error> {
    if account.deleted_at.is_none() {
        return Err(Error::Conflict("This account is not deleted."));
    }
    if db::purge::find_progress(&mut **transaction, account.id)
        .await?
        .is_some()
    {
        return Err(Error::Conflict(
            "This account is being removed for good. It cannot be restored any more.",
        ));
    }
    change::set_restored(transaction, account.id).await?;
    let change = Change {
        action: "user.restored",
        user: (account.id, &account.username),
        changes: Changes::default().with("deleted", true, false),
        reason: None,
    };
    record::write(transaction, author, change).await
}

/// Gives all personas of a user to another, with what hangs under them. Returns how many personas. `shown` is how many
/// were shown.
///
/// # Errors
/// [`Error::CountsChanged`] when there are more or fewer personas than were shown, [`Error::Conflict`] when both are the same,
/// one is in the bin, or the receiver would own more than the server stores for one user, [`Error::Refused`] when it may not be
/// done to either.
pub async fn reassign(
    services: &Services,
    granted: &Granted<WriteUsers>,
    from: impl Into<TargetRef>,
    to: Uuid,
    shown: Option<i64>,
) -> Result<u64, Error> {
    let giver = from.into();
    let from = giver.id;
    if from == to {
        return Err(Error::Conflict("Choose somebody else to give it to."));
    }
    let author = granted.author();
    let mut transaction = db::begin(&services.pool).await?;
    // In the order of ids, so that two of these cannot wait for each other.
    let taker = TargetRef::from(to);
    let (first, second) = if from < to {
        (giver, taker)
    } else {
        (taker, giver)
    };
    let first = guard::open(&mut transaction, author, Deed::Edit, first).await?;
    let second = guard::open(&mut transaction, author, Deed::Edit, second).await?;
    let (giver, taker) = if first.id == from {
        (first, second)
    } else {
        (second, first)
    };
    if let Some(shown) = shown {
        db::owned::lock(&mut transaction, from).await?;
        let counts = db::owned::count(&mut *transaction, from).await?;
        if counts.personas != shown {
            return Err(Error::CountsChanged(counts));
        }
    }
    check_transfer(services, &mut transaction, from, to).await?;
    let personas = db::owned::reassign(&mut transaction, from, to).await?;
    let owner =
        |changes: Changes| changes.with("owner", giver.username.as_str(), taker.username.as_str());
    for (action, account, changes) in [
        (
            "user.data_given",
            &giver,
            Changes::default().with("personas", personas, 0),
        ),
        (
            "user.data_received",
            &taker,
            Changes::default().with("personas", 0, personas),
        ),
    ] {
        let change = Change {
            action,
            user: (account.id, &account.username),
            changes: owner(changes),
            reason: None,
        };
        record::write(&mut transaction, author, change).await?;
    }
    db::commit(transaction).await?;
    Ok(personas)
}
