//! Bulk actions on users: a preview of the users that would change, then exactly those or none.

use std::collections::BTreeSet;

use db::users::account::{self, Account};
use domain::{
    action::Action,
    fields::FieldErrors,
    message::Message,
    messages,
    permission::Permission,
    users::{
        UserId,
        action::BulkAction,
        bulk::{BULK_MAX, BulkItem, BulkOutcome, BulkRequest, Selected},
    },
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::delete;
use crate::{
    Error, Services,
    access::{Actor, Authorized, UsersWrite},
    audit::{self, Audited, Batch, Changes},
    guard::{self, TargetRef},
};

/// Applies an action to several users in one transaction. Without `expected` it only reports the outcome and changes
/// nothing. A user that is named twice counts once.
///
/// # Errors
/// [`Error::SelectionChanged`] when the number of changes would differ from `expected`, [`Error::TargetMismatch`] when an
/// id and the username shown with it belong to different users, [`Error::Invalid`] with the field errors.
pub async fn bulk(
    services: &Services,
    authorized: &Authorized<UsersWrite>,
    mut request: BulkRequest,
) -> Result<BulkOutcome, Error> {
    let ids = distinct(&mut request.users)?;
    if let BulkAction::Suspend(draft) = request.action {
        let draft = draft.check((services.clock)()).map_err(Error::Invalid)?;
        request.action = BulkAction::Suspend(draft);
    }
    let mut transaction = db::begin(&services.pool).await?;
    // Lock order: the lock of administrators comes before any row.
    db::users::lock_admins(&mut transaction).await?;
    let actor =
        &guard::confirm(&mut transaction, authorized.actor(), Permission::UsersWrite).await?;
    let actor = &begin(&mut transaction, actor, &request).await?;
    let mut accounts = guard::lock_all(&mut transaction, ids).await?;
    let mut outcome = BulkOutcome {
        changed: 0,
        items: Vec::with_capacity(request.users.len()),
        restorable_until: restorable_until(services, &request.action),
    };
    let mut audited = Audited::not_needed("every user is skipped");
    for selected in &request.users {
        let account = accounts.remove(&selected.id);
        let (item, entry) = one(
            services,
            &mut transaction,
            actor,
            &request.action,
            (selected, account),
        )
        .await?;
        outcome.changed += usize::from(item.skipped.is_none());
        audited = entry.unwrap_or(audited);
        outcome.items.push(item);
    }
    finish(services, transaction, request.expected, outcome, audited).await
}

/// Removes users that are selected twice. Returns the ids.
pub(crate) fn remove_repeated(users: &mut Vec<Selected>) -> BTreeSet<Uuid> {
    let mut ids = BTreeSet::new();
    users.retain(|selected| ids.insert(selected.id));
    ids
}

/// Removes users that are selected twice, and checks the number of the others. Returns the ids.
///
/// # Errors
/// [`Error::Invalid`] without users, and for too many.
pub(crate) fn distinct(users: &mut Vec<Selected>) -> Result<BTreeSet<Uuid>, Error> {
    let ids = remove_repeated(users);
    if users.is_empty() || users.len() > BULK_MAX {
        let mut errors = FieldErrors::default();
        errors.add("users", messages::select_users(BULK_MAX));
        return Err(Error::Invalid(errors));
    }
    Ok(ids)
}

/// Commits a bulk action that changes as many users as its preview. Without `expected` it is a preview, and nothing is stored.
///
/// # Errors
/// [`Error::SelectionChanged`] when the number of changes differs from `expected`.
pub(crate) async fn finish(
    services: &Services,
    transaction: db::Transaction,
    expected: Option<usize>,
    outcome: BulkOutcome,
    audited: Audited,
) -> Result<BulkOutcome, Error> {
    match expected {
        // The transaction is rolled back on drop.
        None => {}
        Some(expected) if expected != outcome.changed => {
            return Err(Error::SelectionChanged(Box::new(outcome)));
        }
        Some(_) => {
            db::commit(transaction, audited).await?;
            services.work.notify_one();
        }
    }
    Ok(outcome)
}

/// Writes the parent event of an action on several users. Returns the actor for the events of the single users.
async fn begin(
    transaction: &mut db::Transaction,
    actor: &Actor,
    request: &BulkRequest,
) -> Result<Actor, Error> {
    let Some(users) = request.expected.filter(|expected| *expected > 1) else {
        return Ok(actor.clone());
    };
    let reason = match &request.action {
        BulkAction::Suspend(draft) => Some(draft.reason.as_str()),
        _ => None,
    };
    let batch = Batch {
        action: Action::of_bulk(&request.action),
        users: users as u64,
        label: &format!("{users} users"),
        changes: Changes::default(),
        reason,
    };
    audit::write_batch(transaction, actor, batch).await
}

/// Returns the end of the restore period, for an action that deletes users. None for other actions and for permanent
/// deletion.
fn restorable_until(services: &Services, action: &BulkAction) -> Option<OffsetDateTime> {
    let retention = services.settings.delete_retention;
    let is_restorable = matches!(action, BulkAction::Delete {}) && !retention.is_zero();
    is_restorable.then(|| (services.clock)() + retention)
}

/// Applies the action to one user. Returns the result, with the proof of its audit log entry unless the user is skipped.
async fn one(
    services: &Services,
    transaction: &mut db::Transaction,
    actor: &Actor,
    action: &BulkAction,
    (selected, account): (&Selected, Option<Account>),
) -> Result<(BulkItem, Option<Audited>), Error> {
    let skipped = |username: String, why: Message| {
        let item = BulkItem {
            id: UserId(selected.id),
            username,
            skipped: Some(why),
            lost: None,
        };
        (item, None)
    };
    let Some(account) = account else {
        return Ok(skipped(String::new(), messages::skipped_missing()));
    };
    TargetRef::from(selected).check_username(&account.username)?;
    if let Err(why) = may(transaction, actor, action, &account, selected).await? {
        return Ok(skipped(account.username, why));
    }
    let (lost, audited) = super::apply(services, transaction, actor, action, &account).await?;
    let item = BulkItem {
        id: UserId(selected.id),
        username: account.username,
        skipped: None,
        lost: delete::readable(actor, lost),
    };
    Ok((item, Some(audited)))
}

/// Checks whether the action applies to a user. The error is the reason why the user is skipped.
async fn may(
    transaction: &mut db::Transaction,
    actor: &Actor,
    action: &BulkAction,
    account: &Account,
    selected: &Selected,
) -> Result<Result<(), Message>, Error> {
    let senseless = match action {
        BulkAction::Restore {} => not_restorable(transaction, account).await?,
        action => action.skipped(account.status),
    };
    if account.deleted_at.is_some() && !matches!(action, BulkAction::Restore {}) {
        return Ok(Err(messages::skipped_deleted()));
    }
    if let Some(why) = senseless {
        return Ok(Err(why));
    }
    if account.version != selected.version {
        return Ok(Err(messages::skipped_changed()));
    }
    let target = account::find_target(&mut **transaction, account.id)
        .await?
        .ok_or(guard::NOT_FOUND)?;
    let authorized = guard::authorize(actor, action.user_action(), &target);
    Ok(authorized.map_err(Message::from))
}

/// Returns the reason why an account cannot be restored, if there is one.
async fn not_restorable(
    transaction: &mut db::Transaction,
    account: &Account,
) -> Result<Option<Message>, Error> {
    if account.deleted_at.is_none() {
        return Ok(Some(messages::skipped_not_deleted()));
    }
    let is_going = db::purge::find_progress(&mut **transaction, account.id)
        .await?
        .is_some();
    Ok(is_going.then(messages::skipped_being_deleted))
}
