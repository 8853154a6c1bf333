//! Invitations.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::invitations::InvitationDraft;
use serde::Deserialize;
use serde_json::json;
use service::{
    Services,
    access::{ReadRegistrations, WriteRegistrations},
};
use uuid::Uuid;

use super::{Allowed, Failure, Params, UserPath, body::Body, shown_once};

/// Which page of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Page {
    #[serde(default)]
    before: Option<Uuid>,
}

/// `GET /api/admin/invitations`: the newest first, fifty at a time; `next` is the `before` of the page that follows.
pub(crate) async fn list(
    State(services): State<Services>,
    Allowed(granted): Allowed<ReadRegistrations>,
    Params(page): Params<Page>,
) -> Result<Response, Failure> {
    let (invitations, more) = service::invitations::list(&services, &granted, page.before).await?;
    let next = invitations.last().filter(|_| more).map(|last| last.id);
    Ok(Json(json!({ "invitations": invitations, "next": next })).into_response())
}

/// `POST /api/admin/invitations`: the answer has the link, which is shown nowhere else.
pub(crate) async fn create(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteRegistrations>,
    Body(draft): Body<InvitationDraft>,
) -> Result<Response, Failure> {
    let created = service::invitations::create(&services, &granted, draft).await?;
    Ok(shown_once((StatusCode::CREATED, Json(created))))
}

/// `POST /api/admin/invitations/:id/resend`: another link; the one before ceases to work.
pub(crate) async fn resend(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteRegistrations>,
    UserPath(id): UserPath,
) -> Result<Response, Failure> {
    let link = service::invitations::resend(&services, &granted, id).await?;
    Ok(shown_once((StatusCode::CREATED, Json(link))))
}

/// `DELETE /api/admin/invitations/:id`: its link ceases to work.
pub(crate) async fn revoke(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteRegistrations>,
    UserPath(id): UserPath,
) -> Result<Response, Failure> {
    service::invitations::revoke(&services, &granted, id).await?;
    Ok(Json(json!({ "success": true })).into_response())
}
