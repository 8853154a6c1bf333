//! Registration, and the decision on pending registrations.

use axum::{
    Extension, Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{
    credentials::AccountDraft,
    list::Limits,
    object::present,
    registrations::{DecisionDraft, Registration, list::RegistrationParams},
};
use serde::{Deserialize, Serialize};
use service::{
    Error, Services,
    access::{Origin, RegistrationsRead, RegistrationsWrite},
};
use utoipa::ToSchema;

use super::{
    auth::UserBriefResponse,
    body::{Body, OptionalBody},
    extract::{Allowed, NoToken, Params, UserPath},
    if_match::IfMatch,
    page::respond,
    response::{SuccessResponse, success},
    users::response::show_to,
};
use crate::{dto::users::UserResponse, response::ApiError};

/// Body of a registration. The role cannot be chosen.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RegistrationCreateRequest {
    #[schema(min_length = 3, max_length = 50)]
    username: String,
    #[schema(min_length = 8)]
    password: String,
    #[schema(min_length = 1)]
    display_name: String,
    #[serde(default)]
    email: Option<String>,
}

/// Register an account
///
/// The account is pending where registrations need approval. No session is started. 403 where registration is closed.
#[utoipa::path(
    post,
    path = "/api/auth/register",
    operation_id = "register",
    tag = "Sign-in",
    request_body = RegistrationCreateRequest,
    responses((status = CREATED, body = UserBriefResponse)),
    security(())
)]
pub(crate) async fn register(
    _: NoToken,
    State(services): State<Services>,
    Extension(origin): Extension<Origin>,
    Body(body): Body<RegistrationCreateRequest>,
) -> Result<Response, ApiError> {
    let draft = AccountDraft {
        username: body.username,
        display_name: body.display_name,
        email: body.email.unwrap_or_default(),
        password_again: body.password.clone(),
        password: body.password,
    };
    let user = service::registrations::register(&services, draft, "", origin).await?;
    Ok((StatusCode::CREATED, Json(UserBriefResponse { user })).into_response())
}

/// List registrations
///
/// The pending ones, or with `state=rejected` the rejected ones that are not deleted permanently yet. Oldest first, unless
/// `sort` says otherwise.
#[utoipa::path(
    get,
    path = "/api/admin/registrations",
    operation_id = "listRegistrations",
    tag = "Registrations",
    params(RegistrationParams),
    responses((status = OK, body = [Registration])),
    security(("token" = ["registrations:read"]))
)]
pub(crate) async fn list(
    State(services): State<Services>,
    Allowed(authorized): Allowed<RegistrationsRead>,
    Params(params): Params<RegistrationParams>,
) -> Result<Response, ApiError> {
    let query = params.parse(Limits::API).map_err(Error::from)?;
    let listed = service::registrations::list(&services, &authorized, &query).await?;
    Ok(respond(listed.page, "/api/admin/registrations", &params))
}

/// Settings of registration.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RegistrationSettingsResponse {
    /// Whether registration is open.
    allowed: bool,
    /// Whether registrations need approval.
    approval: bool,
    /// Source of these settings.
    set_by: &'static str,
}

/// Get the settings of registration
///
/// Whether registration is open, and whether registrations need approval.
#[utoipa::path(
    get,
    path = "/api/admin/registrations/settings",
    operation_id = "getRegistrationSettings",
    tag = "Registrations",
    responses((status = OK, body = RegistrationSettingsResponse)),
    security(("token" = ["registrations:read"]))
)]
pub(crate) async fn settings(
    State(services): State<Services>,
    _: Allowed<RegistrationsRead>,
) -> Response {
    let settings = &services.settings;
    Json(RegistrationSettingsResponse {
        allowed: settings.allow_registration,
        approval: settings.registration_approval,
        set_by: "environment",
    })
    .into_response()
}

/// Body of a decision.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegistrationDecisionRequest {
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    note: Option<String>,
}

/// Body of an approval.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegistrationApproveRequest {
    /// Names of the roles to assign, within the permissions of the caller. Left out or empty: the user retains the role of
    /// every new user.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    roles: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    note: Option<String>,
}

