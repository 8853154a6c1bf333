//! Registering, and deciding about those who have.

use axum::{
    Extension, Json,
    body::Bytes,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::credentials::AccountDraft;
use serde::Deserialize;
use serde_json::json;
use service::{
    Services,
    access::{Origin, ReadRegistrations, WriteRegistrations},
};
use uuid::Uuid;

use super::{Allowed, Failure, NoToken, Params, UserPath, body::Body, users::shown::Shown};

/// The body of a registration. What would make somebody more than a user is no field of it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Register {
    username: String,
    password: String,
    display_name: String,
    #[serde(default)]
    email: Option<String>,
}

/// `POST /api/auth/register`
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
    Ok((StatusCode::CREATED, Json(json!({ "user": user }))).into_response())
}

/// Which page of those who wait.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Page {
    #[serde(default)]
    after: Option<Uuid>,
}

/// `GET /api/admin/registrations`: those who wait, fifty at a time; `next` is the `after` of the page that follows.
pub(crate) async fn list(
    State(services): State<Services>,
    Allowed(granted): Allowed<ReadRegistrations>,
    Params(page): Params<Page>,
) -> Result<Response, Failure> {
    let (people, more) = service::registrations::list(&services, &granted, page.after).await?;
    let waiting = service::registrations::count(&services, &granted).await?;
    let next = people.last().filter(|_| more).map(|last| last.id);
    let settings = &services.settings;
    Ok(Json(json!({
        "registration": {
            "allowed": settings.allow_registration,
            "approval": settings.registration_approval,
            "setBy": "environment",
        },
        "waiting": waiting,
        "people": people,
        "next": next,
    }))
    .into_response())
}

/// What may be said with a decision.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Decided {
    #[serde(default)]
    note: Option<String>,
}

/// The note in a body, which may be empty.
fn note(body: &Bytes) -> Result<String, Failure> {
    if body.is_empty() {
        return Ok(String::new());
    }
    let decided: Decided = serde_json::from_slice(body)
        .map_err(|error| Failure::invalid(format!("The body cannot be read: {error}.")))?;
    Ok(decided.note.unwrap_or_default())
}

/// `POST /api/admin/registrations/:id/approve`
pub(crate) async fn approve(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteRegistrations>,
    UserPath(id): UserPath,
    body: Bytes,
) -> Result<Response, Failure> {
    let user = service::registrations::approve(&services, &granted, id, &note(&body)?).await?;
    Ok(Json(Shown::new(user, None)).into_response())
}

/// `POST /api/admin/registrations/:id/reject`
pub(crate) async fn reject(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteRegistrations>,
    UserPath(id): UserPath,
    body: Bytes,
) -> Result<Response, Failure> {
    service::registrations::reject(&services, &granted, id, &note(&body)?).await?;
    Ok(Json(json!({ "success": true })).into_response())
}
