//! Registration, and the decision on pending registrations.

use axum::{
    Extension, Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{
    credentials::AccountDraft, object::present, registrations::WaitingPerson, users::UserId,
};
use serde::{Deserialize, Serialize};
use service::{
    Services,
    access::{Origin, ReadRegistrations, WriteRegistrations},
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    auth::Who,
    body::{Body, OptionalBody},
    done::{Success, success},
    extract::{Allowed, NoToken, Params, UserPath},
    users::shown::show,
};
use crate::{dto::users::Shown, response::Failure};

/// Body of a registration. The role cannot be chosen.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Register {
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
    request_body = Register,
    responses((status = CREATED, body = Who)),
    security(())
)]
pub(crate) async fn register(
    _: NoToken,
    State(services): State<Services>,
    Extension(origin): Extension<Origin>,
    Body(body): Body<Register>,
) -> Result<Response, Failure> {
    let draft = AccountDraft {
        username: body.username,
        display_name: body.display_name,
        email: body.email.unwrap_or_default(),
        password_again: body.password.clone(),
        password: body.password,
    };
    let user = service::registrations::register(&services, draft, "", origin).await?;
    Ok((StatusCode::CREATED, Json(Who { user })).into_response())
}

/// Page of the list of pending registrations.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Page {
    #[serde(default)]
    after: Option<Uuid>,
}

/// A page of pending registrations.
#[derive(Serialize, ToSchema)]
struct Waiting {
    registration: Registration,
    /// Number of all pending registrations.
    waiting: u64,
    people: Vec<WaitingPerson>,
    /// The `after` of the next page, if there is one.
    next: Option<UserId>,
}

/// Settings of registration.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Registration {
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
    tag = "Registrations",
    params(Page),
    responses((status = OK, body = Waiting)),
    security(("token" = ["registrations:read"]))
)]
pub(crate) async fn list(
    State(services): State<Services>,
    Allowed(granted): Allowed<ReadRegistrations>,
    Params(page): Params<Page>,
) -> Result<Response, Failure> {
    let (people, more) = service::registrations::list(&services, &granted, page.after).await?;
    let waiting = service::registrations::count(&services, &granted).await?;
    let next = people.last().filter(|_| more).map(|last| last.id);
    let settings = &services.settings;
    let registration = Registration {
        allowed: settings.allow_registration,
        approval: settings.registration_approval,
        set_by: "environment",
    };
    Ok(Json(Waiting {
        registration,
        waiting,
        people,
        next,
    })
    .into_response())
}

/// Body of a decision.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Decided {
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    note: Option<String>,
}

/// Approve a registration
#[utoipa::path(
    post,
    path = "/api/admin/registrations/{id}/approve",
    tag = "Registrations",
    request_body = Option<Decided>,
    responses((status = OK, body = Shown)),
    security(("token" = ["registrations:write"]))
)]
pub(crate) async fn approve(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteRegistrations>,
    UserPath(id): UserPath,
    OptionalBody(decided): OptionalBody<Decided>,
) -> Result<Response, Failure> {
    let note = decided.unwrap_or_default().note.unwrap_or_default();
    let user = service::registrations::approve(&services, &granted, id, &note).await?;
    Ok(show(user, None))
}

/// Reject a registration
///
/// The account is deleted permanently, and its username is free again.
#[utoipa::path(
    post,
    path = "/api/admin/registrations/{id}/reject",
    tag = "Registrations",
    request_body = Option<Decided>,
    responses((status = OK, body = Success)),
    security(("token" = ["registrations:write"]))
)]
pub(crate) async fn reject(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteRegistrations>,
    UserPath(id): UserPath,
    OptionalBody(decided): OptionalBody<Decided>,
) -> Result<Response, Failure> {
    let note = decided.unwrap_or_default().note.unwrap_or_default();
    service::registrations::reject(&services, &granted, id, &note).await?;
    Ok(success())
}
