//! Provider API keys of the caller.

use axum::{Json, extract::State};
use domain::keys::{KeyDraft, KeyEdit};
use service::{Services, account};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{ApiKeyResponse, listed};
use crate::{
    body::Body,
    error::ApiError,
    extract::{KeyPath, SignedIn},
    response::{Created, SuccessResponse, success},
    state::ApiState,
};

/// Returns the routes of the caller's keys.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_api_keys, create_api_key))
        .routes(routes!(update_api_key, delete_api_key))
}

/// List your provider API keys
///
/// A key is never shown, only its last characters.
#[utoipa::path(
    get,
    path = "/api/api-keys",
    tag = "API keys",
    responses((status = OK, body = [ApiKeyResponse])),
    security(("token" = ["account"]))
)]
async fn list_api_keys(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
) -> Result<Json<Vec<ApiKeyResponse>>, ApiError> {
    let list = account::keys(&services, &caller).await?;
    Ok(Json(listed(list.keys)))
}

/// Add your own provider API key
///
/// One per provider.
#[utoipa::path(
    post,
    path = "/api/api-keys",
    tag = "API keys",
    request_body = KeyDraft,
    responses((status = CREATED, body = ApiKeyResponse)),
    security(("session" = []))
)]
async fn create_api_key(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    Body(draft): Body<KeyDraft>,
) -> Result<Created<Json<ApiKeyResponse>>, ApiError> {
    let key = account::create_key(&services, &caller, draft).await?;
    Ok(Created::new(Json(ApiKeyResponse::from(key))))
}

/// Change your own provider API key
///
/// Absent fields stay unchanged.
#[utoipa::path(
    method(put, patch),
    path = "/api/api-keys/{id}",
    tag = "API keys",
    request_body = KeyEdit,
    responses((status = OK, body = ApiKeyResponse)),
    security(("session" = []))
)]
async fn update_api_key(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    KeyPath(id): KeyPath,
    Body(edit): Body<KeyEdit>,
) -> Result<Json<ApiKeyResponse>, ApiError> {
    let edited = account::edit_key(&services, &caller, id, edit).await?;
    Ok(Json(ApiKeyResponse::from(edited.key)))
}

/// Delete your own provider API key
#[utoipa::path(
    delete,
    path = "/api/api-keys/{id}",
    tag = "API keys",
    responses((status = OK, body = SuccessResponse)),
    security(("session" = []))
)]
async fn delete_api_key(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    KeyPath(id): KeyPath,
) -> Result<Json<SuccessResponse>, ApiError> {
    account::delete_key(&services, &caller, id).await?;
    Ok(success())
}
