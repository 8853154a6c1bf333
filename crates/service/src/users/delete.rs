//! Deletion, restoring, and transfer of owned data.

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

use super::detail;
use crate::{
    Error, Services,
    access::{Author, Granted, ReadUsers, WriteUsers},
    guard,
    quota::check_transfer,
    record::{self, Change, Changes},
    target::TargetRef,
};

/// Counts what would be deleted with an account, with the end of the restore period and the reason of a denial.
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

/// Counts the data of an existing account. `refusal` is passed through.
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

/// Deletes an account, permanently or with a restore period. It cannot be used from then on.
///
/// # Errors
/// [`Error::CountsChanged`] when the data to delete differs from the preview, [`Error::Refused`] when the policy denies it,
/// [`Error::NotFound`] when there is no such account.
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

/// Deletes a locked account. The caller has checked the policy.
pub(crate) async fn apply(
    services: &Services,
    transaction: &mut db::Transaction,
    author: &Author,
    account: &Account,
    deletion: &Deletion,
) -> Result<(), Error> {
    // The personas are locked before the count, so that the data under them cannot change until the commit.
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

/// Restores a deleted account, with its roles, keys and data. Its sessions stay ended.
///
/// # Errors
/// [`Error::Conflict`] when the account is not deleted or its purge has started, [`Error::Refused`] when the policy denies
/// it.
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

/// Restores a locked account. The caller has checked the policy.
pub(super) async fn put_back(
    transaction: &mut db::Transaction,
    author: &Author,
    account: &Account,
) -> Result<(), Error> {
    if account.deleted_at.is_none() {
        return Err(Error::Conflict("This user is not deleted."));
    }
    if db::purge::find_progress(&mut **transaction, account.id)
        .await?
        .is_some()
    {
        return Err(Error::Conflict(
            "This user is being permanently deleted and can't be restored.",
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

/// Transfers all personas of a user to another, with the data under them. Returns the number of personas. `shown` is the
/// number that the page showed.
///
/// # Errors
/// [`Error::CountsChanged`] when the number of personas differs from `shown`, [`Error::Conflict`] when both users are the
/// same, one is deleted, or the receiver would exceed the quota, [`Error::Refused`] when the policy denies it for either.
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
        return Err(Error::Conflict("Choose another user as the new owner."));
    }
    let author = granted.author();
    let mut transaction = db::begin(&services.pool).await?;
    // Locked in the order of ids, so that two concurrent transfers cannot deadlock.
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
