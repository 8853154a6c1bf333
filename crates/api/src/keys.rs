//! Provider API keys: those of the system, those of users, and their resolution for programs.

mod own;

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
};
use domain::{
    keys::{ApiKey, KeyDraft, KeyEdit},
    problem::Problem,
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};
use service::{
    Services,
    access::{ApiKeysRead, ApiKeysResolve, ApiKeysWrite},
    keys,
};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    body::Body,
    error::ApiError,
    extract::{Allowed, KeyPath, Params, UserPath, id_param},
    response::{Created, IdResponse, Stored, SuccessResponse, Written, success},
    site::FromThisSite,
    state::ApiState,
};

/// Returns the routes of provider API keys.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_system_api_keys, create_system_api_key))
        .routes(routes!(update_system_api_key, delete_system_api_key))
        .routes(routes!(list_user_api_keys))
        .routes(routes!(revoke_user_api_key))
        .routes(routes!(resolve_api_key))
        .merge(own::routes())
}

/// A provider API key in FOVEA's format. The time of its last use has both the name that FOVEA's server sends and the one that
/// its interface reads.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApiKeyResponse {
    #[serde(flatten)]
    key: ApiKey,
    #[serde(with = "time::serde::rfc3339::option")]
    last_used: Option<OffsetDateTime>,
}

impl From<ApiKey> for ApiKeyResponse {
    fn from(key: ApiKey) -> Self {
        let last_used = key.last_used_at;
        Self { key, last_used }
    }
}

impl Stored for ApiKeyResponse {
    type Written = IdResponse;

    fn written(self) -> IdResponse {
        IdResponse::new(self.key.id)
    }
}

/// Converts keys to this format.
pub(crate) fn listed(keys: Vec<ApiKey>) -> Vec<ApiKeyResponse> {
    keys.into_iter().map(ApiKeyResponse::from).collect()
}

/// List the system's provider API keys
///
/// A key is never shown, only its last characters.
#[utoipa::path(
    get,
    path = "/api/admin/api-keys",
    tag = "API keys",
    responses((status = OK, body = [ApiKeyResponse])),
    security(("token" = ["api-keys:read"]))
)]
async fn list_system_api_keys(
    State(services): State<Services>,
    Allowed(authorized): Allowed<ApiKeysRead>,
) -> Result<Json<Vec<ApiKeyResponse>>, ApiError> {
    let list = keys::list_system(&services, &authorized).await?;
    Ok(Json(listed(list.keys)))
}

/// Add a system provider API key
///
/// A provider can have several. Without `api-keys:read` the response has only the id.
#[utoipa::path(
    post,
    path = "/api/admin/api-keys",
    tag = "API keys",
    request_body = KeyDraft,
    responses((status = CREATED, body = ApiKeyResponse)),
    security(("token" = ["api-keys:write"]))
)]
async fn create_system_api_key(
    State(services): State<Services>,
    Allowed(authorized): Allowed<ApiKeysWrite>,
    Body(draft): Body<KeyDraft>,
) -> Result<Created<Written<ApiKeyResponse>>, ApiError> {
    let key = keys::create_system(&services, &authorized, draft).await?;
    let key = ApiKeyResponse::from(key);
    Ok(Created::new(Written::new(key, authorized.can_read())))
}

/// Change a system provider API key
///
/// Absent fields stay unchanged. Without `api-keys:read` the response has only the id.
#[utoipa::path(
    method(put, patch),
    path = "/api/admin/api-keys/{id}",
    tag = "API keys",
    request_body = KeyEdit,
    responses((status = OK, body = ApiKeyResponse)),
    security(("token" = ["api-keys:write"]))
)]
async fn update_system_api_key(
    State(services): State<Services>,
    Allowed(authorized): Allowed<ApiKeysWrite>,
    KeyPath(id): KeyPath,
    Body(edit): Body<KeyEdit>,
) -> Result<Written<ApiKeyResponse>, ApiError> {
    let edited = keys::edit_system(&services, &authorized, id, edit).await?;
    let key = ApiKeyResponse::from(edited.key);
    Ok(Written::new(key, authorized.can_read()))
}

