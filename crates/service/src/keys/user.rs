//! Administration of users' provider API keys: listing and revoking, never their values.

use db::api_keys;
use domain::{
    action::Action,
    keys::ApiKey,
    permission::Permission,
    users::{action::UserAction, detail::UserRef},
};
use uuid::Uuid;

use super::{NOT_FOUND, removed};
use crate::{
    Error, Services,
    access::{ApiKeysRead, ApiKeysWrite, Authorized},
    audit::{self, Change},
    guard::{self, Access, TargetRef},
};

/// Lists the keys of a user, deleted or not.
///
/// # Errors
/// [`Error::NotFound`] when there is no such account.
pub async fn list_of(
    services: &Services,
    _: &Authorized<ApiKeysRead>,
    user: Uuid,
) -> Result<Vec<ApiKey>, Error> {
    let user = guard::find(&services.pool, &UserRef::Id(user)).await?;
    Ok(api_keys::list(&services.pool, Some(user)).await?)
}

/// Revokes a key of a user, who can store another one.
///
/// # Errors
/// [`Error::Denied`] when the user has permissions that the actor lacks, [`Error::NotFound`] when the user has no such
/// key.
pub async fn revoke_key(
    services: &Services,
    authorized: &Authorized<ApiKeysWrite>,
    user: impl Into<TargetRef>,
    key: impl Into<TargetRef>,
) -> Result<(), Error> {
    let (user, shown) = (user.into(), key.into());
    let id = shown.id;
    let (actor, right) = (authorized.actor(), Permission::ApiKeysWrite);
    let mut transaction = db::begin(&services.pool).await?;
    // Policy: revoking a key of an account is an edit of the account.
    let access = Access::by(right, UserAction::Edit);
    let account = guard::open(&mut transaction, actor, access, user).await?;
    let key = api_keys::lock(&mut transaction, id).await?;
    let key = key
        .filter(|key| key.user_id == Some(account.id))
        .ok_or(NOT_FOUND)?;
    shown.check_name(&key.name)?;
    api_keys::delete(&mut transaction, id).await?;
    let change = Change {
        action: Action::ApiKeyRevoked,
        user: (account.id, &account.username),
        changes: removed(&key),
        reason: None,
    };
    let audited = audit::write(&mut transaction, actor, change).await?;
    db::commit(transaction, audited).await?;
    Ok(())
}
