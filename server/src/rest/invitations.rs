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
    access::{RegistrationsRead, RegistrationsWrite},
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    body::Body,
    extract::{Allowed, Params, UserPath, id_param},
    response::{SuccessResponse, success},
};
use crate::response::{ApiError, shown_once};

/// Page of the list of invitations.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct InvitationListParams {
    #[serde(default)]
    #[param(value_type = Option<uuid::Uuid>)]
    before: Option<String>,
}

/// A page of invitations, newest first.
#[derive(Serialize, ToSchema)]
struct InvitationListResponse {
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
    operation_id = "listInvitations",
    tag = "Registrations",
    params(InvitationListParams),
    responses((status = OK, body = InvitationListResponse)),
    security(("token" = ["registrations:read"]))
)]
pub(crate) async fn list(
    State(services): State<Services>,
    Allowed(authorized): Allowed<RegistrationsRead>,
    Params(page): Params<InvitationListParams>,
) -> Result<Response, ApiError> {
    let before = id_param("before", page.before.as_deref())?;
    let (invitations, more) = service::invitations::list(&services, &authorized, before).await?;
    let next = invitations.last().filter(|_| more).map(|last| last.id);
    Ok(Json(InvitationListResponse { invitations, next }).into_response())
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