/// Approve a registration
///
/// Without `users:read` the response has only the id and the version.
#[utoipa::path(
    post,
    path = "/api/admin/registrations/{id}/approve",
    operation_id = "approveRegistration",
    tag = "Registrations",
    params(IfMatch),
    request_body = Option<RegistrationApproveRequest>,
    responses((status = OK, body = UserResponse)),
    security(("token" = ["registrations:write"]))
)]
pub(crate) async fn approve(
    State(services): State<Services>,
    Allowed(authorized): Allowed<RegistrationsWrite>,
    UserPath(id): UserPath,
    if_match: IfMatch,
    OptionalBody(approved): OptionalBody<RegistrationApproveRequest>,
) -> Result<Response, ApiError> {
    let approved = approved.unwrap_or_default();
    let draft = DecisionDraft {
        roles: approved.roles.unwrap_or_default(),
        note: approved.note.unwrap_or_default(),
    };
    let target = if_match.target(id);
    let user = service::registrations::approve(&services, &authorized, target, draft).await;
    Ok(show_to(&authorized, if_match.check(user)?, None))
}

/// Reject a registration
///
/// The account is deleted. It can be restored for the retention period of deleted users, until a user registers with its
/// username again.
#[utoipa::path(
    post,
    path = "/api/admin/registrations/{id}/reject",
    operation_id = "rejectRegistration",
    tag = "Registrations",
    params(IfMatch),
    request_body = Option<RegistrationDecisionRequest>,
    responses((status = OK, body = SuccessResponse)),
    security(("token" = ["registrations:write"]))
)]
pub(crate) async fn reject(
    State(services): State<Services>,
    Allowed(authorized): Allowed<RegistrationsWrite>,
    UserPath(id): UserPath,
    if_match: IfMatch,
    OptionalBody(decided): OptionalBody<RegistrationDecisionRequest>,
) -> Result<Response, ApiError> {
    let note = decided.unwrap_or_default().note.unwrap_or_default();
    let target = if_match.target(id);
    let rejected = service::registrations::reject(&services, &authorized, target, &note).await;
    if_match.check(rejected)?;
    Ok(success())
}

/// Reopen an approved registration
///
/// The registration is pending again, with the role of every new user. 409 once the user has signed in or the account was
/// changed. Without `users:read` the response has only the id and the version.
#[utoipa::path(
    post,
    path = "/api/admin/registrations/{id}/reopen",
    operation_id = "reopenRegistration",
    tag = "Registrations",
    params(IfMatch),
    request_body = Option<RegistrationDecisionRequest>,
    responses((status = OK, body = UserResponse)),
    security(("token" = ["registrations:write"]))
)]
pub(crate) async fn reopen(
    State(services): State<Services>,
    Allowed(authorized): Allowed<RegistrationsWrite>,
    UserPath(id): UserPath,
    if_match: IfMatch,
    OptionalBody(decided): OptionalBody<RegistrationDecisionRequest>,
) -> Result<Response, ApiError> {
    let note = decided.unwrap_or_default().note.unwrap_or_default();
    let target = if_match.target(id);
    let user = service::registrations::reopen(&services, &authorized, target, &note).await;
    Ok(show_to(&authorized, if_match.check(user)?, None))
}

/// Restore a rejected registration
///
/// The registration is pending again. Without `users:read` the response has only the id and the version.
#[utoipa::path(
    post,
    path = "/api/admin/registrations/{id}/restore",
    operation_id = "restoreRegistration",
    tag = "Registrations",
    params(IfMatch),
    request_body = Option<RegistrationDecisionRequest>,
    responses((status = OK, body = UserResponse)),
    security(("token" = ["registrations:write"]))
)]
pub(crate) async fn restore(
    State(services): State<Services>,
    Allowed(authorized): Allowed<RegistrationsWrite>,
    UserPath(id): UserPath,
    if_match: IfMatch,
    OptionalBody(decided): OptionalBody<RegistrationDecisionRequest>,
) -> Result<Response, ApiError> {
    let note = decided.unwrap_or_default().note.unwrap_or_default();
    let target = if_match.target(id);
    let user = service::registrations::restore(&services, &authorized, target, &note).await;
    Ok(show_to(&authorized, if_match.check(user)?, None))
}
