//! Creation of users.

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::users::{create::UserDraft, detail::CreatedUser};
use service::{Services, access::UsersWrite};

use super::{
    dto::{UserCreateRequest, UserResponse},
    response::show_to,
};
use crate::{body::Body, error::ApiError, extract::Allowed};

/// Create a user
///
/// Without a password the response has a one-time `link` to set one. It is not shown again. Without `users:read` the response
/// has only the id, the version and the link.
#[utoipa::path(
    post,
    path = "/api/admin/users",
    operation_id = "createUser",
    tag = "Users",
    request_body = UserCreateRequest,
    responses((status = CREATED, body = UserResponse, headers(("Location" = String, description = "URL of the user")))),
    security(("token" = ["users:write"]))
)]
pub(crate) async fn create(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersWrite>,
    Body(body): Body<UserCreateRequest>,
) -> Result<Response, ApiError> {
    let draft = UserDraft {
        username: body.username,
        display_name: body.display_name,
        email: body.email.unwrap_or_default(),
        roles: body.roles,
        // FOVEA sends this instead of roles.
        is_admin: body.is_admin,
        password: body.password,
        notification_preferences: body.notification_preferences,
        client_list: body.client_list,
    };
    let CreatedUser { user, link } = service::users::create(&services, &authorized, draft).await?;
    let location = HeaderValue::try_from(format!("/api/admin/users/{}", user.summary.id));
    let shown = show_to(&authorized, user, link);
    let mut response = (StatusCode::CREATED, shown).into_response();
    if let Ok(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}
