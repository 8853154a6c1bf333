//! Provider API keys: those of the system, those of users, and their resolution for programs.

pub(crate) mod own;

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{
    keys::{ApiKey, KeyDraft, KeyEdit},
    problem::Problem,
};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use service::{
    Services,
    access::{ReadApiKeys, ResolveApiKeys, WriteApiKeys},
    keys,
};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    body::Body,
    done::{Success, success},
    extract::{Allowed, KeyPath, Params, UserPath},
    site::FromThisSite,
};
use crate::response::Failure;

/// A provider API key in FOVEA's format. The time of its last use has both the name that FOVEA's server sends and the one that
/// its interface reads.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListedKey {
    #[serde(flatten)]
    key: ApiKey,
    #[serde(with = "time::serde::rfc3339::option")]
    last_used: Option<OffsetDateTime>,
}

impl From<ApiKey> for ListedKey {
    fn from(key: ApiKey) -> Self {
        let last_used = key.last_used_at;
        Self { key, last_used }
    }
}

/// Converts keys to this format.
pub(crate) fn listed(keys: Vec<ApiKey>) -> Vec<ListedKey> {
    keys.into_iter().map(ListedKey::from).collect()
}

/// List the system's provider API keys
///
/// A key is never shown, only its last characters.
#[utoipa::path(
    get,
    path = "/api/admin/api-keys",
    tag = "API keys",
    responses((status = OK, body = [ListedKey])),
    security(("token" = ["api-keys:read"]))
)]
pub(crate) async fn list(
    State(services): State<Services>,
    Allowed(granted): Allowed<ReadApiKeys>,
) -> Result<Response, Failure> {
    let list = keys::list_system(&services, &granted).await?;
    Ok(Json(listed(list.keys)).into_response())
}

/// Add a system provider API key
///
/// A provider can have several.
#[utoipa::path(
    post,
    path = "/api/admin/api-keys",
    tag = "API keys",
    request_body = KeyDraft,
    responses((status = CREATED, body = ListedKey)),
    security(("token" = ["api-keys:write"]))
)]
pub(crate) async fn create(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteApiKeys>,
    Body(draft): Body<KeyDraft>,
) -> Result<Response, Failure> {
    let key = keys::create_system(&services, &granted, draft).await?;
    Ok((StatusCode::CREATED, Json(ListedKey::from(key))).into_response())
}

/// Change a system provider API key
///
/// Absent fields stay unchanged.
#[utoipa::path(
    method(put, patch),
    path = "/api/admin/api-keys/{id}",
    tag = "API keys",
    request_body = KeyEdit,
    responses((status = OK, body = ListedKey)),
    security(("token" = ["api-keys:write"]))
)]
pub(crate) async fn edit(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteApiKeys>,
    KeyPath(id): KeyPath,
    Body(edit): Body<KeyEdit>,
) -> Result<Response, Failure> {
    let edited = keys::edit_system(&services, &granted, id, edit).await?;
    Ok(Json(ListedKey::from(edited.key)).into_response())
}

/// Delete a system provider API key
#[utoipa::path(
    delete,
    path = "/api/admin/api-keys/{id}",
    tag = "API keys",
    responses((status = OK, body = Success)),
    security(("token" = ["api-keys:write"]))
)]
pub(crate) async fn delete(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteApiKeys>,
    KeyPath(id): KeyPath,
) -> Result<Response, Failure> {
    keys::delete_system(&services, &granted, id).await?;
    Ok(success())
}

/// List a user's provider API keys
///
/// A key is never shown, only its last characters.
#[utoipa::path(
    get,
    path = "/api/admin/users/{id}/api-keys",
    tag = "API keys",
    responses((status = OK, body = [ListedKey])),
    security(("token" = ["api-keys:read"]))
)]
pub(crate) async fn list_of(
    State(services): State<Services>,
    Allowed(granted): Allowed<ReadApiKeys>,
    UserPath(user): UserPath,
) -> Result<Response, Failure> {
    let keys = keys::list_of(&services, &granted, user).await?;
    Ok(Json(listed(keys)).into_response())
}

/// Ids of a user and of a key of the user, or the reason why the path cannot be read.
type Both = Result<Path<(Uuid, Uuid)>, PathRejection>;

/// Revoke a user's provider API key
#[utoipa::path(
    delete,
    path = "/api/admin/users/{id}/api-keys/{key}",
    tag = "API keys",
    responses((status = OK, body = Success)),
    security(("token" = ["api-keys:write"]))
)]
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

/// Query of a resolution: the user to resolve a key for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct For {
    #[serde(default)]
    user_id: Option<Uuid>,
}

/// A provider API key in plain text.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ResolvedKey<'k> {
    provider: &'k str,
    /// `user` for the user's own key, `system` for a key of the system.
    source: &'static str,
    key_id: Uuid,
    api_key: &'k str,
}

/// Resolve the provider API key for a user
///
/// The active key of the user, or else one of the system, in plain text. Without `userId` the caller's key. Every response
/// is audited.
#[utoipa::path(
    get,
    path = "/api/api-keys/resolve/{provider}",
    tag = "API keys",
    params(For),
    responses(
        (status = OK, body = ResolvedKey),
        (status = CONFLICT, body = Problem),
    ),
    security(("token" = ["api-keys:resolve"]))
)]
pub(crate) async fn resolve(
    State(services): State<Services>,
    Allowed(granted): Allowed<ResolveApiKeys>,
    _: FromThisSite,
    provider: Result<Path<String>, PathRejection>,
    Params(whose): Params<For>,
) -> Result<Response, Failure> {
    // A name that cannot be read is not that of a provider.
    let provider = provider.map(|Path(provider)| provider).unwrap_or_default();
    let key = keys::resolve(&services, &granted, &provider, whose.user_id).await?;
    let answer = ResolvedKey {
        provider: &key.provider,
        source: if key.is_own { "user" } else { "system" },
        key_id: key.id,
        api_key: key.text.expose_secret(),
    };
    Ok(Json(answer).into_response())
}
