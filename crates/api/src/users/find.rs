//! Lookup of a user.

use axum::{extract::State, response::Response};
use domain::{problem::Problem, users::detail::UserRef};
use serde::Deserialize;
use service::{Services, access::UsersRead};
use utoipa::IntoParams;

use super::{dto::UserResponse, response::show};
use crate::{
    error::ApiError,
    extract::{Allowed, Params},
};

/// Query of a lookup.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserFindParams {
    /// A username, a number or an id. Digits alone are a username first; `username:112` and `number:112` are explicit.
    #[serde(default)]
    #[param(required = true)]
    user: String,
}

/// Find a user
///
/// By number, id or username, deleted or not.
#[utoipa::path(
    get,
    path = "/api/admin/users/find",
    operation_id = "findUser",
    tag = "Users",
    params(UserFindParams),
    responses(
        (status = OK, body = UserResponse),
        (status = NOT_FOUND, body = Problem)
    ),
    security(("token" = ["users:read"]))
)]
pub(crate) async fn find(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersRead>,
    Params(UserFindParams { user }): Params<UserFindParams>,
) -> Result<Response, ApiError> {
    if user.trim().is_empty() {
        let message = "`user` must be a username, a number or an ID.";
        return Err(ApiError::of_parameter("user", message));
    }
    let user = UserRef::parse(&user);
    let user = service::users::get(&services, &authorized, &user).await?;
    Ok(show(user))
}
