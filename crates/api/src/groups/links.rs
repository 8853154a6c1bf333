//! Links of groups: invitations into them, and password links of their members.

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
};
use domain::{
    invitations::{CreatedInvitation, InvitationDraft},
    users::detail::IssuedLink,
};
use service::{Services, groups::GroupActor};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    body::Body,
    error::ApiError,
    extract::{IdPath, SessionCaller, SignedIn},
    response::{Created, ShownOnce},
    state::ApiState,
};

/// Returns the routes of links.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(invite_into_group))
        .routes(routes!(create_member_reset_link))
}

/// Invite into a group
///
/// The new users become members. The link is in this response, and is not shown again. Also for a user with a session who manages the
/// group, without roles. An access token needs `registrations:write`, too.
#[utoipa::path(
    post,
    path = "/api/admin/groups/{id}/invitations",
    tag = "Groups",
    request_body = InvitationDraft,
    responses((status = CREATED, body = CreatedInvitation)),
    security(("token" = ["groups:write"]))
)]
async fn invite_into_group(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    IdPath(id): IdPath,
    Body(draft): Body<InvitationDraft>,
) -> Result<Created<ShownOnce<Json<CreatedInvitation>>>, ApiError> {
    let actor = GroupActor::writer(&caller)?;
    let created = service::groups::invite(&services, &actor, id, draft).await?;
    Ok(Created::new(ShownOnce(Json(created))))
}

/// Ids of a group and of a member, or the reason why the path cannot be read.
type MemberPath = Result<Path<(Uuid, Uuid)>, PathRejection>;

/// Create a password link for a member of a group
///
/// Only for a user who manages the group, and not for its other managers, nor for existing users that a manager has added. The link can be
/// used once, within 1 hour. It is in this response, and is not shown again.
#[utoipa::path(
    post,
    path = "/api/admin/groups/{id}/members/{user}/reset-link",
    tag = "Groups",
    responses((status = CREATED, body = IssuedLink)),
    security(("session" = []))
)]
async fn create_member_reset_link(
    State(services): State<Services>,
    SessionCaller(caller): SessionCaller,
    both: MemberPath,
) -> Result<Created<ShownOnce<Json<IssuedLink>>>, ApiError> {
    let Path((group, user)) = both
        .map_err(|_| ApiError::invalid("params/id and params/user must match format \"uuid\""))?;
    let link = service::groups::create_reset_link(&services, &caller, group, user).await?;
    Ok(Created::new(ShownOnce(Json(link))))
}
