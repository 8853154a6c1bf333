//! Virtual keys by their texts and names, and the key of a request.

use std::collections::BTreeMap;

pub use db::access_tokens::keys::KeyNames;
use db::access_tokens::{find_listed, keys as rows};
use domain::{
    access_tokens::{AccessToken, TokenKind},
    identifiers::Namespace,
    users::names::is_deceptive,
};
use uuid::Uuid;

use super::{keys::NOT_FOUND, secret};
use crate::{
    Error, Services,
    access::{Authorized, Caller, Credential, LimitsRead, TokensRead},
};

/// Returns the id of the virtual key with a text, or the one that the text is.
///
/// # Errors
/// [`Error::NotFound`] when there is no such key, or it is revoked.
pub async fn find_key_id(
    services: &Services,
    _: &Authorized<TokensRead>,
    text: &str,
) -> Result<Uuid, Error> {
    if let Ok(id) = Uuid::try_parse(text) {
        let found = rows::find(&services.pool, id).await?;
        return found.map(|key| key.id).ok_or(NOT_FOUND);
    }
    let (_, hash) = secret::read(text).ok_or(NOT_FOUND)?;
    let found = rows::find_id(&services.pool, &hash).await?;
    found.ok_or(NOT_FOUND)
}

/// Returns the ids of the virtual keys with a name, at most a hundred.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn find_key_ids(
    services: &Services,
    _: &Authorized<TokensRead>,
    name: &str,
) -> Result<Vec<Uuid>, Error> {
    // No key has such a name, and PostgreSQL rejects a NUL.
    if name.chars().any(is_deceptive) {
        return Ok(Vec::new());
    }
    Ok(rows::find_named(&services.pool, name).await?)
}

/// Returns what virtual keys have spent of their budgets in the present periods, in units of 1e-9 dollars. Keys without a budget are left
/// out, and all keys if the actor cannot read limits.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list_key_spend(
    services: &Services,
    authorized: &Authorized<TokensRead>,
    keys: &[Uuid],
) -> Result<BTreeMap<Uuid, i64>, Error> {
    if !authorized.includes::<LimitsRead>() {
        return Ok(BTreeMap::new());
    }
    let spend = rows::list_spend(&services.pool, keys).await?;
    Ok(spend.into_iter().collect())
}

/// Returns what the virtual key of a request has spent of its budget, as [`list_key_spend`] does.
///
/// # Errors
/// [`Error::NotFound`] for any other credential.
pub async fn find_own_key_spend(
    services: &Services,
    caller: &Caller,
) -> Result<Option<i64>, Error> {
    let key = caller.as_actor().key().ok_or(NOT_FOUND)?;
    let spend = rows::list_spend(&services.pool, &[key]).await?;
    Ok(spend.first().map(|(_, spend)| *spend))
}

/// Returns the names of the owners and groups of virtual keys in another system. Keys that do not exist are left out.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list_key_names(
    services: &Services,
    _: &Authorized<TokensRead>,
    namespace: &Namespace,
    keys: &[Uuid],
) -> Result<BTreeMap<Uuid, KeyNames>, Error> {
    let names = rows::list_names(&services.pool, namespace.as_str(), keys).await?;
    Ok(names.into_iter().map(|names| (names.id, names)).collect())
}

/// Returns the names of the owner and of the group of the virtual key of a request in another system.
///
/// # Errors
/// [`Error::NotFound`] for any other credential.
pub async fn find_own_key_names(
    services: &Services,
    caller: &Caller,
    namespace: &Namespace,
) -> Result<KeyNames, Error> {
    let key = caller.as_actor().key().ok_or(NOT_FOUND)?;
    let names = rows::list_names(&services.pool, namespace.as_str(), &[key]).await?;
    names.into_iter().next().ok_or(NOT_FOUND)
}

/// Returns the virtual key of a request.
///
/// # Errors
/// [`Error::NotFound`] for any other credential.
pub async fn find_own_key(services: &Services, caller: &Caller) -> Result<AccessToken, Error> {
    let Credential::Token(grant) = &caller.credential else {
        return Err(NOT_FOUND);
    };
    let found = find_listed(&services.pool, grant.token).await?;
    let key = found.filter(|token| token.kind == TokenKind::Key);
    key.ok_or(NOT_FOUND)
}
