//! Suspension of accounts.

use db::{
    sessions::EndReason,
    users::account::{self, Account},
};
use domain::{
    action::Action,
    error::Conflict,
    users::{Status, action::UserAction, detail::UserDetail, suspension::SuspensionDraft},
};
use serde_json::Value;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::detail;
use crate::{
    Error, Services,
    access::{Actor, Authorized, UsersWrite},
    audit::{self, Audited, Change, Changes},
    guard::{self, TargetRef},
};

/// Number of expired suspensions listed at once. Each is lifted in its own transaction.
const LISTED_AT_ONCE: i64 = 100;

const PENDING: Error = Error::Conflict(Conflict::UserPending);
const NOT_SUSPENDED: Error = Error::Conflict(Conflict::UserNotSuspended);

/// Suspends an account, or changes its suspension. Its sessions end.
///
/// # Errors
/// [`Error::Invalid`] with the field errors, [`Error::Stale`] when the account was shown at another version,
/// [`Error::Denied`] when the policy denies it, [`Error::NotFound`] when there is no such account, [`Error::Conflict`]
/// when it is deleted or pending.
pub async fn suspend(
    services: &Services,
    authorized: &Authorized<UsersWrite>,
    target: impl Into<TargetRef>,
    draft: SuspensionDraft,
) -> Result<UserDetail, Error> {
    let target = target.into();
    let draft = draft.check((services.clock)()).map_err(Error::Invalid)?;
    let actor = authorized.actor();
    let mut transaction = db::begin(&services.pool).await?;
    let account = guard::open(&mut transaction, actor, UserAction::Suspend, target).await?;
    let audited = apply(&mut transaction, actor, &account, &draft).await?;
    let after = detail::find(&mut transaction, account.id).await?;
    db::commit(transaction, audited).await?;
    Ok(after)
}

/// Suspends a locked account. The caller has checked the policy.
pub(super) async fn apply(
    transaction: &mut db::Transaction,
    actor: &Actor,
    account: &Account,
    draft: &SuspensionDraft,
) -> Result<Audited, Error> {
    if account.status == Status::Pending {
        return Err(PENDING);
    }
    let suspension = account::NewSuspension {
        reason: &draft.reason,
        until: draft.until,
        show_reason: draft.show_reason,
        by: actor.id(),
    };
    // Lock order: sessions before the update of the account, here and wherever both change, because a concurrent sign-out
    // locks them in this order.
    let ended =
        db::sessions::set_ended_of(transaction, account.id, EndReason::Suspended, actor.id())
            .await?;
    account::set_suspended(transaction, account.id, &suspension).await?;
    let change = Change {
        action: Action::UserSuspended,
        user: (account.id, &account.username),
        changes: Changes::default()
            .with(
                "status",
                account.status.as_str(),
                Status::Suspended.as_str(),
            )
            .with(
                "until",
                timestamp(account.suspended_until),
                timestamp(draft.until),
            )
            .with(
                "reason",
                account.suspended_reason.as_deref(),
                draft.reason.as_str(),
            )
            .with(
                "tellReason",
                account.suspended_reason_visible,
                draft.show_reason,
            )
            .with("sessions", ended, 0),
        reason: Some(&draft.reason),
    };
    audit::write(transaction, actor, change).await
}

/// Lifts a suspension.
///
/// # Errors
/// [`Error::Conflict`] when the account is not suspended, [`Error::Stale`] when it was shown at another version,
/// [`Error::Denied`] when the policy denies it, [`Error::NotFound`] when there is no such account.
pub async fn unsuspend(
    services: &Services,
    authorized: &Authorized<UsersWrite>,
    target: impl Into<TargetRef>,
) -> Result<UserDetail, Error> {
    let target = target.into();
    let actor = authorized.actor();
    let mut transaction = db::begin(&services.pool).await?;
    let account = guard::open(&mut transaction, actor, UserAction::Unsuspend, target).await?;
    let audited = clear_suspension(&mut transaction, actor, &account).await?;
    let after = detail::find(&mut transaction, account.id).await?;
    db::commit(transaction, audited).await?;
    Ok(after)
}

/// Lifts the suspension of a locked account.
pub(super) async fn clear_suspension(
    transaction: &mut db::Transaction,
    actor: &Actor,
    account: &Account,
) -> Result<Audited, Error> {
    if account.status != Status::Suspended {
        return Err(NOT_SUSPENDED);
    }
    account::set_active(transaction, account.id).await?;
    let change = Change {
        action: Action::UserUnsuspended,
        user: (account.id, &account.username),
        changes: Changes::default()
            .with("status", account.status.as_str(), Status::Active.as_str())
            .with("until", timestamp(account.suspended_until), Value::Null)
            .with("reason", account.suspended_reason.as_deref(), Value::Null),
        reason: None,
    };
    audit::write(transaction, actor, change).await
}

/// Lifts all suspensions that have expired.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn clear_expired_suspensions(services: &Services) -> Result<(), Error> {
    loop {
        let over = account::list_suspension_over(&services.pool, LISTED_AT_ONCE).await?;
        for id in &over {
            match clear_suspension_if_expired(services, *id).await {
                // Deleted by a concurrent transaction.
                Ok(()) | Err(Error::NotFound(_) | Error::Conflict(_)) => {}
                Err(error) => return Err(error),
            }
        }
        if i64::try_from(over.len()).unwrap_or(LISTED_AT_ONCE) < LISTED_AT_ONCE {
            return Ok(());
        }
    }
}

/// Lifts a suspension that has expired, unless it was prolonged or lifted meanwhile.
pub(crate) async fn clear_suspension_if_expired(
    services: &Services,
    id: Uuid,
) -> Result<(), Error> {
    let actor = Actor::job();
    let mut transaction = db::begin(&services.pool).await?;
    let account = guard::open(&mut transaction, &actor, UserAction::Unsuspend, id).await?;
    if account.status != Status::Suspended || !account.suspension_over {
        return Ok(());
    }
    let audited = clear_suspension(&mut transaction, &actor, &account).await?;
    db::commit(transaction, audited).await?;
    Ok(())
}

fn timestamp(at: Option<time::OffsetDateTime>) -> Value {
    at.and_then(|at| at.format(&Rfc3339).ok())
        .map_or(Value::Null, Value::String)
}
