//! Conditions of a decision: the state of the registration, and the policy.

use db::users::account::{self, Account};
use domain::{
    error::{Conflict, Entity},
    message::Message,
    messages,
    policy::Denied,
    registrations::Decision,
    users::{Status, action::UserAction, bulk::Selected},
};
use uuid::Uuid;

use crate::{Error, access::Actor, guard};

/// Error of an account that never was a registration.
pub(super) const NOT_FOUND: Error = Error::NotFound(Entity::Registration);

/// Returns the error of a decision on an account that does not exist.
pub(super) async fn missing(
    transaction: &mut db::Transaction,
    decision: Decision,
    id: Uuid,
) -> Result<Error, Error> {
    if !decision.is_on_pending() {
        return Ok(NOT_FOUND);
    }
    // A rejected account may be purged already: only its audit events show that it existed.
    let known = db::audit::list_of(&mut **transaction, id, None, 1).await?;
    Ok(match known.is_empty() {
        true => NOT_FOUND,
        false => Error::Conflict(Conflict::RegistrationDecided),
    })
}

/// Checks that the decision applies to the state of a registration.
pub(super) async fn state(
    transaction: &mut db::Transaction,
    decision: Decision,
    account: &Account,
) -> Result<Result<(), Error>, Error> {
    let is_pending = account.status == Status::Pending && account.deleted_at.is_none();
    if decision.is_on_pending() {
        let decided = Error::Conflict(Conflict::RegistrationDecided);
        return Ok(is_pending.then_some(()).ok_or(decided));
    }
    if is_pending {
        return Ok(Err(Error::Conflict(Conflict::RegistrationPending)));
    }
    if decision == Decision::Reopen {
        return reopening(transaction, account.id).await;
    }
    if account.status != Status::Pending {
        return Ok(Err(NOT_FOUND));
    }
    let purge = db::purge::find_progress(&mut **transaction, account.id).await?;
    Ok(match purge {
        Some(_) => Err(Error::Conflict(Conflict::UserBeingDeleted)),
        None => Ok(()),
    })
}

/// Checks that an account is neither used nor changed since its registration was approved.
async fn reopening(
    transaction: &mut db::Transaction,
    id: Uuid,
) -> Result<Result<(), Error>, Error> {
    let since = db::registrations::find_since_approval(&mut **transaction, id).await?;
    Ok(match since {
        None => Err(NOT_FOUND),
        Some(since) if since.is_used => Err(Error::Conflict(Conflict::RegistrationUsed)),
        Some(since) if since.is_changed => Err(Error::Conflict(Conflict::RegistrationChanged)),
        Some(_) => Ok(()),
    })
}

/// Checks the policy for one registration: other administrators can have assigned roles to a pending user.
pub(super) async fn policy(
    transaction: &mut db::Transaction,
    actor: &Actor,
    decision: Decision,
    account: &Account,
) -> Result<Result<(), Error>, Error> {
    let target = account::find_target(&mut **transaction, account.id)
        .await?
        .ok_or(NOT_FOUND)?;
    if decision == Decision::Reopen && target.is_last_admin {
        return Ok(Err(Denied::LastAdmin.into()));
    }
    Ok(guard::authorize(actor, UserAction::Approve, &target))
}

/// Returns the reason why a registration is skipped. None if it is decided.
pub(super) async fn why_not(
    transaction: &mut db::Transaction,
    actor: &Actor,
    decision: Decision,
    (selected, account): (&Selected, Option<&Account>),
) -> Result<Option<Message>, Error> {
    let Some(account) = account else {
        return Ok(Some(match decision.is_on_pending() {
            true => messages::skipped_decided(),
            false => messages::skipped_missing(),
        }));
    };
    if let Err(error) = state(transaction, decision, account).await? {
        return Ok(Some(match decision.is_on_pending() {
            true => messages::skipped_decided(),
            false => error.into(),
        }));
    }
    // The state of an approved account says whether it was changed: the resolution of its email address is no such change.
    if decision != Decision::Reopen && account.version != selected.version {
        return Ok(Some(messages::skipped_changed()));
    }
    let denied = policy(transaction, actor, decision, account).await?.err();
    Ok(denied.map(Message::from))
}
