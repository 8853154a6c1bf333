//! Creation of users.

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    access::{ADMIN_ROLE, USER_ROLE},
    object::{distinct, present},
    users::{create::UserDraft, detail::CreatedUser},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use service::{Services, access::WriteUsers};
use utoipa::ToSchema;

use super::shown::{Shown, show};
use crate::{
    response::Failure,
    rest::{body::Body, extract::Allowed},
};

/// Body that creates a user: FOVEA's fields, and more that Rollcall has.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Create {
    #[schema(min_length = 3, max_length = 50)]
    username: String,
    #[schema(min_length = 1)]
    display_name: String,
    #[serde(default)]
    email: Option<String>,
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(nullable = false)]
    password: Option<String>,
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(nullable = false)]
    is_admin: Option<bool>,
    #[serde(default)]
    roles: Vec<String>,
    #[serde(default, deserialize_with = "distinct")]
    notification_preferences: Map<String, Value>,
    #[serde(default)]
    client_list: Vec<i32>,
}

/// Converts a draft to the body that is sent to a server.
impl From<UserDraft> for Create {
    fn from(draft: UserDraft) -> Self {
        Self {
            username: draft.username,
            display_name: draft.display_name,
            email: Some(draft.email),
            password: draft.password,
            is_admin: None,
            roles: draft.roles,
            notification_preferences: draft.notification_preferences,
            client_list: draft.client_list,
        }
    }
}

/// Create a user
///
/// Without a password the response has a `link` with which the user sets one. It is not shown again.
#[utoipa::path(
    post,
    path = "/api/admin/users",
    tag = "Users",
    request_body = Create,
    responses((status = CREATED, body = Shown, headers(("Location" = String, description = "Where the account is.")))),
    security(("token" = ["users:write"]))
)]
pub(crate) async fn create(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteUsers>,
    Body(body): Body<Create>,
) -> Result<Response, Failure> {
    let mut roles = body.roles;
    let names_admin = roles.iter().any(|role| role.trim() == ADMIN_ROLE);
    // FOVEA sends `isAdmin` instead of roles; if there are both, they have to agree.
    match body.is_admin {
        Some(true) if roles.is_empty() => {
            roles.extend([ADMIN_ROLE.to_owned(), USER_ROLE.to_owned()]);
        }
        Some(admin) if admin != names_admin && !roles.is_empty() => {
            return Err(Failure::invalid(
                "The roles and isAdmin contradict each other.",
            ));
        }
        Some(_) | None => {}
    }
    let draft = UserDraft {
        username: body.username,
        display_name: body.display_name,
        email: body.email.unwrap_or_default(),
        roles,
        password: body.password,
        notification_preferences: body.notification_preferences,
        client_list: body.client_list,
    };
    let CreatedUser { user, link } = service::users::create(&services, &granted, draft).await?;
    let place = HeaderValue::try_from(format!("/api/admin/users/{}", user.summary.id));
    let mut response = (StatusCode::CREATED, show(user, link)).into_response();
    if let Ok(place) = place {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}
