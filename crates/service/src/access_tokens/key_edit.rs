//! Changes of a virtual key after its creation.

use db::access_tokens::{find_listed, keys as rows};
use domain::{
    access_tokens::{AccessToken, KeyDetails, TokenKind, VirtualKeyEdit},
    action::Action,
    error::Conflict,
    stored::StoredObject,
    users::{action::UserAction, names::DisplayName},
};
use serde_json::Value;
use uuid::Uuid;

use super::{
    expiry,
    keys::{NOT_FOUND, open},
    label, lifetime,
};
use crate::{
    Error, Services,
    access::{Authorized, TokensRead, TokensWrite},
    audit::{self, Change, Changes},
    guard::TargetRef,
};

/// Returns a virtual key by its id. An access token is none.
///
/// # Errors
/// [`Error::NotFound`] when there is no such key.
pub async fn find_key(
    services: &Services,
    _: &Authorized<TokensRead>,
    id: Uuid,
) -> Result<AccessToken, Error> {
    let found = find_listed(&services.pool, id).await?;
    let key = found.filter(|token| token.kind == TokenKind::Key);
    key.ok_or(NOT_FOUND)
}

/// Changes a virtual key. Fields that the edit leaves out stay, as do its secret, its limits and its usage.
///
/// # Errors
/// [`Error::Invalid`] with the field errors, [`Error::Outdated`] when the key was changed since the caller read it, [`Error::Denied`] when
/// the owner has permissions that the actor lacks, [`Error::NotFound`] when there is no such key or it is revoked, [`Error::Conflict`]
/// when it has expired.
pub async fn edit_key(
    services: &Services,
    authorized: &Authorized<TokensWrite>,
    key: impl Into<TargetRef>,
    edit: &VirtualKeyEdit,
) -> Result<AccessToken, Error> {
    let (actor, key) = (authorized.actor(), key.into());
    let patch = edit
        .check(services.settings.token_max_days)
        .map_err(Error::Invalid)?;
    let mut transaction = db::begin(&services.pool).await?;
    let unnamed = key.without_name();
    let (user, _) = open(&mut transaction, actor, UserAction::Edit, &unnamed).await?;
    let before = find_listed(&mut *transaction, key.id).await?;
    let before = before.ok_or(NOT_FOUND)?;
    // Before the name, so that a form for a key that was renamed since shows its new name.
    if !key.is_at(before.version) {
        return Err(Error::Outdated(Box::new(StoredObject::AccessToken(before))));
    }
    key.check_name(&before.name)?;
    let row = rows::KeyPatch {
        name: patch.name.as_ref().map(DisplayName::as_str),
        lifetime: patch.days.map(lifetime),
        allowed_models: patch.allowed_models.as_ref().map(Option::as_deref),
        metadata: patch.metadata.as_ref(),
    };
    if !rows::set(&mut transaction, key.id, &row).await? {
        return Err(Error::Conflict(Conflict::TokenExpired));
    }
    let after = find_listed(&mut *transaction, key.id).await?;
    let after = after.ok_or(NOT_FOUND)?;
    let changes = changes_of(&before, &after);
    if changes.is_empty() {
        return Ok(before);
    }
    let token = label(&after.name, &after.prefix);
    let changes = if before.name == after.name {
        changes.with("token", Value::Null, token)
    } else {
        changes.with("token", label(&before.name, &before.prefix), token)
    };
    let change = Change {
        action: Action::KeyUpdated,
        user: (user.0, user.1.as_str()),
        changes,
        reason: None,
    };
    let audited = audit::write(&mut transaction, actor, change).await?;
    db::commit(transaction, audited).await?;
    Ok(after)
}

/// Returns the audited changes of a key.
fn changes_of(before: &AccessToken, after: &AccessToken) -> Changes {
    let models = |key: &AccessToken| {
        let details = key.key.as_ref();
        details.and_then(|details| details.allowed_models.clone())
    };
    let metadata = |key: &AccessToken| {
        let details = key.key.as_ref();
        details.map(|KeyDetails { metadata, .. }| Value::Object(metadata.clone()))
    };
    Changes::default()
        .with("name", before.name.as_str(), after.name.as_str())
        .with("models", models(before), models(after))
        .with(
            "expires",
            expiry(before.expires_at),
            expiry(after.expires_at),
        )
        .with("data", metadata(before), metadata(after))
}
