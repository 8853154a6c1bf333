//! Provider API keys: those of the system, and the administration of users' keys. Operations of users on their own keys are
//! in [`crate::account`]. A key is encrypted before it is stored, and decrypted only for programs with the permission to
//! resolve it.

mod resolve;
mod rotate;
mod system;
mod user;

pub use resolve::{Resolved, resolve};
pub use rotate::{Rotation, rotate};
pub use system::{create_system, delete_system, edit_system, list_system};
pub use user::{list_of, revoke_key};

use db::api_keys::{self, Change, LockedKey};
use domain::{
    error::{Conflict, Entity},
    keys::{ApiKey, KeyPatch, NewKey, Provider},
    users::names::DisplayName,
};
use secrecy::SecretString;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Error, Services, audit::Changes};

/// Provider API key after an edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditedKey {
    /// State of the key after the edit.
    pub key: ApiKey,
    /// False when the edit had the values that the key already had.
    pub is_changed: bool,
}

pub(crate) const NOT_FOUND: Error = Error::NotFound(Entity::ApiKey);
/// Response text of FOVEA.
const TAKEN: Error = Error::Conflict(Conflict::ApiKeyExists);
/// Constraint whose violation [`TAKEN`] reports.
const ONE_FOR_EACH_PROVIDER: &str = "api_keys_provider_key";

/// Lists the names of the providers in the settings.
pub(crate) fn providers(services: &Services) -> Vec<String> {
    let providers = services.settings.providers.iter();
    providers.map(Provider::as_str).map(str::to_owned).collect()
}

/// Encrypts and stores a key of a user or, without an owner, of the system. Returns it with the changes to audit.
pub(crate) async fn add(
    transaction: &mut db::Transaction,
    services: &Services,
    owner: Option<Uuid>,
    new: &NewKey,
) -> Result<(ApiKey, Changes), Error> {
    // The id and the provider are authenticated by the encryption, so the id must be known before the row.
    let id = api_keys::next_id(transaction).await?;
    let (provider, name, last4) = (new.provider.as_str(), new.name.as_str(), new.text.last4());
    let text = SecretString::from(new.text.as_str());
    let row = api_keys::NewKey {
        id,
        user_id: owner,
        provider,
        name,
        sealed: &services.settings.vault.seal(id, provider, &text)?,
        last4: &last4,
    };
    let key = api_keys::insert(transaction, &row).await.map_err(taken)?;
    let key_summary = key_summary(provider, name, &last4, true);
    Ok((
        key,
        Changes::default().with("apiKey", Value::Null, key_summary),
    ))
}

fn taken(error: db::Error) -> Error {
    match &error {
        db::Error::Constraint { constraint } if constraint == ONE_FOR_EACH_PROVIDER => TAKEN,
        db::Error::Constraint { .. } | db::Error::Unavailable(_) | db::Error::Other(_) => {
            error.into()
        }
    }
}

/// Changes a locked key. Returns it with the changes to audit, which are empty if no value differs.
pub(crate) async fn change(
    transaction: &mut db::Transaction,
    services: &Services,
    before: &LockedKey,
    patch: &KeyPatch,
) -> Result<(ApiKey, Changes), Error> {
    let secret = match &patch.text {
        Some(text) => {
            let (id, secret) = (before.id, SecretString::from(text.as_str()));
            let sealed = services
                .settings
                .vault
                .seal(id, &before.provider, &secret)?;
            Some((sealed, text.last4()))
        }
        None => None,
    };
    let name = patch
        .name
        .as_ref()
        .map_or(&*before.name, DisplayName::as_str);
    let is_active = patch.is_active.unwrap_or(before.is_active);
    let last4 = secret.as_ref().map_or(&before.last4, |(_, last4)| last4);
    let after = key_summary(&before.provider, name, last4, is_active);
    let mut changes = Changes::default().with("apiKey", key_summary_of(before), after);
    if secret.is_some() {
        changes.note("secret", Value::Null, "replaced");
    }
    let row = Change {
        name,
        is_active,
        secret: secret
            .as_ref()
            .map(|(sealed, last4)| (sealed, last4.as_str())),
    };
    let key = api_keys::update(transaction, before.id, &row).await?;
    Ok((key, changes))
}

/// Returns the changes to audit when a key is deleted.
pub(crate) fn removed(key: &LockedKey) -> Changes {
    Changes::default().with("apiKey", key_summary_of(key), Value::Null)
}

/// Returns the description of a key in the audit log: never its value.
fn key_summary(provider: &str, name: &str, last4: &str, is_active: bool) -> Value {
    json!({ "provider": provider, "name": name, "last4": last4, "active": is_active })
}

fn key_summary_of(key: &LockedKey) -> Value {
    key_summary(&key.provider, &key.name, &key.last4, key.is_active)
}
