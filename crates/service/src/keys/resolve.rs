//! Resolution of a provider API key for a program that calls the provider on behalf of a user.

use db::api_keys::{self, UsedKey};
use domain::{
    action::Action,
    error::{Conflict, Entity},
    keys::Provider,
};
use secrecy::SecretString;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{ApiKeysResolve, Authorized},
    audit::{self, Change, Changes},
    guard,
};

const NONE: Error = Error::NotFound(Entity::ActiveApiKey);
const UNREADABLE: Error = Error::Conflict(Conflict::ApiKeyUndecryptable);

/// Decrypted key. Its `Debug` output does not contain the value.
#[derive(Debug)]
pub struct Resolved {
    /// Id of the key.
    pub id: Uuid,
    /// Provider that issued the key.
    pub provider: String,
    /// True for the user's own key, false for the system's.
    pub is_own: bool,
    /// Value of the key.
    pub text: SecretString,
}

/// Resolves the key for a user, by default for the caller: the user's own key if it is enabled, else the system's. Counts
/// and audits the use.
///
/// # Errors
/// [`Error::NotFound`] when there is no key, or no active user of this id; [`Error::KeysOff`] without an encryption key;
/// [`Error::Conflict`] when the key is encrypted with a key that the server does not have.
pub async fn resolve(
    services: &Services,
    authorized: &Authorized<ApiKeysResolve>,
    provider: &str,
    user: Option<Uuid>,
) -> Result<Resolved, Error> {
    let vault = &services.settings.vault;
    vault.version()?;
    let provider: Provider = provider.parse().map_err(|_| NONE)?;
    let user = user.or(authorized.actor().id()).ok_or(NONE)?;
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    let key = find(&mut transaction, user, provider.as_str()).await?;
    let text = vault
        .open(key.id, &key.provider, &key.sealed)
        .map_err(|cause| {
            tracing::error!(key = %key.id, %cause, "an API key cannot be decrypted");
            UNREADABLE
        })?;
    let is_own = key.user_id.is_some();
    let change = Change {
        action: Action::ApiKeyResolved,
        user: (user, &key.username),
        changes: changes(&key),
        reason: None,
    };
    let audited = audit::write(&mut transaction, &actor, change).await?;
    db::commit(transaction, audited).await?;
    Ok(Resolved {
        id: key.id,
        provider: key.provider,
        is_own,
        text,
    })
}

async fn find(
    transaction: &mut db::Transaction,
    user: Uuid,
    provider: &str,
) -> Result<UsedKey, Error> {
    if let Some(key) = api_keys::set_used(transaction, user, provider).await? {
        return Ok(key);
    }
    // The key that was selected was disabled or deleted by a concurrent transaction: another one can be in use now.
    let next = api_keys::set_used(transaction, user, provider).await?;
    next.ok_or(NONE)
}

fn changes(key: &UsedKey) -> Changes {
    let source = if key.user_id.is_some() {
        "user"
    } else {
        "system"
    };
    let used_key = json!({
        "provider": key.provider, "name": key.name, "last4": key.last4, "source": source
    });
    Changes::default()
        .with("apiKey", Value::Null, used_key)
        .with("uses", key.usage_count - 1, key.usage_count)
}
