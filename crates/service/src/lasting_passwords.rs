//! Passwords that administrators set and users need not change. A gain of rights clears one, unless the user who set it has these rights.

use db::{
    Backer,
    sessions::EndReason,
    users::password::{self, LastingOf},
};
use domain::{action::Action, permission::Permission};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Error,
    access::Actor,
    audit::{self, Change, Changes},
    backing,
};

/// Such a password in the audit log.
pub(crate) const LASTING_PASSWORD: &str = "permanent, set by an administrator";

/// What a user gains.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Gain {
    /// Permissions, or clients.
    Rights,
    /// The management of a group.
    Management(Uuid),
}

/// Clears the lasting password of a user who has gained rights, unless the user who set it could set it now and has these rights: they
/// would be those of everyone who knows it. What it can have started ends too.
pub(crate) async fn clear(
    transaction: &mut db::Transaction,
    actor: &Actor,
    (id, gain): (Uuid, Gain),
    changes: &mut Changes,
) -> Result<(), Error> {
    let set_by = password::find_lasting_backer(&mut **transaction, id).await?;
    if has(transaction, set_by, gain).await? && backing::is_backed(transaction, set_by, id).await? {
        return Ok(());
    }
    password::clear_password(&mut **transaction, id).await?;
    changes.note("password", LASTING_PASSWORD, Value::Null);
    let ended = (id, EndReason::PasswordReset);
    revoke_access(transaction, actor, ended, changes).await
}

/// Does the same for several users, each with an entry in the audit log.
pub(crate) async fn clear_of(
    transaction: &mut db::Transaction,
    actor: &Actor,
    users: LastingOf<'_>,
    gain: Gain,
) -> Result<(), Error> {
    for (id, username) in password::lock_lasting(transaction, users).await? {
        let mut changes = Changes::default();
        clear(transaction, actor, (id, gain), &mut changes).await?;
        if changes.is_empty() {
            continue;
        }
        let change = Change {
            action: Action::UserUpdated,
            user: (id, &username),
            changes,
            reason: None,
        };
        audit::write(transaction, actor, change).await?;
    }
    Ok(())
}

/// Returns whether the user who set a password has what its user gains, beyond what [`backing`] asks about. The operator has all.
async fn has(
    transaction: &mut db::Transaction,
    set_by: Option<Backer>,
    gain: Gain,
) -> Result<bool, Error> {
    let (Some(setter), Gain::Management(group)) = (set_by, gain) else {
        return Ok(true);
    };
    let rights = backing::rights_of(transaction, setter).await?;
    if rights.is_some_and(|rights| rights.include(Permission::GroupsWrite)) {
        return Ok(true);
    }
    // No scope of an access token stands for the management of a group.
    let manager =
        db::groups::overview::find_manager(&mut **transaction, group, setter.user).await?;
    Ok(setter.token.is_none() && manager.is_some())
}

/// Revokes the sessions of a user, and the access tokens: an attacker who used the account can have created one.
pub(crate) async fn revoke_access(
    transaction: &mut db::Transaction,
    actor: &Actor,
    (id, reason): (Uuid, EndReason),
    changes: &mut Changes,
) -> Result<(), Error> {
    let ended = db::sessions::set_ended_of(transaction, id, reason, actor.id()).await?;
    changes.note("sessions", ended, 0);
    let revoked = db::access_tokens::set_revoked_of(transaction, id, actor.id()).await?;
    changes.note("tokens", revoked, 0);
    Ok(())
}
