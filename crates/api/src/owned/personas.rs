//! Personas of users.

use axum::{Json, extract::State};
use domain::owned::{Persona, PersonaDraft};
use serde::Serialize;
use service::{Services, access::UsersRead, owned::personas};
use utoipa::ToSchema;

use super::{OwnedListParams, OwnedReader, OwnedWriter};
use crate::{
    body::Body,
    error::ApiError,
    extract::{Allowed, IdPath, Params, SignedIn, UserPath},
    page::PageResponse,
    response::{Created, Written},
};

/// List your personas
///
/// Newest first.
#[utoipa::path(
    get,
    path = "/api/personas",
    tag = "Owned data",
    params(OwnedListParams),
    responses((status = OK, body = [Persona])),
    security(("token" = ["data:read"]))
)]
pub(super) async fn list_personas(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    OwnedReader(reader): OwnedReader,
    Params(part): Params<OwnedListParams>,
) -> Result<PageResponse<Persona>, ApiError> {
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
    tag = "Owned data",
    params(OwnedListParams),
    responses((status = OK, body = [Persona])),
    security(("token" = ["users:read"]))
)]
pub(super) async fn list_user_personas(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersRead>,
    OwnedReader(reader): OwnedReader,
    UserPath(owner): UserPath,
    Params(part): Params<OwnedListParams>,
) -> Result<PageResponse<Persona>, ApiError> {
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
    tag = "Owned data",
    request_body = PersonaDraft,
    responses((status = CREATED, body = Persona)),
    security(("token" = ["data:write"]))
)]
pub(super) async fn create_persona(
    State(services): State<Services>,
    OwnedWriter(writer): OwnedWriter,
    Body(draft): Body<PersonaDraft>,
) -> Result<Created<Written<Persona>>, ApiError> {
    let persona = personas::create(&services, &writer, None, draft).await?;
    Ok(Created::new(Written::new(persona, writer.can_read())))
}

/// Create a persona for a user
///
/// Without `users:read` the response has only the id.
#[utoipa::path(
    post,
    path = "/api/admin/users/{id}/personas",
    tag = "Owned data",
    request_body = PersonaDraft,
    responses((status = CREATED, body = Persona)),
    security(("token" = ["users:write"]))
)]
pub(super) async fn create_user_persona(
    State(services): State<Services>,
    OwnedWriter(writer): OwnedWriter,
    UserPath(owner): UserPath,
    Body(draft): Body<PersonaDraft>,
) -> Result<Created<Written<Persona>>, ApiError> {
    let persona = personas::create(&services, &writer, Some(owner), draft).await?;
    Ok(Created::new(Written::new(persona, writer.can_read())))
}

/// Get a persona
#[utoipa::path(
    get,
    path = "/personas/{id}",
    tag = "Owned data",
    responses((status = OK, body = Persona))
)]
pub(super) async fn get_persona(
    State(services): State<Services>,
    OwnedReader(reader): OwnedReader,
    IdPath(id): IdPath,
) -> Result<Json<Persona>, ApiError> {
    Ok(Json(personas::get(&services, &reader, id).await?))
}

/// Change a persona
///
/// Absent fields stay unchanged. Without the scope to read the data the response has only the id.
#[utoipa::path(
    method(put, patch),
    path = "/personas/{id}",
    tag = "Owned data",
    request_body = PersonaDraft,
    responses((status = OK, body = Persona))
)]
pub(super) async fn update_persona(
    State(services): State<Services>,
    OwnedWriter(writer): OwnedWriter,
    IdPath(id): IdPath,
    Body(draft): Body<PersonaDraft>,
) -> Result<Written<Persona>, ApiError> {
    let persona = personas::edit(&services, &writer, id, draft).await?;
    Ok(Written::new(persona, writer.can_read()))
}

/// Response in FOVEA's format of the deletion of a persona.
#[derive(Serialize, ToSchema)]
pub(super) struct PersonaDeleteResponse {
    success: bool,
    message: &'static str,
}

/// Delete a persona
///
/// Its ontology and its annotations are deleted as well.
#[utoipa::path(
    delete,
    path = "/personas/{id}",
    tag = "Owned data",
    responses((status = OK, body = PersonaDeleteResponse))
)]
pub(super) async fn delete_persona(
    State(services): State<Services>,
    OwnedWriter(writer): OwnedWriter,
    IdPath(id): IdPath,
) -> Result<Json<PersonaDeleteResponse>, ApiError> {
    personas::delete(&services, &writer, id).await?;
    Ok(Json(PersonaDeleteResponse {
        success: true,
        message: "Persona deleted successfully",
    }))
}