/// Delete a system provider API key
#[utoipa::path(
    delete,
    path = "/api/admin/api-keys/{id}",
    tag = "API keys",
    responses((status = OK, body = SuccessResponse)),
    security(("token" = ["api-keys:write"]))
)]
async fn delete_system_api_key(
    State(services): State<Services>,
    Allowed(authorized): Allowed<ApiKeysWrite>,
    KeyPath(id): KeyPath,
) -> Result<Json<SuccessResponse>, ApiError> {
    keys::delete_system(&services, &authorized, id).await?;
    Ok(success())
}

/// List a user's provider API keys
///
/// A key is never shown, only its last characters.
#[utoipa::path(
    get,
    path = "/api/admin/users/{id}/api-keys",
    tag = "API keys",
    responses((status = OK, body = [ApiKeyResponse])),
    security(("token" = ["api-keys:read"]))
)]
async fn list_user_api_keys(
    State(services): State<Services>,
    Allowed(authorized): Allowed<ApiKeysRead>,
    UserPath(user): UserPath,
) -> Result<Json<Vec<ApiKeyResponse>>, ApiError> {
    let keys = keys::list_of(&services, &authorized, user).await?;
    Ok(Json(listed(keys)))
}

/// Ids of a user and of a key of the user, or the reason why the path cannot be read.
type UserKeyPath = Result<Path<(Uuid, Uuid)>, PathRejection>;

/// Revoke a user's provider API key
#[utoipa::path(
    delete,
    path = "/api/admin/users/{id}/api-keys/{key}",
    tag = "API keys",
    responses((status = OK, body = SuccessResponse)),
    security(("token" = ["api-keys:write"]))
)]
async fn revoke_user_api_key(
    State(services): State<Services>,
    Allowed(authorized): Allowed<ApiKeysWrite>,
    both: UserKeyPath,
) -> Result<Json<SuccessResponse>, ApiError> {
    let Path((user, id)) = both.map_err(|_| {
        ApiError::invalid("params/userId and params/keyId must match format \"uuid\"")
    })?;
    keys::revoke_key(&services, &authorized, user, id).await?;
    Ok(success())
}

/// Query of a resolution: the user to resolve a key for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct KeyResolveParams {
    #[serde(default)]
    #[param(value_type = Option<uuid::Uuid>)]
    user_id: Option<String>,
}

/// A provider API key in plain text.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ApiKeyResolveResponse {
    provider: String,
    /// `user` for the user's own key, `system` for a key of the system.
    source: &'static str,
    key_id: Uuid,
    #[serde(serialize_with = "exposed")]
    #[schema(value_type = String)]
    api_key: SecretString,
}

/// Serializes a key in plain text.
fn exposed<S: Serializer>(key: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(key.expose_secret())
}

/// Resolve the provider API key for a user
///
/// The active key of the user, or else one of the system, in plain text. Without `userId` the caller's key. Every response
/// is audited.
#[utoipa::path(
    get,
    path = "/api/api-keys/resolve/{provider}",
    tag = "API keys",
    params(KeyResolveParams),
    responses(
        (status = OK, body = ApiKeyResolveResponse),
        (status = CONFLICT, body = Problem),
    ),
    security(("token" = ["api-keys:resolve"]))
)]
async fn resolve_api_key(
    State(services): State<Services>,
    Allowed(authorized): Allowed<ApiKeysResolve>,
    _: FromThisSite,
    provider: Result<Path<String>, PathRejection>,
    Params(whose): Params<KeyResolveParams>,
) -> Result<Json<ApiKeyResolveResponse>, ApiError> {
    // A name that cannot be read is not that of a provider.
    let provider = provider.map(|Path(provider)| provider).unwrap_or_default();
    let user = id_param("userId", whose.user_id.as_deref())?;
    let key = keys::resolve(&services, &authorized, &provider, user).await?;
    Ok(Json(ApiKeyResolveResponse {
        source: if key.is_own { "user" } else { "system" },
        key_id: key.id,
        provider: key.provider,
        api_key: key.text,
    }))
}
