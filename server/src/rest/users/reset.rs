//! Password links of users.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use domain::users::detail::IssuedLink;
use service::{Services, access::WriteUsers};

use crate::{
    response::{Failure, shown_once},
    rest::{
        done::{Success, success},
        extract::{Allowed, UserPath},
    },
};

/// Create a password link for a user
///
/// The link can be used once, within 1 hour. It is in this response, and is not shown again.
#[utoipa::path(
    post,
    path = "/api/admin/users/{id}/reset-link",
    tag = "Users",
    responses((status = CREATED, body = IssuedLink)),
    security(("token" = ["users:write"]))
)]
pub(crate) async fn create(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteUsers>,
    UserPath(id): UserPath,
) -> Result<Response, Failure> {
    let link = service::reset::create_link(&services, &granted, id).await?;
    Ok(shown_once((StatusCode::CREATED, Json(link))))
}

/// Revoke a user's password links
#[utoipa::path(
    delete,
    path = "/api/admin/users/{id}/reset-link",
    tag = "Users",
    responses((status = OK, body = Success)),
    security(("token" = ["users:write"]))
)]
pub(crate) async fn revoke(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteUsers>,
    UserPath(id): UserPath,
) -> Result<Response, Failure> {
    service::reset::revoke_links(&services, &granted, id, None).await?;
    Ok(success())
}
