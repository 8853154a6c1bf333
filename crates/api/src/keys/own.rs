//! Provider API keys of the caller.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::keys::{KeyDraft, KeyEdit};
use service::{Services, account};

use super::{ApiKeyResponse, listed};
use crate::{
    body::Body,
    error::ApiError,
    extract::{KeyPath, SignedIn},
    response::{SuccessResponse, success},
};

/// List your provider API keys
///
/// A key is never shown, only its last characters.
#[utoipa::path(
    get,
    path = "/api/api-keys",
    operation_id = "listApiKeys",
    tag = "API keys",
    responses((status = OK, body = [ApiKeyResponse])),
    security(("token" = ["account"]))
)]
pub(crate) async fn list(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
) -> Result<Response, ApiError> {
    let list = account::keys(&services, &caller).await?;
    Ok(Json(listed(list.keys)).into_response())
}

/// Add your own provider API key
///
/// One per provider.
#[utoipa::path(
    post,
    path = "/api/api-keys",
    operation_id = "createApiKey",
    tag = "API keys",
    request_body = KeyDraft,
    responses((status = CREATED, body = ApiKeyResponse)),
    security(("session" = []))
)]
pub(crate) async fn create(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    Body(draft): Body<KeyDraft>,
) -> Result<Response, ApiError> {
    let key = account::create_key(&services, &caller, draft).await?;
    Ok((StatusCode::CREATED, Json(ApiKeyResponse::from(key))).into_response())
}

/// Change your own provider API key
///
/// Absent fields stay unchanged.
#[utoipa::path(
    method(put, patch),
    path = "/api/api-keys/{id}",
    operation_id = "updateApiKey",
    tag = "API keys",
    request_body = KeyEdit,
    responses((status = OK, body = ApiKeyResponse)),
    security(("session" = []))
)]
pub(crate) async fn edit(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    KeyPath(id): KeyPath,
    Body(edit): Body<KeyEdit>,
) -> Result<Response, ApiError> {
    let edited = account::edit_key(&services, &caller, id, edit).await?;
    Ok(Json(ApiKeyResponse::from(edited.key)).into_response())
}

/// Delete your own provider API key
#[utoipa::path(
    delete,
    path = "/api/api-keys/{id}",
    operation_id = "deleteApiKey",
    tag = "API keys",
    responses((status = OK, body = SuccessResponse)),
    security(("session" = []))
)]
pub(crate) async fn delete(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    KeyPath(id): KeyPath,
) -> Result<Response, ApiError> {
    account::delete_key(&services, &caller, id).await?;
    Ok(success())
}
