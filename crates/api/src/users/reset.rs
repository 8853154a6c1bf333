//! Password links of users.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use domain::users::detail::IssuedLink;
use service::{Services, access::UsersWrite};

use crate::{
    error::ApiError,
    extract::{Allowed, UserPath},
    if_match::IfMatch,
    response::{SuccessResponse, shown_once, success},
};

/// Create a password link for a user
///
/// The link can be used once, within 1 hour. It is in this response, and is not shown again.
#[utoipa::path(
    post,
    path = "/api/admin/users/{id}/reset-link",
    operation_id = "createResetLink",
    tag = "Users",
    params(IfMatch),
    responses((status = CREATED, body = IssuedLink)),
    security(("token" = ["users:write"]))
)]
pub(crate) async fn create(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersWrite>,
    UserPath(id): UserPath,
    if_match: IfMatch,
) -> Result<Response, ApiError> {
    let link = service::reset::create_link(&services, &authorized, if_match.target(id)).await;
    let link = if_match.check(link)?;
    Ok(shown_once((StatusCode::CREATED, Json(link))))
}

/// Revoke a user's password links
#[utoipa::path(
    delete,
    path = "/api/admin/users/{id}/reset-link",
    operation_id = "revokeResetLinks",
    tag = "Users",
    params(IfMatch),
    responses((status = OK, body = SuccessResponse)),
    security(("token" = ["users:write"]))
)]
pub(crate) async fn revoke(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersWrite>,
    UserPath(id): UserPath,
    if_match: IfMatch,
) -> Result<Response, ApiError> {
    let target = if_match.target(id);
    let revoked = service::reset::revoke_links(&services, &authorized, target, None).await;
    if_match.check(revoked)?;
    Ok(success())
}
