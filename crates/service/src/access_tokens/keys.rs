//! Virtual keys: creation, blocks and rotation. They are listed and revoked like access tokens.

use db::access_tokens::keys as rows;
use domain::{
    access_tokens::{IssuedKey, KeyDraft, NewKey, RotationDraft, TokenKind},
    action::Action,
    error::{Conflict, Entity},
    fields::FieldErrors,
    messages,
    permission::Permission,
    policy::Denied,
    users::action::UserAction,
};
use secrecy::ExposeSecret;
use serde_json::Value;
use uuid::Uuid;

use super::{check_count, expiry, label, lifetime, secret};
use crate::{
    Error, Services,
    access::{Actor, Authorized, TokensWrite},
    audit::{self, Audited, Change, Changes},
    guard::{self, Access, TargetRef},
};

pub(super) const NOT_FOUND: Error = Error::NotFound(Entity::VirtualKey);

/// Creates a virtual key for a user. It opens the limits, the usage and the access of the user only.
///
/// # Errors
/// [`Error::Invalid`] with all field errors at once, [`Error::Denied`] when the user has permissions that the actor lacks or is the actor,
/// [`Error::NotFound`] when there is no such user, [`Error::Conflict`] when the maximum number of tokens is reached.
pub async fn create_key(
    services: &Services,
    authorized: &Authorized<TokensWrite>,
    user: impl Into<TargetRef>,
    draft: &KeyDraft,
) -> Result<IssuedKey, Error> {
    let actor = authorized.actor();
    let new = draft
        .check(services.settings.token_max_days)
        .map_err(Error::Invalid)?;
    let mut transaction = db::begin(&services.pool).await?;
    let access = Access::by(Permission::TokensWrite, UserAction::Edit);
    let account = guard::open(&mut transaction, actor, access, user).await?;
    deny_own(actor, account.id)?;
    let user = (account.id, account.username.as_str());
    let (issued, audited) = issue_key(&mut transaction, actor, user, &new).await?;
    db::commit(transaction, audited).await?;
    Ok(issued)
}

/// Creates a virtual key of an account that the transaction has locked, and audits it.
pub(crate) async fn issue_key(
    transaction: &mut db::Transaction,
    actor: &Actor,
    user: (Uuid, &str),
    new: &NewKey,
) -> Result<(IssuedKey, Audited), Error> {
    check_count(transaction, user.0).await?;
    if let Some(group) = new.group
        && !rows::lock_membership(transaction, group, user.0).await?
    {
        let mut errors = FieldErrors::default();
        errors.add("group", messages::key_group());
        return Err(Error::Invalid(errors));
    }
    let text = secret::generate(TokenKind::Key);
    let prefix = secret::prefix(text.expose_secret());
    let row = rows::NewKey {
        user_id: user.0,
        group_id: new.group,
        name: new.name.as_str(),
        prefix,
        token_hash: &secret::hash_of(text.expose_secret()),
        allowed_models: new.allowed_models.as_deref(),
        metadata: &new.metadata,
        lifetime: lifetime(new.days),
    };
    let (id, expires_at) = rows::insert(transaction, &row).await?;
    let group = match new.group {
        Some(group) => db::groups::find(&mut **transaction, group).await?,
        None => None,
    };
    let change = Change {
        action: Action::KeyCreated,
        user,
        changes: Changes::default()
            .with("token", Value::Null, label(row.name, prefix))
            .with("group", Value::Null, group.map(|group| group.name))
            .with("models", Value::Null, new.allowed_models.clone())
            .with("expires", Value::Null, expiry(expires_at)),
        reason: None,
    };
    let audited = audit::write(transaction, actor, change).await?;
    let issued = IssuedKey {
        id,
        name: row.name.to_owned(),
        prefix: prefix.to_owned(),
        token: text.expose_secret().to_owned(),
        expires_at,
        previous_until: None,
    };
    Ok((issued, audited))
}

/// Blocks a virtual key: it is rejected until it is unblocked.
///
/// # Errors
/// [`Error::Denied`] when the owner has permissions that the actor lacks, [`Error::NotFound`] when there is no such key or it is revoked,
/// [`Error::Conflict`] when it is blocked already.
pub async fn block(
    services: &Services,
    authorized: &Authorized<TokensWrite>,
    key: impl Into<TargetRef>,
) -> Result<(), Error> {
    set_blocked(services, authorized.actor(), key.into(), true).await
}

/// Unblocks a virtual key.
///
/// # Errors
/// As [`block`], and [`Error::Conflict`] when it is not blocked.
pub async fn unblock(
    services: &Services,
    authorized: &Authorized<TokensWrite>,
    key: impl Into<TargetRef>,
) -> Result<(), Error> {
    set_blocked(services, authorized.actor(), key.into(), false).await
}

