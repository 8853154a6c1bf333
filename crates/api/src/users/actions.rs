//! Actions on a single user: suspension, deletion, restoration and others.

use axum::{Json, extract::State};
use domain::{
    object::present,
    users::{
        deletion::{Deletion, DeletionPreview},
        suspension::SuspensionDraft,
    },
};
use serde::{Deserialize, Serialize};
use service::{
    Services,
    access::{UsersRead, UsersWrite},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::dto::{UserResponse, show_to};
use crate::{
    body::Body,
    error::ApiError,
    extract::{Allowed, Params, UserPath},
    if_match::IfMatch,
    response::{SessionRevokeResponse, SuccessResponse, Versioned, Written, success},
    state::ApiState,
};

/// Returns the routes of the actions.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(delete_user))
        .routes(routes!(preview_user_deletion))
        .routes(routes!(suspend_user))
        .routes(routes!(unsuspend_user))
        .routes(routes!(restore_user))
        .routes(routes!(revoke_user_sessions))
        .routes(routes!(reassign_user_data))
}

/// Query of a deletion.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct UserDeleteParams {
    #[serde(default)]
    #[param(value_type = bool)]
    permanent: Option<String>,
}

impl UserDeleteParams {
    /// Returns whether the deletion is permanent, or an error if the value is neither `true` nor `false`.
    fn is_permanent(&self) -> Result<bool, ApiError> {
        match self.permanent.as_deref() {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(ApiError::of_parameter(
                "permanent",
                "`permanent` must be true or false.",
            )),
        }
    }
}

/// Delete a user
///
/// Deleted users can be restored until the retention period ends; with `permanent=true` the deletion is permanent.
#[utoipa::path(
    delete,
    path = "/api/admin/users/{id}",
    tag = "Users",
    params(UserDeleteParams, IfMatch),
    responses((status = OK, body = SuccessResponse)),
    security(("token" = ["users:write"]))
)]
async fn delete_user(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersWrite>,
    UserPath(id): UserPath,
    Params(params): Params<UserDeleteParams>,
    if_match: IfMatch,
) -> Result<Json<SuccessResponse>, ApiError> {
    let deletion = Deletion {
        permanent: params.is_permanent()?,
        ..Deletion::default()
    };
    let target = if_match.target(id);
    let deleted = service::users::delete(&services, &authorized, target, &deletion).await;
    if_match.check(deleted)?;
    Ok(success())
}

/// Preview the deletion of a user
#[utoipa::path(
    get,
    path = "/api/admin/users/{id}/deletion-preview",
    tag = "Users",
    responses((status = OK, body = DeletionPreview)),
    security(("token" = ["users:read"]))
)]
async fn preview_user_deletion(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersRead>,
    UserPath(id): UserPath,
) -> Result<Json<DeletionPreview>, ApiError> {
    Ok(Json(
        service::users::preview(&services, &authorized, id).await?,
    ))
}

/// Suspend a user
///
/// The sessions of the user are revoked at once. Without `users:read` the response has only the id and the version.
#[utoipa::path(
    post,
    path = "/api/admin/users/{id}/suspend",
    tag = "Users",
    params(IfMatch),
    request_body = SuspensionDraft,
    responses((status = OK, body = UserResponse)),
    security(("token" = ["users:write"]))
)]
async fn suspend_user(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersWrite>,
    UserPath(id): UserPath,
    if_match: IfMatch,
    Body(draft): Body<SuspensionDraft>,
) -> Result<Versioned<Written<UserResponse>>, ApiError> {
    let target = if_match.target(id);
    let user = service::users::suspend(&services, &authorized, target, draft).await;
    Ok(show_to(&authorized, if_match.check(user)?, None))
}

/// Unsuspend a user
///
/// Without `users:read` the response has only the id and the version.
#[utoipa::path(
    post,
    path = "/api/admin/users/{id}/unsuspend",
    tag = "Users",
    params(IfMatch),
    responses((status = OK, body = UserResponse)),
    security(("token" = ["users:write"]))
)]
async fn unsuspend_user(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersWrite>,
    UserPath(id): UserPath,
    if_match: IfMatch,
) -> Result<Versioned<Written<UserResponse>>, ApiError> {
    let user = service::users::unsuspend(&services, &authorized, if_match.target(id)).await;
    Ok(show_to(&authorized, if_match.check(user)?, None))
}

/// Restore a deleted user
///
/// Groups, roles and grants come back with the user. Those that were deleted meanwhile are named in `lost`, if the caller can read them.
/// Without `users:read` the response has only the id and the version.
#[utoipa::path(
    post,
    path = "/api/admin/users/{id}/restore",
    tag = "Users",
    params(IfMatch),
    responses((status = OK, body = UserResponse)),
    security(("token" = ["users:write"]))
)]
async fn restore_user(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersWrite>,
    UserPath(id): UserPath,
    if_match: IfMatch,
) -> Result<Versioned<Written<UserResponse>>, ApiError> {
    let restored = service::users::restore(&services, &authorized, if_match.target(id)).await;
    let restored = if_match.check(restored)?;
    Ok(Versioned {
        version: restored.user.summary.version,
        body: Written::new(restored.into(), authorized.can_read()),
    })
}

/// Revoke all sessions of a user
#[utoipa::path(
    delete,
    path = "/api/admin/users/{id}/sessions",
    tag = "Users",
    params(IfMatch),
    responses((status = OK, body = SessionRevokeResponse)),
    security(("token" = ["users:write"]))
)]
async fn revoke_user_sessions(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersWrite>,
    UserPath(id): UserPath,
    if_match: IfMatch,
) -> Result<Json<SessionRevokeResponse>, ApiError> {
    let target = if_match.target(id);
    let ended = service::users::revoke_sessions(&services, &authorized, target).await;
    let ended = if_match.check(ended)?;
    Ok(Json(SessionRevokeResponse::new(ended)))
}

/// Body that transfers the data of a user to another user.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UserReassignRequest {
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
    /// Number of conversations that were transferred.
    conversations: u64,
}

/// Transfer a user's data to another user
#[utoipa::path(
    post,
    path = "/api/admin/users/{id}/reassign",
    tag = "Users",
    params(IfMatch),
    request_body = UserReassignRequest,
    responses((status = OK, body = UserReassignResponse)),
    security(("token" = ["users:write"]))
)]
async fn reassign_user_data(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersWrite>,
    UserPath(id): UserPath,
    if_match: IfMatch,
    Body(body): Body<UserReassignRequest>,
) -> Result<Json<UserReassignResponse>, ApiError> {
    let from = if_match.target(id);
    let transferred =
        service::users::reassign(&services, &authorized, from, body.to, body.personas).await;
    let transferred = if_match.check(transferred)?;
    Ok(Json(UserReassignResponse {
        success: true,
        personas: transferred.personas,
        conversations: transferred.conversations,
    }))
}
