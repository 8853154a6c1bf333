//! Deletion, restoring, and transfer of owned data.

use db::{
    links::{self, Kind},
    sessions::EndReason,
    users::{account::Account, set_deleted, set_restored},
};
use domain::{
    action::Action,
    error::Conflict,
    message::Message,
    permission::Permission,
    policy::{self, Denied},
    users::{
        action::UserAction,
        deleted::{LostAccess, RestoredUser},
        deletion::{Deletion, DeletionPreview},
        transfer::TransferredData,
    },
};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::detail;
use crate::{
    Error, Services,
    access::{Actor, Authorized, UsersRead, UsersWrite},
    audit::{self, Audited, Change, Changes},
    guard::{self, Access, TargetRef},
    quota::check_transfer,
};

/// Counts what would be deleted with an account, with the end of the restore period and the reason of a denial.
///
/// # Errors
/// [`Error::NotFound`] when there is no such account.
pub async fn preview(
    services: &Services,
    authorized: &Authorized<UsersRead>,
    id: Uuid,
) -> Result<DeletionPreview, Error> {
    let target = db::users::account::find_target(&services.pool, id)
        .await?
        .ok_or(guard::NOT_FOUND)?;
    let denied = policy::denied(&authorized.actor().subject, UserAction::Delete, &target);
    count(services, id, denied.map(Denied::message)).await
}

/// Counts the data of an existing account. `denied` is passed through.
pub(crate) async fn count(
    services: &Services,
    id: Uuid,
    denied: Option<Message>,
) -> Result<DeletionPreview, Error> {
    let retention = services.settings.delete_retention;
    Ok(DeletionPreview {
        counts: db::owned::count(&services.pool, id).await?,
        resources: db::owned::count_resources(&services.pool, id).await?,
        restorable_until: (!retention.is_zero()).then(|| (services.clock)() + retention),
        denied,
    })
}

/// Deletes an account, permanently or with a restore period. It cannot be used from then on.
///
/// # Errors
/// [`Error::CountsChanged`] when the data to delete differs from the preview, [`Error::Stale`] when the account was shown at
/// another version, [`Error::Denied`] when the policy denies it, [`Error::NotFound`] when there is no such account.
pub async fn delete(
    services: &Services,
    authorized: &Authorized<UsersWrite>,
    target: impl Into<TargetRef>,
    deletion: &Deletion,
) -> Result<(), Error> {
    let target = target.into();
    let actor = authorized.actor();
    let mut transaction = db::begin(&services.pool).await?;
    let access = Access::from(UserAction::Delete);
    let account = guard::lock(&mut transaction, actor, access, &target).await?;
    // Before the version: a repeated request finds what it wanted, however old its version is.
    if account.deleted_at.is_some() && !deletion.permanent {
        return Err(guard::NOT_FOUND);
    }
    guard::check_version(&mut transaction, &target, &account).await?;
    let audited = apply(services, &mut transaction, actor, &account, deletion).await?;
    db::commit(transaction, audited).await?;
    services.work.notify_one();
    Ok(())
}

/// Deletes a locked account. The caller has checked the policy.
pub(crate) async fn apply(
    services: &Services,
    transaction: &mut db::Transaction,
    actor: &Actor,
    account: &Account,
    deletion: &Deletion,
) -> Result<Audited, Error> {
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
    db::sessions::set_ended_of(transaction, account.id, EndReason::Deleted, actor.id()).await?;
    let purge_after = set_deleted(transaction, account.id, actor.id(), retention).await?;
    links::revoke_unused_of(transaction, Kind::PasswordReset, account.id).await?;
    if permanent {
        db::purge::queue(transaction, account.id, counts.total()).await?;
        db::purge::requeue(transaction, account.id).await?;
    }
    let change = Change {
        action: Action::UserDeleted,
        user: (account.id, &account.username),
        changes: Changes::default()
            .with("deleted", account.deleted_at.is_some(), true)
            .with("owned", json!(null), json!(counts))
            .with("purgeAfter", json!(null), purge_after.to_string()),
        reason: None,
    };
    audit::write(transaction, actor, change).await
}

/// Restores a deleted account, with its roles, groups, grants, keys and data. Its sessions stay ended. What was deleted meanwhile is named,
/// if the actor can read it.
///
/// # Errors
/// [`Error::Conflict`] when the account is not deleted or its purge has started, [`Error::Stale`] when it was shown at
/// another version, [`Error::Denied`] when the policy denies it.
pub async fn restore(
    services: &Services,
    authorized: &Authorized<UsersWrite>,
    target: impl Into<TargetRef>,
) -> Result<RestoredUser, Error> {
    let target = target.into();
    let actor = authorized.actor();
    let mut transaction = db::begin(&services.pool).await?;
    let access = Access::from(UserAction::Restore).or_deleted();
    let account = guard::open(&mut transaction, actor, access, target).await?;
    let (lost, audited) = put_back(&mut transaction, actor, &account).await?;
    let user = detail::find(&mut transaction, account.id).await?;
    db::commit(transaction, audited).await?;
    Ok(RestoredUser {
        user,
        lost: readable(actor, lost),
    })
}

