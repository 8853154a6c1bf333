//! Provider API keys of the system, used for users without their own key of a provider. A provider can have several: the
//! newest enabled one is used, so that a key can be replaced without an interruption.

use db::api_keys::{self, LockedKey};
use domain::{
    action::Action,
    keys::{ApiKey, KeyDraft, KeyEdit, KeyList, ProviderUse},
    list::{EXACT_TOTAL_MAX, Total},
};

use super::{EditedKey, NOT_FOUND, add, change, providers, removed};
use crate::{
    Error, Services,
    access::{ApiKeysRead, ApiKeysWrite, Authorized},
    audit,
    guard::{self, TargetRef},
};

/// Lists the system's keys, and for each provider how many users have an enabled key of their own instead.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list_system(
    services: &Services,
    _: &Authorized<ApiKeysRead>,
) -> Result<KeyList, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    let keys = api_keys::list(&mut *connection, None).await?;
    let mut providers = providers(services);
    for key in &keys {
        if !providers.contains(&key.provider) {
            providers.push(key.provider.clone());
        }
    }
    let most = i64::try_from(EXACT_TOTAL_MAX + 1).unwrap_or(i64::MAX);
    let users = api_keys::count_users(&mut *connection, &providers, most).await?;
    let providers = users.into_iter().map(|(provider, users)| ProviderUse {
        provider,
        users: Some(Total::up_to_limit(u64::try_from(users).unwrap_or_default())),
    });
    Ok(KeyList {
        keys,
        providers: providers.collect(),
    })
}

/// Stores a key for all users without their own.
///
/// # Errors
/// [`Error::Invalid`] with all field errors at once, [`Error::KeysOff`] without an encryption key.
pub async fn create_system(
    services: &Services,
    authorized: &Authorized<ApiKeysWrite>,
    draft: KeyDraft,
) -> Result<ApiKey, Error> {
    services.settings.vault.version()?;
    let new = draft
        .check(&services.settings.providers)
        .map_err(Error::Invalid)?;
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    let (key, changes) = add(&mut transaction, services, None, &new).await?;
    let label = label(&key.provider, &key.key_name);
    let created = (Action::ApiKeyCreated, Some(key.id), label.as_str());
    let audited = audit::write_about(&mut transaction, &actor, created, changes).await?;
    db::commit(transaction, audited).await?;
    Ok(key)
}

/// Changes a key of the system. Fields that the edit leaves out keep their values.
///
/// # Errors
/// [`Error::Invalid`] with all field errors at once, [`Error::NotFound`] when the system has no such key,
/// [`Error::KeysOff`] for a new value without an encryption key.
pub async fn edit_system(
    services: &Services,
    authorized: &Authorized<ApiKeysWrite>,
    key: impl Into<TargetRef>,
    edit: KeyEdit,
) -> Result<EditedKey, Error> {
    let shown = key.into();
    let id = shown.id;
    let patch = edit.check().map_err(Error::Invalid)?;
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    let before = lock(&mut transaction, &shown).await?;
    let (key, changes) = change(&mut transaction, services, &before, &patch).await?;
    let is_changed = !changes.is_empty();
    if is_changed {
        let label = label(&key.provider, &key.key_name);
        let changed = (Action::ApiKeyUpdated, Some(id), label.as_str());
        let audited = audit::write_about(&mut transaction, &actor, changed, changes).await?;
        db::commit(transaction, audited).await?;
    }
    Ok(EditedKey { key, is_changed })
}

/// Deletes a key of the system. Returns its name.
///
/// # Errors
/// [`Error::NotFound`] when the system has no such key.
pub async fn delete_system(
    services: &Services,
    authorized: &Authorized<ApiKeysWrite>,
    key: impl Into<TargetRef>,
) -> Result<String, Error> {
    let shown = key.into();
    let id = shown.id;
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    let key = lock(&mut transaction, &shown).await?;
    api_keys::delete(&mut transaction, id).await?;
    let label = label(&key.provider, &key.name);
    let gone = (Action::ApiKeyDeleted, Some(id), label.as_str());
    let audited = audit::write_about(&mut transaction, &actor, gone, removed(&key)).await?;
    db::commit(transaction, audited).await?;
    Ok(key.name)
}

/// Locks a key of the system and checks that its name is the one that the page showed.
async fn lock(transaction: &mut db::Transaction, shown: &TargetRef) -> Result<LockedKey, Error> {
    let key = api_keys::lock(transaction, shown.id).await?;
    let key = key.filter(|key| key.user_id.is_none()).ok_or(NOT_FOUND)?;
    shown.check_name(&key.name)?;
    Ok(key)
}

/// Returns the name of a system key in the audit log.
fn label(provider: &str, name: &str) -> String {
    format!("{provider} {name}")
}
