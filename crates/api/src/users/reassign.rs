//! Transfers of a user's data to another user.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use domain::object::present;
use serde::{Deserialize, Serialize};
use service::{Services, access::UsersWrite};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    body::Body,
    error::ApiError,
    extract::{Allowed, UserPath},
    if_match::IfMatch,
};

/// Body that transfers the data of a user to another user.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserReassignRequest {
    to: Uuid,
    /// Expected number of personas. If there are more or fewer, nothing is done.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    personas: Option<i64>,
}

/// Result of a transfer.
#[derive(Serialize, ToSchema)]
struct UserReassignResponse {
    success: bool,
    /// Number of personas that were transferred, each with the data that belongs to it.
    personas: u64,
}

/// Transfer a user's data to another user
#[utoipa::path(
    post,
    path = "/api/admin/users/{id}/reassign",
    operation_id = "reassignUserData",
    tag = "Users",
    params(IfMatch),
    request_body = UserReassignRequest,
    responses((status = OK, body = UserReassignResponse)),
    security(("token" = ["users:write"]))
)]
pub(crate) async fn reassign(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersWrite>,
    UserPath(id): UserPath,
    if_match: IfMatch,
    Body(body): Body<UserReassignRequest>,
) -> Result<Response, ApiError> {
    let from = if_match.target(id);
    let personas =
        service::users::reassign(&services, &authorized, from, body.to, body.personas).await;
    let personas = if_match.check(personas)?;
    let success = true;
    Ok(Json(UserReassignResponse { success, personas }).into_response())
}
