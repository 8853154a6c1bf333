//! Decisions on pending registrations. Of two concurrent decisions on the same registration one succeeds, the other gets a
//! conflict.

use std::collections::{BTreeMap, BTreeSet};

use db::users::{
    account::{self, Account},
    set_deleted,
};
use domain::{
    action::Action,
    error::{Conflict, Entity},
    fields::FieldErrors,
    message::Message,
    messages,
    permission::Permission,
    registrations::{Decision, DecisionRequest, check_note},
    users::{
        Status, UserId,
        action::UserAction,
        bulk::{BULK_MAX, BulkItem, BulkOutcome, Selected},
        detail::UserDetail,
    },
};

use crate::{
    Error, Services,
    access::{Actor, Authorized, RegistrationsWrite},
    audit::{self, Audited, Batch, Change, Changes},
    guard::{self, TargetRef},
};

const NOT_FOUND: Error = Error::NotFound(Entity::Registration);
const DECIDED: Error = Error::Conflict(Conflict::RegistrationDecided);

/// Approves a pending registration. The note is audited.
///
/// # Errors
/// [`Error::Conflict`] when the registration is no longer pending, [`Error::Stale`] when it was shown at another version,
/// [`Error::NotFound`] when there never was one, [`Error::Denied`] when the policy denies it, [`Error::Invalid`] for an
/// invalid note.
pub async fn approve(
    services: &Services,
    authorized: &Authorized<RegistrationsWrite>,
    target: impl Into<TargetRef>,
    note: &str,
) -> Result<UserDetail, Error> {
    let target = target.into();
    let (mut transaction, audited) =
        one(services, authorized, (Decision::Approve, &target), note).await?;
    let user = db::users::find_detail(&mut *transaction, target.id).await?;
    db::commit(transaction, audited).await?;
    services.work.notify_one();
    user.ok_or(NOT_FOUND)
}

/// Rejects a pending registration: the account is deleted permanently, and its username is free again. The note is audited.
///
/// # Errors
/// As [`approve`].
pub async fn reject(
    services: &Services,
    authorized: &Authorized<RegistrationsWrite>,
    target: impl Into<TargetRef>,
    note: &str,
) -> Result<(), Error> {
    let target = target.into();
    let (transaction, audited) =
        one(services, authorized, (Decision::Reject, &target), note).await?;
    db::commit(transaction, audited).await?;
    services.work.notify_one();
    Ok(())
}

async fn one(
    services: &Services,
    authorized: &Authorized<RegistrationsWrite>,
    (decision, target): (Decision, &TargetRef),
    note: &str,
) -> Result<(db::Transaction, Audited), Error> {
    let note = check_note(note).map_err(Error::Invalid)?;
    let mut transaction = db::begin(&services.pool).await?;
    let actor = &guard::confirm(
        &mut transaction,
        authorized.actor(),
        Permission::RegistrationsWrite,
    )
    .await?;
    let Some(account) = account::lock(&mut transaction, target.id).await? else {
        // A rejected account may be purged already: only its audit events show that it existed.
        let known = db::audit::list_of(&mut *transaction, target.id, None, 1).await?;
        return Err(if known.is_empty() { NOT_FOUND } else { DECIDED });
    };
    if !is_pending(&account) {
        return Err(DECIDED);
    }
    target.check_username(&account.username)?;
    may(&mut transaction, actor, &account).await??;
    guard::check_version(&mut transaction, target, &account).await?;
    let audited = apply(&mut transaction, actor, &account, decision, note.as_deref()).await?;
    Ok((transaction, audited))
}

