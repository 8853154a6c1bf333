//! The caller's own sessions.

use db::sessions::EndReason;
use domain::{
    account::OwnSession,
    action::Action,
    error::{Entity, Forbidden},
};
use serde_json::Value;

use super::{actor, open};
use crate::{
    Error, Services,
    access::{Caller, Credential},
    audit::{self, Change, Changes},
    device,
    guard::TargetRef,
};

/// Maximum number of listed sessions, latest first.
const SHOWN_MAX: i64 = 500;

const NOT_FOUND: Error = Error::NotFound(Entity::Session);
/// Response text of FOVEA.
const NOT_OWN: Error = Error::Forbidden(Forbidden::SessionNotOwn);

/// Lists the caller's own live sessions, latest first.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached, [`Error::OutOfScope`] for an access token without the scope.
pub async fn sessions(services: &Services, caller: &Caller) -> Result<Vec<OwnSession>, Error> {
    caller.require_account()?;
    let id = caller.principal.id.0;
    let live = db::sessions::list_live_of(&services.pool, id, SHOWN_MAX).await?;
    let own = live.into_iter().map(|session| {
        let is_current = caller.credential == Credential::Session(session.id);
        OwnSession::new(session, is_current)
    });
    Ok(own.collect())
}

/// Revokes one of the caller's own sessions; it can be the current one.
///
/// # Errors
/// [`Error::NotFound`] when there is no live session of this id, [`Error::Forbidden`] when it belongs to another user.
pub async fn revoke_session(
    services: &Services,
    caller: &Caller,
    session: impl Into<TargetRef>,
) -> Result<(), Error> {
    let shown = session.into();
    let id = shown.id;
    let mut transaction = db::begin(&services.pool).await?;
    let account = open(&mut transaction, caller).await?;
    let found = db::account::find_session(&mut *transaction, id).await?;
    let session = found.ok_or(NOT_FOUND)?;
    if session.user_id != Some(account.id) {
        return Err(NOT_OWN);
    }
    shown.check_name(&session.device)?;
    let reason = EndReason::Revoked;
    if !session.is_live || !db::account::set_ended(&mut transaction, id, reason, account.id).await?
    {
        return Err(NOT_FOUND);
    }
    let device = device::describe(session.user_agent.as_deref());
    let page_info = session.ip.map(|ip| format!("{device}, {ip}"));
    let change = Change {
        action: Action::OwnSessionRevoked,
        user: (account.id, &account.username),
        changes: Changes::default().with("session", page_info.unwrap_or(device), Value::Null),
        reason: None,
    };
    let audited = audit::write(&mut transaction, &actor(caller), change).await?;
    db::commit(transaction, audited).await?;
    Ok(())
}

/// Revokes all sessions of the caller except the current one. Returns their number.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn revoke_other_sessions(services: &Services, caller: &Caller) -> Result<u64, Error> {
    let mut transaction = db::begin(&services.pool).await?;
    let account = open(&mut transaction, caller).await?;
    let (session, reason) = (caller.session()?, EndReason::Revoked);
    let ended =
        db::account::set_others_ended(&mut transaction, account.id, session, reason).await?;
    if ended == 0 {
        return Ok(0);
    }
    let change = Change {
        action: Action::SessionsRevoked,
        user: (account.id, &account.username),
        changes: Changes::default().with("otherSessions", ended, 0),
        reason: None,
    };
    let audited = audit::write(&mut transaction, &actor(caller), change).await?;
    db::commit(transaction, audited).await?;
    Ok(ended)
}
