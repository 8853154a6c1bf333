//! The ontology of a persona.

use axum::{Json, extract::State};
use domain::owned::{Ontology, OntologyDraft};
use service::{Services, owned::ontology};

use super::{OwnedReader, OwnedWriter};
use crate::{
    body::Body,
    error::ApiError,
    extract::IdPath,
    response::{SuccessResponse, Written, success},
};

/// Get the ontology of a persona
#[utoipa::path(
    get,
    path = "/personas/{id}/ontology",
    tag = "Owned data",
    responses((status = OK, body = Ontology))
)]
pub(super) async fn get_ontology(
    State(services): State<Services>,
    OwnedReader(reader): OwnedReader,
    IdPath(persona): IdPath,
) -> Result<Json<Ontology>, ApiError> {
    Ok(Json(ontology::get(&services, &reader, persona).await?))
}

/// Set the ontology of a persona
///
/// Creates it, or changes the fields that the body has. Without the scope to read the data the response has only the id.
#[utoipa::path(
    put,
    path = "/personas/{id}/ontology",
    tag = "Owned data",
    request_body = OntologyDraft,
    responses((status = OK, body = Ontology))
)]
pub(super) async fn update_ontology(
    State(services): State<Services>,
    OwnedWriter(writer): OwnedWriter,
    IdPath(persona): IdPath,
    Body(draft): Body<OntologyDraft>,
) -> Result<Written<Ontology>, ApiError> {
    let ontology = ontology::set(&services, &writer, persona, draft).await?;
    Ok(Written::new(ontology, writer.can_read()))
}

/// Delete the ontology of a persona
#[utoipa::path(
    delete,
    path = "/personas/{id}/ontology",
    tag = "Owned data",
    responses((status = OK, body = SuccessResponse))
)]
pub(super) async fn delete_ontology(
    State(services): State<Services>,
    OwnedWriter(writer): OwnedWriter,
    IdPath(persona): IdPath,
) -> Result<Json<SuccessResponse>, ApiError> {
    ontology::delete(&services, &writer, persona).await?;
    Ok(success())
}
