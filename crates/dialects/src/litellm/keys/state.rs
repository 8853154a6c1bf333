//! Deletion and blocks of virtual keys.

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use service::{
    Error, Services,
    access::{Identity, TokensRead, TokensWrite},
    access_tokens,
};

use super::{find_id, full_row, unknown};
use crate::{
    Authenticated, DialectError, JsonBody,
    litellm::{body, callers::require, errors::custom},
};

/// Keys of a request to delete.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Deletion {
    keys: Vec<String>,
    key_aliases: Vec<String>,
}

/// `POST /key/delete`: all named keys exist, or none is deleted.
pub(in crate::litellm) async fn delete(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(sent): JsonBody<Value>,
) -> Result<Json<Value>, DialectError> {
    let writer = require::<TokensWrite>(&services, &identity, "/key/delete").await?;
    let reader = require::<TokensRead>(&services, &identity, "/key/delete").await?;
    let request: Deletion = body::parse(&body::filled(sent)?)?;
    body::check_number(request.keys.len() + request.key_aliases.len(), "keys")?;
    let mut ids = Vec::new();
    for text in &request.keys {
        ids.push(find_id(&services, &reader, text).await?);
    }
    for name in &request.key_aliases {
        let found = access_tokens::find_key_ids(&services, &reader, name).await?;
        if found.is_empty() {
            return Err(unknown());
        }
        ids.extend(found);
    }
    if ids.is_empty() {
        let text = "Either keys or key_aliases must be provided";
        return Err(custom(StatusCode::BAD_REQUEST, text));
    }
    ids.sort();
    ids.dedup();
    body::check_number(ids.len(), "keys")?;
    for id in &ids {
        access_tokens::revoke(&services, &writer, *id).await?;
    }
    Ok(Json(json!({ "deleted_keys": ids })))
}

/// Key of a request.
#[derive(Debug, Deserialize)]
pub(in crate::litellm) struct NamedKey {
    key: String,
}

/// `POST /key/block`.
pub(in crate::litellm) async fn block(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(NamedKey { key }): JsonBody<NamedKey>,
) -> Result<Json<Value>, DialectError> {
    set_blocked(&services, &identity, (&key, true), "/key/block").await
}

/// `POST /key/unblock`.
pub(in crate::litellm) async fn unblock(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(NamedKey { key }): JsonBody<NamedKey>,
) -> Result<Json<Value>, DialectError> {
    set_blocked(&services, &identity, (&key, false), "/key/unblock").await
}

/// Blocks or unblocks a key, and returns its row. A key that is in this state already stays so.
async fn set_blocked(
    services: &Services,
    identity: &Identity,
    (text, is_blocked): (&str, bool),
    route: &str,
) -> Result<Json<Value>, DialectError> {
    let writer = require::<TokensWrite>(services, identity, route).await?;
    let reader = require::<TokensRead>(services, identity, route).await?;
    let id = find_id(services, &reader, text).await?;
    let done = if is_blocked {
        access_tokens::block(services, &writer, id).await
    } else {
        access_tokens::unblock(services, &writer, id).await
    };
    match done {
        Ok(()) | Err(Error::Conflict(_)) => {}
        Err(error) => return Err(error.into()),
    }
    let key = access_tokens::find_key(services, &reader, id).await?;
    Ok(Json(full_row(services, identity, &key).await?))
}