/// Returns the names that the actor has the permission to read, if there are any.
pub(super) fn readable(actor: &Actor, mut lost: LostAccess) -> Option<LostAccess> {
    let permissions = &actor.subject.permissions;
    for (permission, names) in [
        (Permission::UsersRead, &mut lost.roles),
        (Permission::GroupsRead, &mut lost.groups),
        (Permission::ResourcesRead, &mut lost.resources),
    ] {
        if !permissions.include(permission) {
            names.clear();
        }
    }
    (lost != LostAccess::default()).then_some(lost)
}

/// Restores a locked account. Returns what was deleted meanwhile. The caller has checked the policy.
pub(super) async fn put_back(
    transaction: &mut db::Transaction,
    actor: &Actor,
    account: &Account,
) -> Result<(LostAccess, Audited), Error> {
    if account.deleted_at.is_none() {
        return Err(Error::Conflict(Conflict::UserNotDeleted));
    }
    if db::purge::find_progress(&mut **transaction, account.id)
        .await?
        .is_some()
    {
        return Err(Error::Conflict(Conflict::UserBeingDeleted));
    }
    let lost = set_restored(transaction, account.id).await?;
    let mut changes = Changes::default().with("deleted", true, false);
    note_lost(&mut changes, &lost);
    let change = Change {
        action: Action::UserRestored,
        user: (account.id, &account.username),
        changes,
        reason: None,
    };
    let audited = audit::write(transaction, actor, change).await?;
    Ok((lost, audited))
}

/// Adds to the changes of a restored account what it lost meanwhile.
pub(crate) fn note_lost(changes: &mut Changes, lost: &LostAccess) {
    let lists = [
        ("groups", &lost.groups),
        ("roles", &lost.roles),
        ("resources", &lost.resources),
    ];
    let lists = lists.into_iter().filter(|(_, names)| !names.is_empty());
    let lost: Map<String, Value> = lists
        .map(|(kind, names)| (kind.to_owned(), json!(names)))
        .collect();
    if !lost.is_empty() {
        changes.note("lost", lost, Value::Null);
    }
}

/// Transfers all personas and conversations of a user to another, with the data under them. `shown` is the number of personas
/// that the page showed.
///
/// # Errors
/// [`Error::CountsChanged`] when the number of personas differs from `shown`, [`Error::Conflict`] when both users are the
/// same, one is deleted, or the receiver would exceed the quota, [`Error::Stale`] when the first was shown at another version,
/// [`Error::Denied`] when the policy denies it for either, [`Error::Forbidden`] for conversations without the permission to read them.
pub async fn reassign(
    services: &Services,
    authorized: &Authorized<UsersWrite>,
    from: impl Into<TargetRef>,
    to: Uuid,
    shown: Option<i64>,
) -> Result<TransferredData, Error> {
    let source = from.into();
    let from = source.id;
    if from == to {
        return Err(Error::Conflict(Conflict::OwnerIsTarget));
    }
    let actor = authorized.actor();
    let mut transaction = db::begin(&services.pool).await?;
    // Locked in the order of ids, so that two concurrent transfers cannot deadlock.
    let receiver = TargetRef::from(to);
    let (first, second) = if from < to {
        (source, receiver)
    } else {
        (receiver, source)
    };
    let first = guard::open(&mut transaction, actor, UserAction::Edit, first).await?;
    let second = guard::open(&mut transaction, actor, UserAction::Edit, second).await?;
    let (source, receiver) = if first.id == from {
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
    let conversations = db::conversations::write::transfer(&mut transaction, from, to).await?;
    if conversations > 0 {
        // The receiver can be the actor, or an account that the actor has created: owners read without a look that is audited.
        guard::confirm(&mut transaction, actor, Permission::ConversationsRead).await?;
    }
    let owner = |changes: Changes| {
        changes.with(
            "owner",
            source.username.as_str(),
            receiver.username.as_str(),
        )
    };
    let transferred_out = Change {
        action: Action::DataTransferredOut,
        user: (source.id, &source.username),
        changes: owner(Changes::default().with("personas", personas, 0).with(
            "conversations",
            conversations,
            0,
        )),
        reason: None,
    };
    audit::write(&mut transaction, actor, transferred_out).await?;
    let transferred_in = Change {
        action: Action::DataTransferredIn,
        user: (receiver.id, &receiver.username),
        changes: owner(Changes::default().with("personas", 0, personas).with(
            "conversations",
            0,
            conversations,
        )),
        reason: None,
    };
    let audited = audit::write(&mut transaction, actor, transferred_in).await?;
    db::commit(transaction, audited).await?;
    Ok(TransferredData {
        personas,
        conversations,
    })
}
