//! Personas of users.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::owned::{Persona, PersonaDraft};
use service::{Services, access::ReadUsers, owned::personas};

use super::{Id, Part, Reads, Writes};
use crate::{
    response::Failure,
    rest::{
        body::Body,
        done::PersonaDeleted,
        extract::{Allowed, Params, SignedIn, UserPath},
    },
};

/// List your personas
///
/// Newest first.
#[utoipa::path(
    get,
    path = "/api/personas",
    tag = "Owned data",
    params(Part),
    responses((status = OK, body = [Persona])),
    security(("token" = ["data:read"]))
)]
pub(super) async fn list(
    State(services): State<Services>,
    SignedIn(actor): SignedIn,
    Reads(reader): Reads,
    Params(part): Params<Part>,
) -> Result<Response, Failure> {
    let owner = actor.principal.id.0;
    let page = personas::list(&services, &reader, owner, part.after, part.limit()?).await?;
    Ok(part.answer(page, "/api/personas", |persona| persona.id))
}

/// List a user's personas
///
/// Newest first.
#[utoipa::path(
    get,
    path = "/api/admin/users/{id}/personas",
    tag = "Owned data",
    params(Part),
    responses((status = OK, body = [Persona])),
    security(("token" = ["users:read"]))
)]
pub(super) async fn list_of(
    State(services): State<Services>,
    Allowed(granted): Allowed<ReadUsers>,
    Reads(reader): Reads,
    UserPath(owner): UserPath,
    Params(part): Params<Part>,
) -> Result<Response, Failure> {
    let user = domain::users::detail::UserRef::Id(owner);
    service::users::get(&services, &granted, &user).await?;
    let page = personas::list(&services, &reader, owner, part.after, part.limit()?).await?;
    let path = format!("/api/admin/users/{owner}/personas");
    Ok(part.answer(page, &path, |persona| persona.id))
}

/// Create your own persona
#[utoipa::path(
    post,
    path = "/api/personas",
    tag = "Owned data",
    request_body = PersonaDraft,
    responses((status = CREATED, body = Persona)),
    security(("token" = ["data:write"]))
)]
pub(super) async fn create(
    State(services): State<Services>,
    Writes(writer): Writes,
    Body(draft): Body<PersonaDraft>,
) -> Result<Response, Failure> {
    let persona = personas::create(&services, &writer, None, draft).await?;
    Ok((StatusCode::CREATED, Json(persona)).into_response())
}

/// Create a persona for a user
#[utoipa::path(
    post,
    path = "/api/admin/users/{id}/personas",
    tag = "Owned data",
    request_body = PersonaDraft,
    responses((status = CREATED, body = Persona)),
    security(("token" = ["users:write"]))
)]
pub(super) async fn create_for(
    State(services): State<Services>,
    Writes(writer): Writes,
    UserPath(owner): UserPath,
    Body(draft): Body<PersonaDraft>,
) -> Result<Response, Failure> {
    let persona = personas::create(&services, &writer, Some(owner), draft).await?;
    Ok((StatusCode::CREATED, Json(persona)).into_response())
}

/// Get a persona
#[utoipa::path(
    get,
    path = "/personas/{id}",
    tag = "Owned data",
    responses((status = OK, body = Persona))
)]
pub(super) async fn get(
    State(services): State<Services>,
    Reads(reader): Reads,
    Id(id): Id,
) -> Result<Response, Failure> {
    Ok(Json(personas::get(&services, &reader, id).await?).into_response())
}

/// Change a persona
///
/// Absent fields stay unchanged.
#[utoipa::path(
    method(put, patch),
    path = "/personas/{id}",
    tag = "Owned data",
    request_body = PersonaDraft,
    responses((status = OK, body = Persona))
)]
pub(super) async fn edit(
    State(services): State<Services>,
    Writes(writer): Writes,
    Id(id): Id,
    Body(draft): Body<PersonaDraft>,
) -> Result<Response, Failure> {
    Ok(Json(personas::edit(&services, &writer, id, draft).await?).into_response())
}

/// Delete a persona
///
/// Its ontology and its annotations are deleted as well.
#[utoipa::path(
    delete,
    path = "/personas/{id}",
    tag = "Owned data",
    responses((status = OK, body = PersonaDeleted))
)]
pub(super) async fn delete(
    State(services): State<Services>,
    Writes(writer): Writes,
    Id(id): Id,
) -> Result<Response, Failure> {
    personas::delete(&services, &writer, id).await?;
    Ok(PersonaDeleted::answer())
}
