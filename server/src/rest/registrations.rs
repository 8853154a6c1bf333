//! Registration, and the decision on pending registrations.

use axum::{
    Extension, Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{
    credentials::AccountDraft, object::present, registrations::PendingRegistration, users::UserId,
};
use serde::{Deserialize, Serialize};
use service::{
    Services,
    access::{Origin, RegistrationsRead, RegistrationsWrite},
};
use utoipa::{IntoParams, ToSchema};

use super::{
    auth::UserBriefResponse,
    body::{Body, OptionalBody},
    extract::{Allowed, NoToken, Params, UserPath, id_param},
    if_match::IfMatch,
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

/// Page of the list of pending registrations.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegistrationListParams {
    #[serde(default)]
    #[param(value_type = Option<uuid::Uuid>)]
    after: Option<String>,
}

/// A page of pending registrations.
#[derive(Serialize, ToSchema)]
struct RegistrationListResponse {
    registration: RegistrationSettings,
    /// Number of all pending registrations.
    pending: u64,
    users: Vec<PendingRegistration>,
    /// The `after` of the next page, if there is one.
    next: Option<UserId>,
}

/// Settings of registration.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RegistrationSettings {
    /// Whether registration is open.
    allowed: bool,
    /// Whether registrations need approval.
    approval: bool,
    /// Source of these settings.
    set_by: &'static str,
}

/// List pending registrations
///
/// Fifty per page; `next` is the `after` of the next page.
#[utoipa::path(
    get,
    path = "/api/admin/registrations",
    operation_id = "listRegistrations",
    tag = "Registrations",
    params(RegistrationListParams),
    responses((status = OK, body = RegistrationListResponse)),
    security(("token" = ["registrations:read"]))
)]
pub(crate) async fn list(
    State(services): State<Services>,
    Allowed(authorized): Allowed<RegistrationsRead>,
    Params(page): Params<RegistrationListParams>,
) -> Result<Response, ApiError> {
    let after = id_param("after", page.after.as_deref())?;
    let (users, more) = service::registrations::list(&services, &authorized, after).await?;
    let pending = service::registrations::count(&services, &authorized).await?;
    let next = users.last().filter(|_| more).map(|last| last.id);
    let settings = &services.settings;
    let registration = RegistrationSettings {
        allowed: settings.allow_registration,
        approval: settings.registration_approval,
        set_by: "environment",
    };
    Ok(Json(RegistrationListResponse {
        registration,
        pending,
        users,
        next,
    })
    .into_response())
}

/// Body of a decision.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegistrationDecisionRequest {
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
    request_body = Option<RegistrationDecisionRequest>,
    responses((status = OK, body = UserResponse)),
    security(("token" = ["registrations:write"]))
)]
pub(crate) async fn approve(
    State(services): State<Services>,
    Allowed(authorized): Allowed<RegistrationsWrite>,
    UserPath(id): UserPath,
    if_match: IfMatch,
    OptionalBody(decided): OptionalBody<RegistrationDecisionRequest>,
) -> Result<Response, ApiError> {
    let note = decided.unwrap_or_default().note.unwrap_or_default();
    let target = if_match.target(id);
    let user = service::registrations::approve(&services, &authorized, target, &note).await;
    Ok(show_to(&authorized, if_match.check(user)?, None))
}

/// Reject a registration
///
/// The account is deleted permanently, and its username is free again.
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
