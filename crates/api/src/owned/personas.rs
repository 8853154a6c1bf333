//! Personas of users.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::owned::{Persona, PersonaDraft};
use service::{Services, access::UsersRead, owned::personas};

use super::{IdPath, OwnedListParams, OwnedReader, OwnedWriter};
use crate::{
    body::Body,
    error::ApiError,
    extract::{Allowed, Params, SignedIn, UserPath},
    response::{PersonaDeleteResponse, written},
};

/// List your personas
///
/// Newest first.
#[utoipa::path(
    get,
    path = "/api/personas",
    operation_id = "listPersonas",
    tag = "Owned data",
    params(OwnedListParams),
    responses((status = OK, body = [Persona])),
    security(("token" = ["data:read"]))
)]
pub(super) async fn list(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    OwnedReader(reader): OwnedReader,
    Params(part): Params<OwnedListParams>,
) -> Result<Response, ApiError> {
    let owner = caller.principal.id.0;
    let page = personas::list(&services, &reader, owner, part.after()?, part.limit()?).await?;
    Ok(part.answer(page, "/api/personas", |persona| persona.id))
}

/// List a user's personas
///
/// Newest first.
#[utoipa::path(
    get,
    path = "/api/admin/users/{id}/personas",
    operation_id = "listUserPersonas",
    tag = "Owned data",
    params(OwnedListParams),
    responses((status = OK, body = [Persona])),
    security(("token" = ["users:read"]))
)]
pub(super) async fn list_of(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersRead>,
    OwnedReader(reader): OwnedReader,
    UserPath(owner): UserPath,
    Params(part): Params<OwnedListParams>,
) -> Result<Response, ApiError> {
    let user = domain::users::detail::UserRef::Id(owner);
    service::users::get(&services, &authorized, &user).await?;
    let page = personas::list(&services, &reader, owner, part.after()?, part.limit()?).await?;
    let path = format!("/api/admin/users/{owner}/personas");
    Ok(part.answer(page, &path, |persona| persona.id))
}

/// Create your own persona
///
/// Without `data:read` the response has only the id.
#[utoipa::path(
    post,
    path = "/api/personas",
    operation_id = "createPersona",
    tag = "Owned data",
    request_body = PersonaDraft,
    responses((status = CREATED, body = Persona)),
    security(("token" = ["data:write"]))
)]
pub(super) async fn create(
    State(services): State<Services>,
    OwnedWriter(writer): OwnedWriter,
    Body(draft): Body<PersonaDraft>,
) -> Result<Response, ApiError> {
    let persona = personas::create(&services, &writer, None, draft).await?;
    let shown = written(writer.can_read(), persona);
    Ok((StatusCode::CREATED, shown).into_response())
}

/// Create a persona for a user
///
/// Without `users:read` the response has only the id.
#[utoipa::path(
    post,
    path = "/api/admin/users/{id}/personas",
    operation_id = "createUserPersona",
    tag = "Owned data",
    request_body = PersonaDraft,
    responses((status = CREATED, body = Persona)),
    security(("token" = ["users:write"]))
)]
pub(super) async fn create_for(
    State(services): State<Services>,
    OwnedWriter(writer): OwnedWriter,
    UserPath(owner): UserPath,
    Body(draft): Body<PersonaDraft>,
) -> Result<Response, ApiError> {
    let persona = personas::create(&services, &writer, Some(owner), draft).await?;
    let shown = written(writer.can_read(), persona);
    Ok((StatusCode::CREATED, shown).into_response())
}

/// Get a persona
#[utoipa::path(
    get,
    path = "/personas/{id}",
    operation_id = "getPersona",
    tag = "Owned data",
    responses((status = OK, body = Persona))
)]
pub(super) async fn get(
    State(services): State<Services>,
    OwnedReader(reader): OwnedReader,
    IdPath(id): IdPath,
) -> Result<Response, ApiError> {
    Ok(Json(personas::get(&services, &reader, id).await?).into_response())
}

/// Change a persona
///
/// Absent fields stay unchanged. Without the scope to read the data the response has only the id.
#[utoipa::path(
    method(put, patch),
    path = "/personas/{id}",
    operation_id = "updatePersona",
    tag = "Owned data",
    request_body = PersonaDraft,
    responses((status = OK, body = Persona))
)]
pub(super) async fn edit(
    State(services): State<Services>,
    OwnedWriter(writer): OwnedWriter,
    IdPath(id): IdPath,
    Body(draft): Body<PersonaDraft>,
) -> Result<Response, ApiError> {
    let persona = personas::edit(&services, &writer, id, draft).await?;
    Ok(written(writer.can_read(), persona))
}

/// Delete a persona
///
/// Its ontology and its annotations are deleted as well.
#[utoipa::path(
    delete,
    path = "/personas/{id}",
    operation_id = "deletePersona",
    tag = "Owned data",
    responses((status = OK, body = PersonaDeleteResponse))
)]
pub(super) async fn delete(
    State(services): State<Services>,
    OwnedWriter(writer): OwnedWriter,
    IdPath(id): IdPath,
) -> Result<Response, ApiError> {
    personas::delete(&services, &writer, id).await?;
    Ok(PersonaDeleteResponse::answer())
}