/// Decides on several registrations in one transaction. Without `expected` it only reports the outcome and changes nothing.
/// A registration that is named twice counts once.
///
/// # Errors
/// [`Error::SelectionChanged`] when the number of decisions would differ from `expected`, [`Error::TargetMismatch`] when an
/// id and the username shown with it belong to different users, [`Error::Invalid`] with the field errors.
pub async fn decide(
    services: &Services,
    authorized: &Authorized<RegistrationsWrite>,
    mut request: DecisionRequest,
) -> Result<BulkOutcome, Error> {
    let note = check_note(&request.note).map_err(Error::Invalid)?;
    let mut ids = BTreeSet::new();
    request.users.retain(|selected| ids.insert(selected.id));
    if request.users.is_empty() || request.users.len() > BULK_MAX {
        let mut errors = FieldErrors::default();
        errors.add("users", messages::select_users(BULK_MAX));
        return Err(Error::Invalid(errors));
    }
    let mut transaction = db::begin(&services.pool).await?;
    let actor = &guard::confirm(
        &mut transaction,
        authorized.actor(),
        Permission::RegistrationsWrite,
    )
    .await?;
    let actor = &begin(&mut transaction, actor, &request, note.as_deref()).await?;
    let mut accounts = BTreeMap::new();
    // A `BTreeSet` iterates in the order of ids, so that concurrent decisions cannot deadlock.
    for id in ids {
        if let Some(account) = account::lock(&mut transaction, id).await? {
            accounts.insert(id, account);
        }
    }
    let mut outcome = BulkOutcome {
        changed: 0,
        items: Vec::with_capacity(request.users.len()),
        restorable_until: None,
    };
    let mut audited = Audited::not_needed("every registration is skipped");
    for selected in &request.users {
        let account = accounts.get(&selected.id);
        if let Some(account) = account {
            TargetRef::from(selected).check_username(&account.username)?;
        }
        let skipped = why_not(&mut transaction, actor, selected, account).await?;
        if let Some(account) = account.filter(|_| skipped.is_none()) {
            audited = apply(
                &mut transaction,
                actor,
                account,
                request.decision,
                note.as_deref(),
            )
            .await?;
            outcome.changed += 1;
        }
        outcome.items.push(BulkItem {
            id: UserId(selected.id),
            username: account.map_or_else(String::new, |account| account.username.clone()),
            skipped,
        });
    }
    match request.expected {
        // A preview: the transaction is rolled back on drop.
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

/// Writes the parent event of a decision on several registrations. Returns the actor for the events of the single ones.
async fn begin(
    transaction: &mut db::Transaction,
    actor: &Actor,
    request: &DecisionRequest,
    note: Option<&str>,
) -> Result<Actor, Error> {
    let Some(users) = request.expected.filter(|expected| *expected > 1) else {
        return Ok(actor.clone());
    };
    let batch = Batch {
        action: match request.decision {
            Decision::Approve => Action::RegistrationsApproved,
            Decision::Reject => Action::RegistrationsRejected,
        },
        users: users as u64,
        label: &format!("{users} registrations"),
        changes: Changes::default(),
        reason: note,
    };
    audit::write_batch(transaction, actor, batch).await
}

fn is_pending(account: &Account) -> bool {
    account.status == Status::Pending && account.deleted_at.is_none()
}

/// Returns the reason why a registration is skipped. None if it is decided.
async fn why_not(
    transaction: &mut db::Transaction,
    actor: &Actor,
    selected: &Selected,
    account: Option<&Account>,
) -> Result<Option<Message>, Error> {
    let Some(account) = account.filter(|account| is_pending(account)) else {
        return Ok(Some(messages::skipped_decided()));
    };
    if account.version != selected.version {
        return Ok(Some(messages::skipped_changed()));
    }
    let denied = may(transaction, actor, account).await?.err();
    Ok(denied.map(Message::from))
}

/// Checks the policy for one registration: other administrators can have assigned roles to a pending user.
async fn may(
    transaction: &mut db::Transaction,
    actor: &Actor,
    account: &Account,
) -> Result<Result<(), Error>, Error> {
    let target = account::find_target(&mut **transaction, account.id)
        .await?
        .ok_or(NOT_FOUND)?;
    Ok(guard::authorize(actor, UserAction::Approve, &target))
}

async fn apply(
    transaction: &mut db::Transaction,
    actor: &Actor,
    account: &Account,
    decision: Decision,
    note: Option<&str>,
) -> Result<Audited, Error> {
    let (action, changes) = match decision {
        Decision::Approve => {
            db::registrations::set_approved(transaction, account.id).await?;
            let (before, after) = (Status::Pending.as_str(), Status::Active.as_str());
            (
                Action::RegistrationApproved,
                Changes::default().with("status", before, after),
            )
        }
        // A rejected account has no restore period: it is purged at once.
        Decision::Reject => {
            let counts = db::owned::count(&mut **transaction, account.id).await?;
            let at_once = std::time::Duration::ZERO;
            set_deleted(transaction, account.id, actor.id(), at_once).await?;
            db::purge::queue(transaction, account.id, counts.total()).await?;
            (
                Action::RegistrationRejected,
                Changes::default().with("deleted", false, true),
            )
        }
    };
    let change = Change {
        action,
        user: (account.id, &account.username),
        changes,
        reason: note,
    };
    audit::write(transaction, actor, change).await
}
