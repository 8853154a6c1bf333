//! Invitations.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{
    invitations::{CreatedInvitation, Invitation, InvitationDraft},
    users::detail::IssuedLink,
};
use serde::{Deserialize, Serialize};
use service::{
    Services,
    access::{ReadRegistrations, WriteRegistrations},
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    body::Body,
    done::{Success, success},
    extract::{Allowed, Params, UserPath},
};
use crate::response::{Failure, shown_once};

/// Page of the list of invitations.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Page {
    #[serde(default)]
    before: Option<Uuid>,
}

/// A page of invitations, newest first.
#[derive(Serialize, ToSchema)]
struct Invitations {
    invitations: Vec<Invitation>,
    /// The `before` of the next page, if there is one.
    next: Option<Uuid>,
}

/// List invitations
///
/// Newest first, fifty per page; `next` is the `before` of the next page.
#[utoipa::path(
    get,
    path = "/api/admin/invitations",
    tag = "Registrations",
    params(Page),
    responses((status = OK, body = Invitations)),
    security(("token" = ["registrations:read"]))
)]
pub(crate) async fn list(
    State(services): State<Services>,
    Allowed(granted): Allowed<ReadRegistrations>,
    Params(page): Params<Page>,
) -> Result<Response, Failure> {
    let (invitations, more) = service::invitations::list(&services, &granted, page.before).await?;
    let next = invitations.last().filter(|_| more).map(|last| last.id);
    Ok(Json(Invitations { invitations, next }).into_response())
}

/// Create an invitation
///
/// The link is in this response, and is not shown again.
#[utoipa::path(
    post,
    path = "/api/admin/invitations",
    tag = "Registrations",
    request_body = InvitationDraft,
    responses((status = CREATED, body = CreatedInvitation)),
    security(("token" = ["registrations:write"]))
)]
pub(crate) async fn create(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteRegistrations>,
    Body(draft): Body<InvitationDraft>,
) -> Result<Response, Failure> {
    let created = service::invitations::create(&services, &granted, draft).await?;
    Ok(shown_once((StatusCode::CREATED, Json(created))))
}

/// Replace the link of an invitation
///
/// The previous link stops working.
#[utoipa::path(
    post,
    path = "/api/admin/invitations/{id}/resend",
    tag = "Registrations",
    responses((status = CREATED, body = IssuedLink)),
    security(("token" = ["registrations:write"]))
)]
pub(crate) async fn resend(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteRegistrations>,
    UserPath(id): UserPath,
) -> Result<Response, Failure> {
    let link = service::invitations::resend(&services, &granted, id).await?;
    Ok(shown_once((StatusCode::CREATED, Json(link))))
}

/// Revoke an invitation
///
/// Its link stops working.
#[utoipa::path(
    delete,
    path = "/api/admin/invitations/{id}",
    tag = "Registrations",
    responses((status = OK, body = Success)),
    security(("token" = ["registrations:write"]))
)]
pub(crate) async fn revoke(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteRegistrations>,
    UserPath(id): UserPath,
) -> Result<Response, Failure> {
    service::invitations::revoke(&services, &granted, id).await?;
    Ok(success())
}
