//! Revocation of all sessions of a user.

use db::{sessions::EndReason, users::account::Account};
use domain::{action::Action, users::action::UserAction};

use crate::{
    Error, Services,
    access::{Actor, Authorized, UsersWrite},
    audit::{self, Audited, Change, Changes},
    guard::{self, TargetRef},
};

/// Revokes all sessions of a user. Returns their number.
///
/// # Errors
/// [`Error::Stale`] when the account was shown at another version, [`Error::Denied`] when the policy denies it,
/// [`Error::NotFound`] when there is no such account.
pub async fn revoke_all(
    services: &Services,
    authorized: &Authorized<UsersWrite>,
    target: impl Into<TargetRef>,
) -> Result<u64, Error> {
    let target = target.into();
    let actor = authorized.actor();
    let mut transaction = db::begin(&services.pool).await?;
    let account = guard::open(&mut transaction, actor, UserAction::RevokeSessions, target).await?;
    let (ended, audited) = apply(&mut transaction, actor, &account).await?;
    db::commit(transaction, audited).await?;
    Ok(ended)
}

/// Revokes the sessions of a locked account. Returns their number.
pub(super) async fn apply(
    transaction: &mut db::Transaction,
    actor: &Actor,
    account: &Account,
) -> Result<(u64, Audited), Error> {
    let ended =
        db::sessions::set_ended_of(transaction, account.id, EndReason::Revoked, actor.id()).await?;
    let change = Change {
        action: Action::SessionsRevoked,
        user: (account.id, &account.username),
        changes: Changes::default().with("sessions", ended, 0),
        reason: None,
    };
    let audited = audit::write(transaction, actor, change).await?;
    Ok((ended, audited))
}
