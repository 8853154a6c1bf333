//! One's own keys of providers.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::keys::{KeyDraft, KeyEdit};
use service::{Services, account};

use crate::rest::{Failure, KeyPath, SignedIn, body::Body, users::shown::success};

/// `GET /api/api-keys`
pub(crate) async fn list(
    State(services): State<Services>,
    SignedIn(actor): SignedIn,
) -> Result<Response, Failure> {
    let list = account::keys(&services, &actor).await?;
    Ok(Json(list.keys).into_response())
}

/// `POST /api/api-keys`: one for each provider.
pub(crate) async fn create(
    State(services): State<Services>,
    SignedIn(actor): SignedIn,
    Body(draft): Body<KeyDraft>,
) -> Result<Response, Failure> {
    let key = account::create_key(&services, &actor, draft).await?;
    Ok((StatusCode::CREATED, Json(key)).into_response())
}

/// `PUT` and `PATCH /api/api-keys/:id`: what is absent stays.
pub(crate) async fn edit(
    State(services): State<Services>,
    SignedIn(actor): SignedIn,
    KeyPath(id): KeyPath,
    Body(edit): Body<KeyEdit>,
) -> Result<Response, Failure> {
    let key = account::edit_key(&services, &actor, id, edit).await?;
    Ok(Json(key).into_response())
}

/// `DELETE /api/api-keys/:id`
pub(crate) async fn delete(
    State(services): State<Services>,
    SignedIn(actor): SignedIn,
    KeyPath(id): KeyPath,
) -> Result<Response, Failure> {
    account::delete_key(&services, &actor, id).await?;
    Ok(success())
}
