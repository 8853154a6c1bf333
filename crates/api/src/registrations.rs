//! Registration, and the decision on pending registrations.

use axum::{Extension, Json, extract::State};
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
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::UserBriefResponse,
    body::{Body, OptionalBody},
    error::ApiError,
    extract::{Allowed, NoToken, Params, UserPath},
    if_match::IfMatch,
    page::PageResponse,
    response::{Created, SuccessResponse, Versioned, Written, success},
    state::ApiState,
    users::dto::{UserResponse, show_to},
};

/// Returns the routes of registrations.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(register))
        .routes(routes!(list_registrations))
        .routes(routes!(get_registration_settings))
        .routes(routes!(approve_registration))
        .routes(routes!(reject_registration))
        .routes(routes!(reopen_registration))
        .routes(routes!(restore_registration))
}

/// Body of a registration. The role cannot be chosen.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RegistrationCreateRequest {
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
    tag = "Sign-in",
    request_body = RegistrationCreateRequest,
    responses((status = CREATED, body = UserBriefResponse)),
    security(())
)]
async fn register(
    _: NoToken,
    State(services): State<Services>,
    Extension(origin): Extension<Origin>,
    Body(body): Body<RegistrationCreateRequest>,
) -> Result<Created<Json<UserBriefResponse>>, ApiError> {
    let draft = AccountDraft {
        username: body.username,
        display_name: body.display_name,
        email: body.email.unwrap_or_default(),
        password_again: body.password.clone(),
        password: body.password,
    };
    let user = service::registrations::register(&services, draft, "", origin).await?;
    Ok(Created::new(Json(UserBriefResponse { user })))
}

/// List registrations
///
/// The pending ones, or with `state=rejected` the rejected ones that are not deleted permanently yet. Oldest first, unless
/// `sort` says otherwise.
#[utoipa::path(
    get,
    path = "/api/admin/registrations",
    tag = "Registrations",
    params(RegistrationParams),
    responses((status = OK, body = [Registration])),
    security(("token" = ["registrations:read"]))
)]
async fn list_registrations(
    State(services): State<Services>,
    Allowed(authorized): Allowed<RegistrationsRead>,
    Params(params): Params<RegistrationParams>,
) -> Result<PageResponse<Registration>, ApiError> {
    let query = params.parse(Limits::API).map_err(Error::from)?;
    let listed = service::registrations::list(&services, &authorized, &query).await?;
    Ok(PageResponse::new(
        listed.page,
        "/api/admin/registrations",
        &params,
    ))
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
    tag = "Registrations",
    responses((status = OK, body = RegistrationSettingsResponse)),
    security(("token" = ["registrations:read"]))
)]
async fn get_registration_settings(
    State(services): State<Services>,
    _: Allowed<RegistrationsRead>,
) -> Json<RegistrationSettingsResponse> {
    let settings = &services.settings;
    Json(RegistrationSettingsResponse {
        allowed: settings.allow_registration,
        approval: settings.registration_approval,
        set_by: "environment",
    })
}

/// Body of a decision.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RegistrationDecideRequest {
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    note: Option<String>,
}

/// Body of an approval.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RegistrationApproveRequest {
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
    tag = "Registrations",
    params(IfMatch),
    request_body = Option<RegistrationApproveRequest>,
    responses((status = OK, body = UserResponse)),
    security(("token" = ["registrations:write"]))
)]
async fn approve_registration(
    State(services): State<Services>,
    Allowed(authorized): Allowed<RegistrationsWrite>,
    UserPath(id): UserPath,
    if_match: IfMatch,
    OptionalBody(approved): OptionalBody<RegistrationApproveRequest>,
) -> Result<Versioned<Written<UserResponse>>, ApiError> {
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
    tag = "Registrations",
    params(IfMatch),
    request_body = Option<RegistrationDecideRequest>,
    responses((status = OK, body = SuccessResponse)),
    security(("token" = ["registrations:write"]))
)]
async fn reject_registration(
    State(services): State<Services>,
    Allowed(authorized): Allowed<RegistrationsWrite>,
    UserPath(id): UserPath,
    if_match: IfMatch,
    OptionalBody(decided): OptionalBody<RegistrationDecideRequest>,
) -> Result<Json<SuccessResponse>, ApiError> {
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
    tag = "Registrations",
    params(IfMatch),
    request_body = Option<RegistrationDecideRequest>,
    responses((status = OK, body = UserResponse)),
    security(("token" = ["registrations:write"]))
)]
async fn reopen_registration(
    State(services): State<Services>,
    Allowed(authorized): Allowed<RegistrationsWrite>,
    UserPath(id): UserPath,
    if_match: IfMatch,
    OptionalBody(decided): OptionalBody<RegistrationDecideRequest>,
) -> Result<Versioned<Written<UserResponse>>, ApiError> {
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
    tag = "Registrations",
    params(IfMatch),
    request_body = Option<RegistrationDecideRequest>,
    responses((status = OK, body = UserResponse)),
    security(("token" = ["registrations:write"]))
)]
async fn restore_registration(
    State(services): State<Services>,
    Allowed(authorized): Allowed<RegistrationsWrite>,
    UserPath(id): UserPath,
    if_match: IfMatch,
    OptionalBody(decided): OptionalBody<RegistrationDecideRequest>,
) -> Result<Versioned<Written<UserResponse>>, ApiError> {
    let note = decided.unwrap_or_default().note.unwrap_or_default();
    let target = if_match.target(id);
    let user = service::registrations::restore(&services, &authorized, target, &note).await;
    Ok(show_to(&authorized, if_match.check(user)?, None))
}
