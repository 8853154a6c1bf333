//! Lookup of a user.

use axum::{extract::State, response::Response};
use domain::{problem::Problem, users::detail::UserRef};
use serde::Deserialize;
use service::{Services, access::ReadUsers};
use utoipa::IntoParams;

use super::shown::show;
use crate::{
    dto::users::Shown,
    response::Failure,
    rest::extract::{Allowed, Params},
};

/// Query of a lookup.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Find {
    /// A username, a number or an id. Digits alone are a username first; `username:112` and `number:112` are explicit.
    person: String,
}

/// Find a user
///
/// By number, id or username, deleted or not.
#[utoipa::path(
    get,
    path = "/api/admin/users/find",
    tag = "Users",
    params(Find),
    responses(
        (status = OK, body = Shown),
        (status = NOT_FOUND, body = Problem)
    ),
    security(("token" = ["users:read"]))
)]
pub(crate) async fn find(
    State(services): State<Services>,
    Allowed(granted): Allowed<ReadUsers>,
    Params(Find { person }): Params<Find>,
) -> Result<Response, Failure> {
    let person = UserRef::parse(&person);
    let user = service::users::get(&services, &granted, &person).await?;
    Ok(show(user, None))
}
