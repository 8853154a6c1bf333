//! The caller's own provider API keys: at most one for each provider, used instead of the system's key while it is enabled.

use db::{
    api_keys::{self, LockedKey},
    users::account::Account,
};
use domain::{
    action::Action,
    keys::{ApiKey, KeyDraft, KeyEdit, KeyList, ProviderUse},
};

use super::{actor, open};
use crate::{
    Error, Services,
    access::Caller,
    audit::{self, Audited, Change, Changes},
    guard::TargetRef,
    keys::{EditedKey, NOT_FOUND, add, change, providers, removed},
};

/// Lists the caller's own provider API keys, and the providers for which a key can be stored.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached, [`Error::OutOfScope`] for an access token without the scope.
pub async fn keys(services: &Services, caller: &Caller) -> Result<KeyList, Error> {
    caller.require_account()?;
    let keys = api_keys::list(&services.pool, Some(caller.principal.id.0)).await?;
    let providers = providers(services).into_iter().map(|provider| ProviderUse {
        provider,
        users: None,
    });
    Ok(KeyList {
        keys,
        providers: providers.collect(),
    })
}

/// Stores a provider API key of the caller.
///
/// # Errors
/// [`Error::Invalid`] with all field errors at once, [`Error::Conflict`] when there is a key for this provider already,
/// [`Error::KeysOff`] without an encryption key, [`Error::TokenNotAllowed`] for an access token.
pub async fn create_key(
    services: &Services,
    caller: &Caller,
    draft: KeyDraft,
) -> Result<ApiKey, Error> {
    caller.session()?;
    services.settings.vault.version()?;
    let new = draft
        .check(&services.settings.providers)
        .map_err(Error::Invalid)?;
    let mut transaction = db::begin(&services.pool).await?;
    let account = open(&mut transaction, caller).await?;
    let (key, changes) = add(&mut transaction, services, Some(account.id), &new).await?;
    let audited = write_entry(
        &mut transaction,
        caller,
        &account,
        (Action::ApiKeyCreated, changes),
    )
    .await?;
    db::commit(transaction, audited).await?;
    Ok(key)
}

/// Changes a provider API key of the caller. Fields that the edit leaves out keep their values.
///
/// # Errors
/// [`Error::Invalid`] with all field errors at once, [`Error::NotFound`] when the caller has no such key,
/// [`Error::KeysOff`] for a new value without an encryption key.
pub async fn edit_key(
    services: &Services,
    caller: &Caller,
    key: impl Into<TargetRef>,
    edit: KeyEdit,
) -> Result<EditedKey, Error> {
    let shown = key.into();
    let patch = edit.check().map_err(Error::Invalid)?;
    let mut transaction = db::begin(&services.pool).await?;
    let account = open(&mut transaction, caller).await?;
    let before = lock(&mut transaction, &account, &shown).await?;
    let (key, changes) = change(&mut transaction, services, &before, &patch).await?;
    let is_changed = !changes.is_empty();
    if is_changed {
        let audited = write_entry(
            &mut transaction,
            caller,
            &account,
            (Action::ApiKeyUpdated, changes),
        )
        .await?;
        db::commit(transaction, audited).await?;
    }
    Ok(EditedKey { key, is_changed })
}

/// Deletes a provider API key of the caller and returns its name.
///
/// # Errors
/// [`Error::NotFound`] when the caller has no such key.
pub async fn delete_key(
    services: &Services,
    caller: &Caller,
    key: impl Into<TargetRef>,
) -> Result<String, Error> {
    let shown = key.into();
    let mut transaction = db::begin(&services.pool).await?;
    let account = open(&mut transaction, caller).await?;
    let key = lock(&mut transaction, &account, &shown).await?;
    api_keys::delete(&mut transaction, key.id).await?;
    let audited = write_entry(
        &mut transaction,
        caller,
        &account,
        (Action::ApiKeyDeleted, removed(&key)),
    )
    .await?;
    db::commit(transaction, audited).await?;
    Ok(key.name)
}

/// Locks a key of an account. A key of another account is reported as not found, as in FOVEA.
async fn lock(
    transaction: &mut db::Transaction,
    account: &Account,
    shown: &TargetRef,
) -> Result<LockedKey, Error> {
    let key = api_keys::lock(transaction, shown.id).await?;
    let key = key
        .filter(|key| key.user_id == Some(account.id))
        .ok_or(NOT_FOUND)?;
    shown.check_name(&key.name)?;
    Ok(key)
}

async fn write_entry(
    transaction: &mut db::Transaction,
    caller: &Caller,
    account: &Account,
    (action, changes): (Action, Changes),
) -> Result<Audited, Error> {
    let change = Change {
        action,
        user: (account.id, &account.username),
        changes,
        reason: None,
    };
    audit::write(transaction, &actor(caller), change).await
}
