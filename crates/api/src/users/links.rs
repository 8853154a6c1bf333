//! Password links of users.

use axum::{Json, extract::State};
use domain::users::detail::{IssuedLink, ResetLink};
use service::{
    Services,
    access::{UsersRead, UsersWrite},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    error::ApiError,
    extract::{Allowed, UserPath},
    if_match::IfMatch,
    response::{Created, ShownOnce, SuccessResponse, success},
    state::ApiState,
};

/// Returns the routes of password links.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(
        list_reset_links,
        create_reset_link,
        revoke_reset_links
    ))
}

/// List a user's password links
///
/// The latest five, newest first, with the times at which each was created, opened, used and revoked. The links themselves are
/// not shown.
#[utoipa::path(
    get,
    path = "/api/admin/users/{id}/reset-link",
    tag = "Users",
    responses((status = OK, body = [ResetLink])),
    security(("token" = ["users:read"]))
)]
async fn list_reset_links(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersRead>,
    UserPath(id): UserPath,
) -> Result<Json<Vec<ResetLink>>, ApiError> {
    let links = service::users::reset_links(&services, &authorized, id).await?;
    Ok(Json(links))
}

/// Create a password link for a user
///
/// The link can be used once, within 1 hour. It is in this response, and is not shown again.
#[utoipa::path(
    post,
    path = "/api/admin/users/{id}/reset-link",
    tag = "Users",
    params(IfMatch),
    responses((status = CREATED, body = IssuedLink)),
    security(("token" = ["users:write"]))
)]
async fn create_reset_link(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersWrite>,
    UserPath(id): UserPath,
    if_match: IfMatch,
) -> Result<Created<ShownOnce<Json<IssuedLink>>>, ApiError> {
    let link = service::reset::create_link(&services, &authorized, if_match.target(id)).await;
    let link = if_match.check(link)?;
    Ok(Created::new(ShownOnce(Json(link))))
}

/// Revoke a user's password links
#[utoipa::path(
    delete,
    path = "/api/admin/users/{id}/reset-link",
    tag = "Users",
    params(IfMatch),
    responses((status = OK, body = SuccessResponse)),
    security(("token" = ["users:write"]))
)]
async fn revoke_reset_links(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersWrite>,
    UserPath(id): UserPath,
    if_match: IfMatch,
) -> Result<Json<SuccessResponse>, ApiError> {
    let target = if_match.target(id);
    let revoked = service::reset::revoke_links(&services, &authorized, target, None).await;
    if_match.check(revoked)?;
    Ok(success())
}
