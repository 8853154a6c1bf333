//! Changes, suspensions, deletions and restorations of users.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use domain::{
    error::Entity,
    users::{
        deletion::{Deletion, DeletionPreview},
        detail::UserRef,
        edit::UserEdit,
        suspension::SuspensionDraft,
    },
};
use serde::Deserialize;
use service::{
    Error, Services,
    access::{UsersRead, UsersWrite},
};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    details,
    dto::UserResponse,
    response::{show, show_to},
};
use crate::{
    body::Body,
    error::ApiError,
    extract::{Allowed, Params, UserPath},
    if_match::IfMatch,
    response::{SessionsRevokeResponse, SuccessResponse, success},
    state::ApiState,
};

/// Returns the operations on a single user.
pub(crate) fn operations() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(get, edit, delete))
        .routes(routes!(deletion_preview))
        .routes(routes!(suspend))
        .routes(routes!(unsuspend))
        .routes(routes!(restore))
        .routes(routes!(details::sessions, revoke_sessions))
}

/// Get a user
///
/// A deleted user is not found.
#[utoipa::path(
    get,
    path = "/api/admin/users/{id}",
    operation_id = "getUser",
    tag = "Users",
    responses((status = OK, body = UserResponse)),
    security(("token" = ["users:read"]))
)]
async fn get(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersRead>,
    UserPath(id): UserPath,
) -> Result<Response, ApiError> {
    let user = service::users::get(&services, &authorized, &UserRef::Id(id)).await?;
    // For FOVEA's clients a deleted user does not exist.
    if user.deleted_at.is_some() {
        return Err(Error::NotFound(Entity::User).into());
    }
    Ok(show(user))
}

/// Change a user
///
/// Absent fields stay unchanged, `null` removes a value. If the user has changed since, the request fails with 412 if it has
/// `If-Match`, and with 409 if it has `version` in the body. Without `users:read` the response has only the id and the version.
#[utoipa::path(
    method(put, patch),
    path = "/api/admin/users/{id}",
    operation_id = "updateUser",
    tag = "Users",
    params(IfMatch),
    request_body = UserEdit,
    responses((status = OK, body = UserResponse)),
    security(("token" = ["users:write"]))
)]
async fn edit(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersWrite>,
    UserPath(id): UserPath,
    if_match: IfMatch,
    Body(mut edit): Body<UserEdit>,
) -> Result<Response, ApiError> {
    edit.version = if_match.version_with(edit.version)?;
    let edited = service::users::edit(&services, &authorized, id, edit).await;
    Ok(show_to(&authorized, if_match.check(edited)?, None))
}

/// Query of a deletion.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserDeleteParams {
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
    operation_id = "deleteUser",
    tag = "Users",
    params(UserDeleteParams, IfMatch),
    responses((status = OK, body = SuccessResponse)),
    security(("token" = ["users:write"]))
)]
async fn delete(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersWrite>,
    UserPath(id): UserPath,
    Params(params): Params<UserDeleteParams>,
    if_match: IfMatch,
) -> Result<Response, ApiError> {
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
    operation_id = "previewUserDeletion",
    tag = "Users",
    responses((status = OK, body = DeletionPreview)),
    security(("token" = ["users:read"]))
)]
async fn deletion_preview(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersRead>,
    UserPath(id): UserPath,
) -> Result<Response, ApiError> {
    let preview = service::users::preview(&services, &authorized, id).await?;
    Ok(Json(preview).into_response())
}

/// Suspend a user
///
/// The sessions of the user are revoked at once. Without `users:read` the response has only the id and the version.
#[utoipa::path(
    post,
    path = "/api/admin/users/{id}/suspend",
    operation_id = "suspendUser",
    tag = "Users",
    params(IfMatch),
    request_body = SuspensionDraft,
    responses((status = OK, body = UserResponse)),
    security(("token" = ["users:write"]))
)]
async fn suspend(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersWrite>,
    UserPath(id): UserPath,
    if_match: IfMatch,
    Body(draft): Body<SuspensionDraft>,
) -> Result<Response, ApiError> {
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
    operation_id = "unsuspendUser",
    tag = "Users",
    params(IfMatch),
    responses((status = OK, body = UserResponse)),
    security(("token" = ["users:write"]))
)]
async fn unsuspend(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersWrite>,
    UserPath(id): UserPath,
    if_match: IfMatch,
) -> Result<Response, ApiError> {
    let user = service::users::unsuspend(&services, &authorized, if_match.target(id)).await;
    Ok(show_to(&authorized, if_match.check(user)?, None))
}

/// Restore a deleted user
///
/// Without `users:read` the response has only the id and the version.
#[utoipa::path(
    post,
    path = "/api/admin/users/{id}/restore",
    operation_id = "restoreUser",
    tag = "Users",
    params(IfMatch),
    responses((status = OK, body = UserResponse)),
    security(("token" = ["users:write"]))
)]
async fn restore(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersWrite>,
    UserPath(id): UserPath,
    if_match: IfMatch,
) -> Result<Response, ApiError> {
    let user = service::users::restore(&services, &authorized, if_match.target(id)).await;
    Ok(show_to(&authorized, if_match.check(user)?, None))
}

/// Revoke all sessions of a user
#[utoipa::path(
    delete,
    path = "/api/admin/users/{id}/sessions",
    operation_id = "revokeUserSessions",
    tag = "Users",
    params(IfMatch),
    responses((status = OK, body = SessionsRevokeResponse)),
    security(("token" = ["users:write"]))
)]
async fn revoke_sessions(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersWrite>,
    UserPath(id): UserPath,
    if_match: IfMatch,
) -> Result<Response, ApiError> {
    let target = if_match.target(id);
    let ended = service::users::revoke_sessions(&services, &authorized, target).await;
    let ended = if_match.check(ended)?;
    Ok(SessionsRevokeResponse::answer(ended))
}
