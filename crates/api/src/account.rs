//! The caller's own account.

use axum::{Json, extract::State};
use domain::account::{OwnEdit, OwnSession};
use serde::Deserialize;
use service::{Services, account};
use tower_sessions::Session;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::Body,
    error::ApiError,
    extract::{SessionCaller, SessionPath, SignedIn},
    file::Download,
    if_match::IfMatch,
    response::{SessionRevokeResponse, SuccessResponse, Versioned, success},
    site::FromThisSite,
    state::ApiState,
    users::dto::{UserResponse, show},
};

/// Returns the routes of the own account.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(delete_account))
        .routes(routes!(get_profile, update_profile))
        .routes(routes!(export_account))
        .routes(routes!(list_own_sessions, revoke_other_sessions))
        .routes(routes!(revoke_own_session))
}

/// Get your account
#[utoipa::path(
    get,
    path = "/api/user/profile",
    tag = "Own account",
    responses((status = OK, body = UserResponse)),
    security(("token" = ["account"]))
)]
async fn get_profile(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
) -> Result<Versioned<Json<UserResponse>>, ApiError> {
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
    tag = "Own account",
    params(IfMatch),
    request_body = OwnEdit,
    responses((status = OK, body = UserResponse)),
    security(("session" = []))
)]
async fn update_profile(
    State(services): State<Services>,
    SessionCaller(caller): SessionCaller,
    session: Session,
    if_match: IfMatch,
    Body(mut edit): Body<OwnEdit>,
) -> Result<Versioned<Json<UserResponse>>, ApiError> {
    edit.version = if_match.version_with(edit.version)?;
    let edited = account::edit(&services, &caller, &session, edit).await;
    Ok(show(if_match.check(edited)?))
}

/// Download all of your data
#[utoipa::path(
    get,
    path = "/api/user/export",
    tag = "Own account",
    responses((status = OK, body = Object)),
    security(("session" = []))
)]
async fn export_account(
    State(services): State<Services>,
    SessionCaller(caller): SessionCaller,
    _: FromThisSite,
) -> Result<Download, ApiError> {
    Ok(account::export(&services, &caller).await?.into())
}

/// Body that deletes your account.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AccountDeleteRequest {
    #[serde(default)]
    current_password: String,
}

/// Delete your account
///
/// Requires `currentPassword`.
#[utoipa::path(
    delete,
    path = "/api/user",
    tag = "Own account",
    params(IfMatch),
    request_body = AccountDeleteRequest,
    responses((status = OK, body = SuccessResponse)),
    security(("session" = []))
)]
async fn delete_account(
    State(services): State<Services>,
    SessionCaller(caller): SessionCaller,
    if_match: IfMatch,
    Body(body): Body<AccountDeleteRequest>,
) -> Result<Json<SuccessResponse>, ApiError> {
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
    tag = "Own account",
    responses((status = OK, body = [OwnSession])),
    security(("token" = ["account"]))
)]
async fn list_own_sessions(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
) -> Result<Json<Vec<OwnSession>>, ApiError> {
    Ok(Json(account::sessions(&services, &caller).await?))
}

/// Revoke one of your sessions
#[utoipa::path(
    delete,
    path = "/api/sessions/{id}",
    tag = "Own account",
    responses((status = OK, body = SuccessResponse)),
    security(("session" = []))
)]
async fn revoke_own_session(
    State(services): State<Services>,
    SessionCaller(caller): SessionCaller,
    SessionPath(id): SessionPath,
) -> Result<Json<SuccessResponse>, ApiError> {
    account::revoke_session(&services, &caller, id).await?;
    Ok(success())
}

/// Revoke all of your other sessions
#[utoipa::path(
    delete,
    path = "/api/sessions",
    tag = "Own account",
    responses((status = OK, body = SessionRevokeResponse)),
    security(("session" = []))
)]
async fn revoke_other_sessions(
    State(services): State<Services>,
    SessionCaller(caller): SessionCaller,
) -> Result<Json<SessionRevokeResponse>, ApiError> {
    let ended = account::revoke_other_sessions(&services, &caller).await?;
    Ok(Json(SessionRevokeResponse::new(ended)))
}
