//! Decisions on registrations. Of two concurrent decisions on the same registration one succeeds, the other gets a conflict.

mod apply;
mod check;

use db::users::account;
use domain::{
    action::Action,
    permission::Permission,
    registrations::{CheckedDecision, Decision, DecisionDraft, DecisionRequest},
    users::{
        UserId,
        bulk::{BulkItem, BulkOutcome},
        detail::UserDetail,
    },
};

use self::{apply::Effect, check::NOT_FOUND};
use crate::{
    Error, Services,
    access::{Actor, Authorized, RegistrationsWrite},
    audit::{self, Audited, Batch, Changes},
    guard::{self, TargetRef},
    users::bulk,
};

/// Approves a pending registration. The draft can assign other roles than that of a new user; its note is audited.
///
/// # Errors
/// [`Error::Conflict`] when the registration is no longer pending, [`Error::Stale`] when it was shown at another version,
/// [`Error::NotFound`] when there never was one, [`Error::Denied`] when the policy denies it, [`Error::Invalid`] for an
/// invalid draft.
pub async fn approve(
    services: &Services,
    authorized: &Authorized<RegistrationsWrite>,
    target: impl Into<TargetRef>,
    draft: impl Into<DecisionDraft>,
) -> Result<UserDetail, Error> {
    let (target, draft) = (target.into(), draft.into());
    shown(services, authorized, Decision::Approve, &target, &draft).await
}

/// Rejects a pending registration: the account is deleted, and can be restored for the retention period of deleted users. The
/// note is audited.
///
/// # Errors
/// As [`approve`].
pub async fn reject(
    services: &Services,
    authorized: &Authorized<RegistrationsWrite>,
    target: impl Into<TargetRef>,
    note: &str,
) -> Result<(), Error> {
    let (target, draft) = (target.into(), DecisionDraft::from(note));
    let (transaction, audited) =
        one(services, authorized, Decision::Reject, &target, &draft).await?;
    db::commit(transaction, audited).await?;
    services.work.notify_one();
    Ok(())
}

/// Returns an approved registration to pending, with the role of a new user. The note is audited.
///
/// # Errors
/// [`Error::Conflict`] when the account was used or changed since the approval, or is pending; else as [`approve`].
pub async fn reopen(
    services: &Services,
    authorized: &Authorized<RegistrationsWrite>,
    target: impl Into<TargetRef>,
    note: &str,
) -> Result<UserDetail, Error> {
    let (target, draft) = (target.into(), DecisionDraft::from(note));
    shown(services, authorized, Decision::Reopen, &target, &draft).await
}

/// Returns a rejected registration to pending. The note is audited.
///
/// # Errors
/// [`Error::Conflict`] when the registration is pending or its permanent deletion has started; else as [`approve`].
pub async fn restore(
    services: &Services,
    authorized: &Authorized<RegistrationsWrite>,
    target: impl Into<TargetRef>,
    note: &str,
) -> Result<UserDetail, Error> {
    let (target, draft) = (target.into(), DecisionDraft::from(note));
    shown(services, authorized, Decision::Restore, &target, &draft).await
}

/// Decides on one registration. Returns the user after the decision.
async fn shown(
    services: &Services,
    authorized: &Authorized<RegistrationsWrite>,
    decision: Decision,
    target: &TargetRef,
    draft: &DecisionDraft,
) -> Result<UserDetail, Error> {
    let (mut transaction, audited) = one(services, authorized, decision, target, draft).await?;
    let user = db::users::find_detail(&mut *transaction, target.id).await?;
    db::commit(transaction, audited).await?;
    services.work.notify_one();
    user.ok_or(NOT_FOUND)
}

async fn one(
    services: &Services,
    authorized: &Authorized<RegistrationsWrite>,
    decision: Decision,
    target: &TargetRef,
    draft: &DecisionDraft,
) -> Result<(db::Transaction, Audited), Error> {
    let checked = draft.check().map_err(Error::Invalid)?;
    let mut transaction = db::begin(&services.pool).await?;
    let actor = &confirm(&mut transaction, authorized, decision).await?;
    let effect = Effect::find(&mut transaction, services, actor, decision, &checked).await?;
    let Some(account) = account::lock(&mut transaction, target.id).await? else {
        return Err(check::missing(&mut transaction, decision, target.id).await?);
    };
    target.check_username(&account.username)?;
    if decision.is_on_pending() {
        check::state(&mut transaction, decision, &account).await??;
        check::policy(&mut transaction, actor, decision, &account).await??;
        guard::check_version(&mut transaction, target, &account).await?;
    } else {
        check::policy(&mut transaction, actor, decision, &account).await??;
        guard::check_version(&mut transaction, target, &account).await?;
        check::state(&mut transaction, decision, &account).await??;
    }
    let audited = effect.apply(&mut transaction, actor, &account).await?;
    Ok((transaction, audited))
}

/// Returns the actor with the current permissions.
async fn confirm(
    transaction: &mut db::Transaction,
    authorized: &Authorized<RegistrationsWrite>,
    decision: Decision,
) -> Result<Actor, Error> {
    if decision == Decision::Reopen {
        // Lock order: the lock of administrators comes before any row. The account can be the last one.
        db::users::lock_admins(transaction).await?;
    }
    let right = Permission::RegistrationsWrite;
    guard::confirm(transaction, authorized.actor(), right).await
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
    let checked = request.draft.check().map_err(Error::Invalid)?;
    let decision = request.decision;
    let ids = bulk::distinct(&mut request.users)?;
    let mut transaction = db::begin(&services.pool).await?;
    let actor = &confirm(&mut transaction, authorized, decision).await?;
    let effect = Effect::find(&mut transaction, services, actor, decision, &checked).await?;
    let actor = &begin(&mut transaction, actor, &request, &checked).await?;
    let accounts = guard::lock_all(&mut transaction, ids).await?;
    let mut outcome = BulkOutcome {
        changed: 0,
        items: Vec::with_capacity(request.users.len()),
        restorable_until: effect.restorable_until(services),
    };
    let mut audited = Audited::not_needed("every registration is skipped");
    for selected in &request.users {
        let account = accounts.get(&selected.id);
        if let Some(account) = account {
            TargetRef::from(selected).check_username(&account.username)?;
        }
        let skipped =
            check::why_not(&mut transaction, actor, decision, (selected, account)).await?;
        if let Some(account) = account.filter(|_| skipped.is_none()) {
            audited = effect.apply(&mut transaction, actor, account).await?;
            outcome.changed += 1;
        }
        outcome.items.push(BulkItem {
            id: UserId(selected.id),
            username: account.map_or_else(String::new, |account| account.username.clone()),
            skipped,
            lost: None,
        });
    }
    bulk::finish(services, transaction, request.expected, outcome, audited).await
}

/// Writes the parent event of a decision on several registrations. Returns the actor for the events of the single ones.
async fn begin(
    transaction: &mut db::Transaction,
    actor: &Actor,
    request: &DecisionRequest,
    checked: &CheckedDecision,
) -> Result<Actor, Error> {
    let Some(users) = request.expected.filter(|expected| *expected > 1) else {
        return Ok(actor.clone());
    };
    let batch = Batch {
        action: match request.decision {
            Decision::Approve => Action::RegistrationsApproved,
            Decision::Reject => Action::RegistrationsRejected,
            Decision::Reopen => Action::RegistrationsReopened,
            Decision::Restore => Action::RegistrationsRestored,
        },
        users: users as u64,
        label: &format!("{users} registrations"),
        changes: Changes::default(),
        reason: checked.note.as_deref(),
    };
    audit::write_batch(transaction, actor, batch).await
}
