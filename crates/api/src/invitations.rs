//! Invitations.

use axum::{Json, extract::State};
use domain::{
    invitations::{CreatedInvitation, INVITATIONS_ORDER, Invitation, InvitationDraft},
    list::{Limits, UnfilteredParams},
    users::detail::IssuedLink,
};
use service::{
    Error, Services,
    access::{RegistrationsRead, RegistrationsWrite},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::Body,
    error::ApiError,
    extract::{Allowed, Params, UserPath},
    page::PageResponse,
    response::{Created, ShownOnce, SuccessResponse, success},
    state::ApiState,
};

/// Returns the routes of invitations.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_invitations, create_invitation))
        .routes(routes!(resend_invitation))
        .routes(routes!(revoke_invitation))
}

/// List invitations
///
/// Newest first.
#[utoipa::path(
    get,
    path = "/api/admin/invitations",
    tag = "Registrations",
    params(UnfilteredParams),
    responses((status = OK, body = [Invitation])),
    security(("token" = ["registrations:read"]))
)]
async fn list_invitations(
    State(services): State<Services>,
    Allowed(authorized): Allowed<RegistrationsRead>,
    Params(params): Params<UnfilteredParams>,
) -> Result<PageResponse<Invitation>, ApiError> {
    let query = params
        .parse(Limits::API, INVITATIONS_ORDER)
        .map_err(Error::from)?;
    let invitations = service::invitations::list(&services, &authorized, &query).await?;
    Ok(PageResponse::new(
        invitations.page,
        "/api/admin/invitations",
        &params,
    ))
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
async fn create_invitation(
    State(services): State<Services>,
    Allowed(authorized): Allowed<RegistrationsWrite>,
    Body(draft): Body<InvitationDraft>,
) -> Result<Created<ShownOnce<Json<CreatedInvitation>>>, ApiError> {
    let created = service::invitations::create(&services, &authorized, draft).await?;
    Ok(Created::new(ShownOnce(Json(created))))
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
async fn resend_invitation(
    State(services): State<Services>,
    Allowed(authorized): Allowed<RegistrationsWrite>,
    UserPath(id): UserPath,
) -> Result<Created<ShownOnce<Json<IssuedLink>>>, ApiError> {
    let link = service::invitations::resend(&services, &authorized, id).await?;
    Ok(Created::new(ShownOnce(Json(link))))
}

/// Revoke an invitation
///
/// Its link stops working.
#[utoipa::path(
    delete,
    path = "/api/admin/invitations/{id}",
    tag = "Registrations",
    responses((status = OK, body = SuccessResponse)),
    security(("token" = ["registrations:write"]))
)]
async fn revoke_invitation(
    State(services): State<Services>,
    Allowed(authorized): Allowed<RegistrationsWrite>,
    UserPath(id): UserPath,
) -> Result<Json<SuccessResponse>, ApiError> {
    service::invitations::revoke(&services, &authorized, id).await?;
    Ok(success())
}
