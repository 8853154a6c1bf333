//! Keys of providers: the system's, those of others, and handing them on.

pub(crate) mod own;

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::keys::{KeyDraft, KeyEdit};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::json;
use service::{
    Services,
    access::{ReadApiKeys, ResolveApiKeys, WriteApiKeys},
    keys,
};
use uuid::Uuid;

use super::{Allowed, Failure, KeyPath, Params, UserPath, body::Body, users::shown::success};

/// `GET /api/admin/api-keys`: the system's.
pub(crate) async fn list(
    State(services): State<Services>,
    Allowed(granted): Allowed<ReadApiKeys>,
) -> Result<Response, Failure> {
    let list = keys::list_system(&services, &granted).await?;
    Ok(Json(list.keys).into_response())
}

/// `POST /api/admin/api-keys`: there may be several for a provider.
pub(crate) async fn create(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteApiKeys>,
    Body(draft): Body<KeyDraft>,
) -> Result<Response, Failure> {
    let key = keys::create_system(&services, &granted, draft).await?;
    Ok((StatusCode::CREATED, Json(key)).into_response())
}

/// `PUT` and `PATCH /api/admin/api-keys/:id`: what is absent stays.
pub(crate) async fn edit(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteApiKeys>,
    KeyPath(id): KeyPath,
    Body(edit): Body<KeyEdit>,
) -> Result<Response, Failure> {
    let key = keys::edit_system(&services, &granted, id, edit).await?;
    Ok(Json(key).into_response())
}

/// `DELETE /api/admin/api-keys/:id`
pub(crate) async fn delete(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteApiKeys>,
    KeyPath(id): KeyPath,
) -> Result<Response, Failure> {
    keys::delete_system(&services, &granted, id).await?;
    Ok(success())
}

/// `GET /api/admin/users/:id/api-keys`: that a person has them.
pub(crate) async fn list_of(
    State(services): State<Services>,
    Allowed(granted): Allowed<ReadApiKeys>,
    UserPath(user): UserPath,
) -> Result<Response, Failure> {
    let keys = keys::list_of(&services, &granted, user).await?;
    Ok(Json(keys).into_response())
}

/// The id of a person and of a key of theirs, if the path can be read.
type Both = Result<Path<(Uuid, Uuid)>, PathRejection>;

/// `DELETE /api/admin/users/:id/api-keys/:key`
pub(crate) async fn revoke(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteApiKeys>,
    both: Both,
) -> Result<Response, Failure> {
    let Path((user, id)) = both.map_err(|_| {
        Failure::invalid("params/userId and params/keyId must match format \"uuid\"")
    })?;
    keys::revoke_key(&services, &granted, user, id).await?;
    Ok(success())
}

/// For whom a key is wanted.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct For {
    #[serde(default)]
    user_id: Option<Uuid>,
}

/// `GET /api/api-keys/resolve/:provider`: the key that serves a person, or whoever asks, in the clear. No cache keeps it.
pub(crate) async fn resolve(
    State(services): State<Services>,
    Allowed(granted): Allowed<ResolveApiKeys>,
    provider: Result<Path<String>, PathRejection>,
    Params(whose): Params<For>,
) -> Result<Response, Failure> {
    // One that cannot be read is no provider.
    let provider = provider.map(|Path(provider)| provider).unwrap_or_default();
    let key = keys::resolve(&services, &granted, &provider, whose.user_id).await?;
    let answer = json!({
        "provider": key.provider,
        "source": if key.is_own { "user" } else { "system" },
        "keyId": key.id,
        "apiKey": key.text.expose_secret(),
    });
    Ok(Json(answer).into_response())
}
