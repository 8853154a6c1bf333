//! Changes, suspensions, deletions and restorations of users.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use domain::{
    object::present,
    users::{
        bulk::{BulkOutcome, BulkRequest},
        deletion::{Deletion, DeletionPreview},
        detail::UserRef,
        edit::UserEdit,
        suspension::SuspensionDraft,
    },
};
use serde::{Deserialize, Serialize};
use service::{
    Error, Services,
    access::{ReadUsers, WriteUsers},
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::shown::{Wanted, show, show_to};
use crate::{
    dto::users::Shown,
    response::Failure,
    rest::{
        body::Body,
        done::{Ended, Success, success},
        extract::{Allowed, Params, UserPath},
    },
};

/// Get a user
///
/// A deleted user is not found.
#[utoipa::path(
    get,
    path = "/api/admin/users/{id}",
    tag = "Users",
    responses((status = OK, body = Shown)),
    security(("token" = ["users:read"]))
)]
pub(crate) async fn get(
    State(services): State<Services>,
    Allowed(granted): Allowed<ReadUsers>,
    UserPath(id): UserPath,
) -> Result<Response, Failure> {
    let user = service::users::get(&services, &granted, &UserRef::Id(id)).await?;
    // For FOVEA's clients a deleted user does not exist.
    if user.deleted_at.is_some() {
        return Err(Error::NotFound("User not found").into());
    }
    Ok(show(user, None))
}

/// Change a user
///
/// Absent fields stay unchanged, `null` removes a value. If the user has changed since, the request fails with 412 if it has
/// `If-Match`, and with 409 if it has `version` in the body. Without `users:read` the response has only the id and the version.
#[utoipa::path(
    method(put, patch),
    path = "/api/admin/users/{id}",
    tag = "Users",
    params(Wanted),
    request_body = UserEdit,
    responses((status = OK, body = Shown)),
    security(("token" = ["users:write"]))
)]
pub(crate) async fn edit(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteUsers>,
    UserPath(id): UserPath,
    wanted: Wanted,
    Body(mut edit): Body<UserEdit>,
) -> Result<Response, Failure> {
    edit.version = wanted.version().or(edit.version);
    let edited = service::users::edit(&services, &granted, id, edit).await;
    wanted.answer_to(&granted, edited)
}

/// Query of a deletion.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeleteParams {
    #[serde(default)]
    permanent: bool,
}

/// Delete a user
///
/// Deleted users can be restored until the retention period ends; with `permanent=true` the deletion is permanent.
#[utoipa::path(
    delete,
    path = "/api/admin/users/{id}",
    tag = "Users",
    params(DeleteParams),
    responses((status = OK, body = Success)),
    security(("token" = ["users:write"]))
)]
pub(crate) async fn delete(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteUsers>,
    UserPath(id): UserPath,
    Params(params): Params<DeleteParams>,
) -> Result<Response, Failure> {
    let deletion = Deletion {
        permanent: params.permanent,
        ..Deletion::default()
    };
    service::users::delete(&services, &granted, id, &deletion).await?;
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
pub(crate) async fn deletion_preview(
    State(services): State<Services>,
    Allowed(granted): Allowed<ReadUsers>,
    UserPath(id): UserPath,
) -> Result<Response, Failure> {
    let preview = service::users::preview(&services, &granted, id).await?;
    Ok(Json(preview).into_response())
}

/// Suspend a user
///
/// The sessions of the user are revoked at once. Without `users:read` the response has only the id and the version.
#[utoipa::path(
    post,
    path = "/api/admin/users/{id}/suspend",
    tag = "Users",
    request_body = SuspensionDraft,
    responses((status = OK, body = Shown)),
    security(("token" = ["users:write"]))
)]
pub(crate) async fn suspend(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteUsers>,
    UserPath(id): UserPath,
    Body(draft): Body<SuspensionDraft>,
) -> Result<Response, Failure> {
    let user = service::users::suspend(&services, &granted, id, draft).await;
    Ok(show_to(&granted, user?))
}

/// Unsuspend a user
///
/// Without `users:read` the response has only the id and the version.
#[utoipa::path(
    post,
    path = "/api/admin/users/{id}/unsuspend",
    tag = "Users",
    responses((status = OK, body = Shown)),
    security(("token" = ["users:write"]))
)]
pub(crate) async fn unsuspend(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteUsers>,
    UserPath(id): UserPath,
) -> Result<Response, Failure> {
    let user = service::users::unsuspend(&services, &granted, id).await;
    Ok(show_to(&granted, user?))
}

/// Restore a deleted user
///
/// Without `users:read` the response has only the id and the version.
#[utoipa::path(
    post,
    path = "/api/admin/users/{id}/restore",
    tag = "Users",
    responses((status = OK, body = Shown)),
    security(("token" = ["users:write"]))
)]
pub(crate) async fn restore(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteUsers>,
    UserPath(id): UserPath,
) -> Result<Response, Failure> {
    let user = service::users::restore(&services, &granted, id).await;
    Ok(show_to(&granted, user?))
}

/// Revoke all sessions of a user
#[utoipa::path(
    delete,
    path = "/api/admin/users/{id}/sessions",
    tag = "Users",
    responses((status = OK, body = Ended)),
    security(("token" = ["users:write"]))
)]
pub(crate) async fn end_sessions(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteUsers>,
    UserPath(id): UserPath,
) -> Result<Response, Failure> {
    let ended = service::users::end_sessions(&services, &granted, id).await?;
    Ok(Ended::answer(ended))
}

/// Body that transfers the data of a user to another user.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reassign {
    to: Uuid,
    /// Expected number of personas. If there are more or fewer, nothing is done.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    personas: Option<i64>,
}

/// Result of a transfer.
#[derive(Serialize, ToSchema)]
struct Reassigned {
    success: bool,
    /// Number of personas that were transferred, each with the data that belongs to it.
    personas: u64,
}

/// Transfer a user's data to another user
#[utoipa::path(
    post,
    path = "/api/admin/users/{id}/reassign",
    tag = "Users",
    request_body = Reassign,
    responses((status = OK, body = Reassigned)),
    security(("token" = ["users:write"]))
)]
pub(crate) async fn reassign(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteUsers>,
    UserPath(id): UserPath,
    Body(body): Body<Reassign>,
) -> Result<Response, Failure> {
    let personas =
        service::users::reassign(&services, &granted, id, body.to, body.personas).await?;
    let success = true;
    Ok(Json(Reassigned { success, personas }).into_response())
}

/// Change several users at once
///
/// Without `expected` nothing is changed: the response is a preview.
#[utoipa::path(
    post,
    path = "/api/admin/users/bulk",
    tag = "Users",
    request_body = BulkRequest,
    responses((status = OK, body = BulkOutcome)),
    security(("token" = ["users:write"]))
)]
pub(crate) async fn bulk(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteUsers>,
    Body(request): Body<BulkRequest>,
) -> Result<Response, Failure> {
    let outcome = service::users::bulk(&services, &granted, request).await?;
    Ok(Json(outcome).into_response())
}