async fn set_blocked(
    services: &Services,
    actor: &Actor,
    key: TargetRef,
    is_blocked: bool,
) -> Result<(), Error> {
    let mut transaction = db::begin(&services.pool).await?;
    // Blocking removes access, as the revocation of sessions does; unblocking restores it.
    let action = if is_blocked {
        UserAction::RevokeSessions
    } else {
        UserAction::Edit
    };
    let (user, stored) = open(&mut transaction, actor, action, &key).await?;
    let (done, action, otherwise) = if is_blocked {
        let done = rows::set_blocked(&mut transaction, stored.id, actor.id()).await?;
        (done, Action::KeyBlocked, Conflict::KeyBlocked)
    } else {
        let done = rows::set_unblocked(&mut transaction, stored.id).await?;
        (done, Action::KeyUnblocked, Conflict::KeyNotBlocked)
    };
    if !done {
        return Err(Error::Conflict(otherwise));
    }
    let token = label(&stored.name, &stored.prefix);
    let (before, after) = if is_blocked {
        (Value::Null, token.into())
    } else {
        (token.into(), Value::Null)
    };
    let change = Change {
        action,
        user: (user.0, user.1.as_str()),
        changes: Changes::default().with("token", before, after),
        reason: None,
    };
    let audited = audit::write(&mut transaction, actor, change).await?;
    Ok(db::commit(transaction, audited).await?)
}

/// Replaces the secret of a virtual key. The present one works for a number of hours, and one from before that no longer.
///
/// # Errors
/// [`Error::Invalid`] with the field error, [`Error::Denied`] when the owner has permissions that the actor lacks or is the actor,
/// [`Error::NotFound`] when there is no such key or it is revoked, [`Error::Conflict`] when it has expired.
pub async fn rotate(
    services: &Services,
    authorized: &Authorized<TokensWrite>,
    key: impl Into<TargetRef>,
    draft: &RotationDraft,
) -> Result<IssuedKey, Error> {
    let (actor, key) = (authorized.actor(), key.into());
    let hours = draft.check().map_err(Error::Invalid)?;
    let mut transaction = db::begin(&services.pool).await?;
    let (user, stored) = open(&mut transaction, actor, UserAction::Edit, &key).await?;
    deny_own(actor, user.0)?;
    let text = secret::generate(TokenKind::Key);
    let prefix = secret::prefix(text.expose_secret());
    let hash = secret::hash_of(text.expose_secret());
    let rotated = rows::rotate(
        &mut transaction,
        stored.id,
        (prefix, hash.as_slice()),
        hours,
    )
    .await?;
    let rotated = rotated.ok_or(Error::Conflict(Conflict::TokenExpired))?;
    let until = rotated.previous_until.map(|until| until.to_string());
    let change = Change {
        action: Action::KeyRotated,
        user: (user.0, user.1.as_str()),
        changes: Changes::default()
            .with(
                "token",
                label(&stored.name, &stored.prefix),
                label(&stored.name, prefix),
            )
            .with("until", Value::Null, until),
        reason: None,
    };
    let audited = audit::write(&mut transaction, actor, change).await?;
    db::commit(transaction, audited).await?;
    Ok(IssuedKey {
        id: stored.id,
        name: stored.name,
        prefix: prefix.to_owned(),
        token: text.expose_secret().to_owned(),
        expires_at: rotated.expires_at,
        previous_until: rotated.previous_until,
    })
}

/// Ends the previous secret of a rotated virtual key before its time. The present one stays.
///
/// # Errors
/// [`Error::Denied`] when the owner has permissions that the actor lacks, [`Error::NotFound`] when there is no such key or it is revoked,
/// [`Error::Conflict`] when it has no previous secret that works.
pub async fn end_previous(
    services: &Services,
    authorized: &Authorized<TokensWrite>,
    key: impl Into<TargetRef>,
) -> Result<(), Error> {
    let (actor, key) = (authorized.actor(), key.into());
    let mut transaction = db::begin(&services.pool).await?;
    let (user, stored) = open(&mut transaction, actor, UserAction::RevokeSessions, &key).await?;
    if !rows::end_previous(&mut transaction, stored.id).await? {
        return Err(Error::Conflict(Conflict::KeyNoPrevious));
    }
    let token = label(&stored.name, &stored.prefix);
    let change = Change {
        action: Action::KeyPreviousEnded,
        user: (user.0, user.1.as_str()),
        changes: Changes::default().with("token", Value::Null, token),
        reason: None,
    };
    let audited = audit::write(&mut transaction, actor, change).await?;
    Ok(db::commit(transaction, audited).await?)
}

/// Denies the secret of a key to its owner: it outlives the session, and a session alone can be stolen. Users create their own keys with
/// the current password.
fn deny_own(actor: &Actor, owner: Uuid) -> Result<(), Error> {
    if actor.id() == Some(owner) {
        return Err(Denied::OwnKey.into());
    }
    Ok(())
}

/// Returns a key with the id and the username of its owner, whose account it locks, if the policy allows the action.
pub(super) async fn open(
    transaction: &mut db::Transaction,
    actor: &Actor,
    action: UserAction,
    key: &TargetRef,
) -> Result<((Uuid, String), rows::StoredKey), Error> {
    let found = rows::find(&mut **transaction, key.id).await?;
    let found = found.ok_or(NOT_FOUND)?;
    let access = Access::by(Permission::TokensWrite, action);
    let access = if action == UserAction::RevokeSessions {
        access.or_deleted()
    } else {
        access
    };
    let owner = key.owner(found.user_id);
    let account = guard::open(transaction, actor, access, owner).await?;
    key.check_name(&found.name)?;
    Ok(((account.id, account.username), found))
}
