//! Passwords that administrators set and users need not change.

use db::{sessions::EndReason, users::password};
use serde_json::Value;
use uuid::Uuid;

use crate::{Error, access::Actor, audit::Changes, backing};

/// Such a password in the audit log.
pub(crate) const LASTING_PASSWORD: &str = "permanent, set by an administrator";

/// Clears the lasting password of a user who has gained permissions, unless the user who set it could set it now: the new permissions
/// would be those of everyone who knows it. What it can have started ends too.
pub(crate) async fn clear(
    transaction: &mut db::Transaction,
    actor: &Actor,
    id: Uuid,
    changes: &mut Changes,
) -> Result<(), Error> {
    let set_by = password::find_lasting_backer(&mut **transaction, id).await?;
    if backing::is_backed(transaction, set_by, id).await? {
        return Ok(());
    }
    password::clear_password(&mut **transaction, id).await?;
    changes.note("password", LASTING_PASSWORD, Value::Null);
    let ended = (id, EndReason::PasswordReset);
    revoke_access(transaction, actor, ended, changes).await
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
