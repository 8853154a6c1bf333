//! The ontology of a persona.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use domain::owned::{Ontology, OntologyDraft};
use service::{Services, owned::ontology};

use super::{IdPath, OwnedReader, OwnedWriter};
use crate::{
    body::Body,
    error::ApiError,
    response::{SuccessResponse, success, written},
};

/// Get the ontology of a persona
#[utoipa::path(
    get,
    path = "/personas/{id}/ontology",
    operation_id = "getOntology",
    tag = "Owned data",
    responses((status = OK, body = Ontology))
)]
pub(super) async fn get(
    State(services): State<Services>,
    OwnedReader(reader): OwnedReader,
    IdPath(persona): IdPath,
) -> Result<Response, ApiError> {
    Ok(Json(ontology::get(&services, &reader, persona).await?).into_response())
}

/// Set the ontology of a persona
///
/// Creates it, or changes the fields that the body has. Without the scope to read the data the response has only the id.
#[utoipa::path(
    put,
    path = "/personas/{id}/ontology",
    operation_id = "updateOntology",
    tag = "Owned data",
    request_body = OntologyDraft,
    responses((status = OK, body = Ontology))
)]
pub(super) async fn set(
    State(services): State<Services>,
    OwnedWriter(writer): OwnedWriter,
    IdPath(persona): IdPath,
    Body(draft): Body<OntologyDraft>,
) -> Result<Response, ApiError> {
    let ontology = ontology::set(&services, &writer, persona, draft).await?;
    Ok(written(writer.can_read(), ontology))
}

/// Delete the ontology of a persona
#[utoipa::path(
    delete,
    path = "/personas/{id}/ontology",
    operation_id = "deleteOntology",
    tag = "Owned data",
    responses((status = OK, body = SuccessResponse))
)]
pub(super) async fn delete(
    State(services): State<Services>,
    OwnedWriter(writer): OwnedWriter,
    IdPath(persona): IdPath,
) -> Result<Response, ApiError> {
    ontology::delete(&services, &writer, persona).await?;
    Ok(success())
}
