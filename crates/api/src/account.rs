//! The caller's own account.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use domain::account::{OwnEdit, OwnSession};
use serde::Deserialize;
use service::{Services, account};
use tower_sessions::Session;
use utoipa::ToSchema;

use crate::{
    body::Body,
    error::ApiError,
    extract::{SessionCaller, SessionPath, SignedIn},
    if_match::IfMatch,
    response::{SessionsRevokeResponse, SuccessResponse, success},
    site::FromThisSite,
    users::{dto::UserResponse, export::file, response::show},
};

/// Get your account
#[utoipa::path(
    get,
    path = "/api/user/profile",
    operation_id = "getProfile",
    tag = "Own account",
    responses((status = OK, body = UserResponse)),
    security(("token" = ["account"]))
)]
pub(crate) async fn get(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
) -> Result<Response, ApiError> {
    let user = account::get(&services, &caller).await?;
    Ok(show(user))
}

/// Change your account
///
/// Absent fields stay unchanged, `null` removes a value. A new email address or password requires `currentPassword`. A new
/// password revokes all other sessions and replaces the cookie of this one. If the account has changed since, the request fails
/// with 412 if it has `If-Match`, and with 409 if it has `version` in the body.
#[utoipa::path(
    method(put, patch),
    path = "/api/user/profile",
    operation_id = "updateProfile",
    tag = "Own account",
    params(IfMatch),
    request_body = OwnEdit,
    responses((status = OK, body = UserResponse)),
    security(("session" = []))
)]
pub(crate) async fn edit(
    State(services): State<Services>,
    SessionCaller(caller): SessionCaller,
    session: Session,
    if_match: IfMatch,
    Body(mut edit): Body<OwnEdit>,
) -> Result<Response, ApiError> {
    edit.version = if_match.version_with(edit.version)?;
    let edited = account::edit(&services, &caller, &session, edit).await;
    Ok(show(if_match.check(edited)?))
}

/// Download all of your data
#[utoipa::path(
    get,
    path = "/api/user/export",
    operation_id = "exportAccount",
    tag = "Own account",
    responses((status = OK, body = Object)),
    security(("session" = []))
)]
pub(crate) async fn export(
    State(services): State<Services>,
    SessionCaller(caller): SessionCaller,
    _: FromThisSite,
) -> Result<Response, ApiError> {
    Ok(file(account::export(&services, &caller).await?))
}

/// Body that deletes your account.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AccountDeleteRequest {
    #[serde(default)]
    current_password: String,
}

/// Delete your account
///
/// Requires `currentPassword`.
#[utoipa::path(
    delete,
    path = "/api/user",
    operation_id = "deleteAccount",
    tag = "Own account",
    params(IfMatch),
    request_body = AccountDeleteRequest,
    responses((status = OK, body = SuccessResponse)),
    security(("session" = []))
)]
pub(crate) async fn delete(
    State(services): State<Services>,
    SessionCaller(caller): SessionCaller,
    if_match: IfMatch,
    Body(body): Body<AccountDeleteRequest>,
) -> Result<Response, ApiError> {
    let (password, version) = (&body.current_password, if_match.version());
    let deleted = account::delete(&services, &caller, password, version, None).await;
    if_match.check(deleted)?;
    Ok(success())
}

/// List your sessions
///
/// Latest first.
#[utoipa::path(
    get,
    path = "/api/sessions",
    operation_id = "listOwnSessions",
    tag = "Own account",
    responses((status = OK, body = [OwnSession])),
    security(("token" = ["account"]))
)]
pub(crate) async fn sessions(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
) -> Result<Response, ApiError> {
    Ok(Json(account::sessions(&services, &caller).await?).into_response())
}

/// Revoke one of your sessions
#[utoipa::path(
    delete,
    path = "/api/sessions/{id}",
    operation_id = "revokeOwnSession",
    tag = "Own account",
    responses((status = OK, body = SuccessResponse)),
    security(("session" = []))
)]
pub(crate) async fn revoke_session(
    State(services): State<Services>,
    SessionCaller(caller): SessionCaller,
    SessionPath(id): SessionPath,
) -> Result<Response, ApiError> {
    account::revoke_session(&services, &caller, id).await?;
    Ok(success())
}

/// Revoke all of your other sessions
#[utoipa::path(
    delete,
    path = "/api/sessions",
    operation_id = "revokeOtherSessions",
    tag = "Own account",
    responses((status = OK, body = SessionsRevokeResponse)),
    security(("session" = []))
)]
pub(crate) async fn revoke_other_sessions(
    State(services): State<Services>,
    SessionCaller(caller): SessionCaller,
) -> Result<Response, ApiError> {
    let ended = account::revoke_other_sessions(&services, &caller).await?;
    Ok(SessionsRevokeResponse::answer(ended))
}
