//! Bulk actions on users: a preview of which users would change, then exactly those or none.

use std::collections::{BTreeMap, BTreeSet};

use db::users::account::{self, Account};
use domain::{
    access::Permission,
    fields::FieldErrors,
    rules::Deed,
    users::{
        Status, UserId,
        bulk::{BULK_MAX, BulkAction, BulkItem, BulkOutcome, BulkRequest, Selected},
        deletion::Deletion,
    },
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{delete, sessions, suspend};
use crate::{
    Error, Services,
    access::{Author, Granted, WriteUsers},
    guard,
    record::{self, Batch, Changes},
    target::TargetRef,
};

/// Applies an action to several users in one transaction. Without `expected` it only reports the outcome and changes
/// nothing. A user that is named twice counts once.
///
/// # Errors
/// [`Error::SelectionChanged`] when the number of changes would differ from `expected`, [`Error::TargetMismatch`] when an
/// id and the username shown with it belong to different users, [`Error::Invalid`] with the field errors.
pub async fn bulk(
    services: &Services,
    granted: &Granted<WriteUsers>,
    mut request: BulkRequest,
) -> Result<BulkOutcome, Error> {
    let mut ids = BTreeSet::new();
    request.users.retain(|selected| ids.insert(selected.id));
    if request.users.is_empty() || request.users.len() > BULK_MAX {
        let mut faults = FieldErrors::default();
        faults.add("users", format!("Select 1 to {BULK_MAX} users."));
        return Err(Error::Invalid(faults));
    }
    if let BulkAction::Suspend(draft) = request.action {
        let draft = draft.check((services.clock)()).map_err(Error::Invalid)?;
        request.action = BulkAction::Suspend(draft);
    }
    let mut transaction = db::begin(&services.pool).await?;
    // Lock order: the lock of administrators comes before any row.
    db::users::lock_admins(&mut transaction).await?;
    let author =
        &guard::confirm(&mut transaction, granted.author(), Permission::UsersWrite).await?;
    let author = &begin(&mut transaction, author, &request).await?;
    let mut accounts = lock(&mut transaction, ids).await?;
    let mut outcome = BulkOutcome {
        changed: 0,
        items: Vec::with_capacity(request.users.len()),
        restorable_until: restorable_until(services, &request.action),
    };
    for selected in &request.users {
        let account = accounts.remove(&selected.id);
        let item = one(
            services,
            &mut transaction,
            author,
            &request.action,
            (selected, account),
        )
        .await?;
        outcome.changed += usize::from(item.skipped.is_none());
        outcome.items.push(item);
    }
    match request.expected {
        // A preview: the transaction is rolled back on drop.
        None => {}
        Some(expected) if expected != outcome.changed => {
            return Err(Error::SelectionChanged(Box::new(outcome)));
        }
        Some(_) => {
            db::commit(transaction).await?;
            services.work.notify_one();
        }
    }
    Ok(outcome)
}

/// Writes the parent event of an action on several users. Returns the actor for the events of the single users.
async fn begin(
    transaction: &mut db::Transaction,
    author: &Author,
    request: &BulkRequest,
) -> Result<Author, Error> {
    let Some(users) = request.expected.filter(|expected| *expected > 1) else {
        return Ok(author.clone());
    };
    let (action, reason) = match &request.action {
        BulkAction::Suspend(draft) => ("users.suspended", Some(draft.reason.as_str())),
        BulkAction::Unsuspend {} => ("users.unsuspended", None),
        BulkAction::EndSessions {} => ("users.signed_out", None),
        BulkAction::Delete {} => ("users.deleted", None),
        BulkAction::Restore {} => ("users.restored", None),
    };
    let batch = Batch {
        action,
        users: users as u64,
        label: &format!("{users} users"),
        changes: Changes::default(),
        reason,
    };
    record::write_batch(transaction, author, batch).await
}

/// Locks all accounts before the first one is changed, in the order of their ids, so that two transactions that lock
/// several cannot deadlock.
async fn lock(
    transaction: &mut db::Transaction,
    ids: BTreeSet<Uuid>,
) -> Result<BTreeMap<Uuid, Account>, Error> {
    let mut accounts = BTreeMap::new();
    for id in ids {
        if let Some(account) = account::lock(transaction, id).await? {
            accounts.insert(id, account);
        }
    }
    Ok(accounts)
}

/// Returns the end of the restore period, for an action that deletes users. None for other actions and for permanent
/// deletion.
fn restorable_until(services: &Services, action: &BulkAction) -> Option<OffsetDateTime> {
    let retention = services.settings.delete_retention;
    let is_kept = matches!(action, BulkAction::Delete {}) && !retention.is_zero();
    is_kept.then(|| (services.clock)() + retention)
}

async fn one(
    services: &Services,
    transaction: &mut db::Transaction,
    author: &Author,
    action: &BulkAction,
    (selected, account): (&Selected, Option<Account>),
) -> Result<BulkItem, Error> {
    let skipped = |username: String, why: String| BulkItem {
        id: UserId(selected.id),
        username,
        skipped: Some(why),
    };
    let Some(account) = account else {
        return Ok(skipped(String::new(), "No longer exists.".to_owned()));
    };
    TargetRef::from(selected).check_username(&account.username)?;
    if let Err(why) = may(transaction, author, action, &account, selected).await? {
        return Ok(skipped(account.username, why));
    }
    match action {
        BulkAction::Suspend(draft) => suspend::apply(transaction, author, &account, draft).await?,
        BulkAction::Unsuspend {} => suspend::lift(transaction, author, &account).await?,
        BulkAction::EndSessions {} => drop(sessions::apply(transaction, author, &account).await?),
        BulkAction::Delete {} => {
            let deletion = Deletion::default();
            delete::apply(services, transaction, author, &account, &deletion).await?;
        }
        BulkAction::Restore {} => delete::put_back(transaction, author, &account).await?,
    }
    Ok(BulkItem {
        id: UserId(selected.id),
        username: account.username,
        skipped: None,
    })
}

/// Checks whether the action applies to a user. The error is the reason why the user is skipped.
async fn may(
    transaction: &mut db::Transaction,
    author: &Author,
    action: &BulkAction,
    account: &Account,
    selected: &Selected,
) -> Result<Result<(), String>, Error> {
    let (deed, senseless) = match action {
        BulkAction::Suspend(_) => (
            Deed::Suspend,
            (account.status != Status::Active).then_some("Not active."),
        ),
        BulkAction::Unsuspend {} => (
            Deed::Unsuspend,
            (account.status != Status::Suspended).then_some("Not suspended."),
        ),
        BulkAction::EndSessions {} => (Deed::EndSessions, None),
        BulkAction::Delete {} => (Deed::Delete, None),
        BulkAction::Restore {} => (Deed::Restore, not_restorable(transaction, account).await?),
    };
    if account.deleted_at.is_some() && !matches!(action, BulkAction::Restore {}) {
        return Ok(Err("Already deleted.".to_owned()));
    }
    if let Some(why) = senseless {
        return Ok(Err(why.to_owned()));
    }
    if account.version != selected.version {
        return Ok(Err("Changed by someone else.".to_owned()));
    }
    let standing = account::find_standing(&mut **transaction, account.id)
        .await?
        .ok_or(guard::NOT_FOUND)?;
    Ok(guard::refuse(author, deed, &standing).map_err(|error| error.to_string()))
}

/// Returns the reason why an account cannot be restored, if there is one.
async fn not_restorable(
    transaction: &mut db::Transaction,
    account: &Account,
) -> Result<Option<&'static str>, Error> {
    if account.deleted_at.is_none() {
        return Ok(Some("Not deleted."));
    }
    let is_going = db::purge::find_progress(&mut **transaction, account.id)
        .await?
        .is_some();
    Ok(is_going.then_some("Permanent deletion in progress."))
}
