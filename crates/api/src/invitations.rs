//! Invitations.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use domain::{
    invitations::{CreatedInvitation, INVITATIONS_ORDER, Invitation, InvitationDraft},
    list::{Limits, UnfilteredParams},
    users::detail::IssuedLink,
};
use service::{
    Error, Services,
    access::{RegistrationsRead, RegistrationsWrite},
};

use crate::{
    body::Body,
    error::ApiError,
    extract::{Allowed, Params, UserPath},
    page::respond,
    response::{SuccessResponse, shown_once, success},
};

/// List invitations
///
/// Newest first.
#[utoipa::path(
    get,
    path = "/api/admin/invitations",
    operation_id = "listInvitations",
    tag = "Registrations",
    params(UnfilteredParams),
    responses((status = OK, body = [Invitation])),
    security(("token" = ["registrations:read"]))
)]
pub(crate) async fn list(
    State(services): State<Services>,
    Allowed(authorized): Allowed<RegistrationsRead>,
    Params(params): Params<UnfilteredParams>,
) -> Result<Response, ApiError> {
    let query = params
        .parse(Limits::API, INVITATIONS_ORDER)
        .map_err(Error::from)?;
    let invitations = service::invitations::list(&services, &authorized, &query).await?;
    Ok(respond(invitations.page, "/api/admin/invitations", &params))
}

/// Create an invitation
///
/// The link is in this response, and is not shown again.
#[utoipa::path(
    post,
    path = "/api/admin/invitations",
    operation_id = "createInvitation",
    tag = "Registrations",
    request_body = InvitationDraft,
    responses((status = CREATED, body = CreatedInvitation)),
    security(("token" = ["registrations:write"]))
)]
pub(crate) async fn create(
    State(services): State<Services>,
    Allowed(authorized): Allowed<RegistrationsWrite>,
    Body(draft): Body<InvitationDraft>,
) -> Result<Response, ApiError> {
    let created = service::invitations::create(&services, &authorized, draft).await?;
    Ok(shown_once((StatusCode::CREATED, Json(created))))
}

/// Replace the link of an invitation
///
/// The previous link stops working.
#[utoipa::path(
    post,
    path = "/api/admin/invitations/{id}/resend",
    operation_id = "resendInvitation",
    tag = "Registrations",
    responses((status = CREATED, body = IssuedLink)),
    security(("token" = ["registrations:write"]))
)]
pub(crate) async fn resend(
    State(services): State<Services>,
    Allowed(authorized): Allowed<RegistrationsWrite>,
    UserPath(id): UserPath,
) -> Result<Response, ApiError> {
    let link = service::invitations::resend(&services, &authorized, id).await?;
    Ok(shown_once((StatusCode::CREATED, Json(link))))
}

/// Revoke an invitation
///
/// Its link stops working.
#[utoipa::path(
    delete,
    path = "/api/admin/invitations/{id}",
    operation_id = "revokeInvitation",
    tag = "Registrations",
    responses((status = OK, body = SuccessResponse)),
    security(("token" = ["registrations:write"]))
)]
pub(crate) async fn revoke(
    State(services): State<Services>,
    Allowed(authorized): Allowed<RegistrationsWrite>,
    UserPath(id): UserPath,
) -> Result<Response, ApiError> {
    service::invitations::revoke(&services, &authorized, id).await?;
    Ok(success())
}
