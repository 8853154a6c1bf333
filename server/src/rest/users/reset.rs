//! Password links of users.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use domain::users::detail::IssuedLink;
use service::{Services, access::UsersWrite};

use crate::{
    response::{ApiError, shown_once},
    rest::{
        extract::{Allowed, UserPath},
        response::{SuccessResponse, success},
    },
};

/// Create a password link for a user
///
/// The link can be used once, within 1 hour. It is in this response, and is not shown again.
#[utoipa::path(
    post,
    path = "/api/admin/users/{id}/reset-link",
    operation_id = "createResetLink",
    tag = "Users",
    responses((status = CREATED, body = IssuedLink)),
    security(("token" = ["users:write"]))
)]
pub(crate) async fn create(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersWrite>,
    UserPath(id): UserPath,
) -> Result<Response, ApiError> {
    let link = service::reset::create_link(&services, &authorized, id).await?;
    Ok(shown_once((StatusCode::CREATED, Json(link))))
}

/// Revoke a user's password links
#[utoipa::path(
    delete,
    path = "/api/admin/users/{id}/reset-link",
    operation_id = "revokeResetLinks",
    tag = "Users",
    responses((status = OK, body = SuccessResponse)),
    security(("token" = ["users:write"]))
)]
pub(crate) async fn revoke(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersWrite>,
    UserPath(id): UserPath,
) -> Result<Response, ApiError> {
    service::reset::revoke_links(&services, &authorized, id, None).await?;
    Ok(success())
}
