//! Provider API keys of the caller.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::keys::{KeyDraft, KeyEdit};
use service::{Services, account};

use crate::{
    response::Failure,
    rest::{
        body::Body,
        done::{Success, success},
        extract::{KeyPath, SignedIn},
        keys::{ListedKey, listed},
    },
};

/// List your provider API keys
///
/// A key is never shown, only its last characters.
#[utoipa::path(
    get,
    path = "/api/api-keys",
    tag = "API keys",
    responses((status = OK, body = [ListedKey])),
    security(("token" = ["account"]))
)]
pub(crate) async fn list(
    State(services): State<Services>,
    SignedIn(actor): SignedIn,
) -> Result<Response, Failure> {
    let list = account::keys(&services, &actor).await?;
    Ok(Json(listed(list.keys)).into_response())
}

/// Add your own provider API key
///
/// One per provider.
#[utoipa::path(
    post,
    path = "/api/api-keys",
    tag = "API keys",
    request_body = KeyDraft,
    responses((status = CREATED, body = ListedKey)),
    security(("session" = []))
)]
pub(crate) async fn create(
    State(services): State<Services>,
    SignedIn(actor): SignedIn,
    Body(draft): Body<KeyDraft>,
) -> Result<Response, Failure> {
    let key = account::create_key(&services, &actor, draft).await?;
    Ok((StatusCode::CREATED, Json(ListedKey::from(key))).into_response())
}

/// Change your own provider API key
///
/// Absent fields stay unchanged.
#[utoipa::path(
    method(put, patch),
    path = "/api/api-keys/{id}",
    tag = "API keys",
    request_body = KeyEdit,
    responses((status = OK, body = ListedKey)),
    security(("session" = []))
)]
pub(crate) async fn edit(
    State(services): State<Services>,
    SignedIn(actor): SignedIn,
    KeyPath(id): KeyPath,
    Body(edit): Body<KeyEdit>,
) -> Result<Response, Failure> {
    let edited = account::edit_key(&services, &actor, id, edit).await?;
    Ok(Json(ListedKey::from(edited.key)).into_response())
}

/// Delete your own provider API key
#[utoipa::path(
    delete,
    path = "/api/api-keys/{id}",
    tag = "API keys",
    responses((status = OK, body = Success)),
    security(("session" = []))
)]
pub(crate) async fn delete(
    State(services): State<Services>,
    SignedIn(actor): SignedIn,
    KeyPath(id): KeyPath,
) -> Result<Response, Failure> {
    account::delete_key(&services, &actor, id).await?;
    Ok(success())
}
