//! The ontology of a persona.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use domain::owned::{Ontology, OntologyDraft};
use service::{Services, owned::ontology};

use super::{Id, Reads, Writes};
use crate::{
    response::Failure,
    rest::{
        body::Body,
        done::{Success, success},
    },
};

/// Get the ontology of a persona
#[utoipa::path(
    get,
    path = "/personas/{id}/ontology",
    tag = "Owned data",
    responses((status = OK, body = Ontology))
)]
pub(super) async fn get(
    State(services): State<Services>,
    Reads(reader): Reads,
    Id(persona): Id,
) -> Result<Response, Failure> {
    Ok(Json(ontology::get(&services, &reader, persona).await?).into_response())
}

/// Set the ontology of a persona
///
/// Creates it, or changes the fields that the body has.
#[utoipa::path(
    put,
    path = "/personas/{id}/ontology",
    tag = "Owned data",
    request_body = OntologyDraft,
    responses((status = OK, body = Ontology))
)]
pub(super) async fn set(
    State(services): State<Services>,
    Writes(writer): Writes,
    Id(persona): Id,
    Body(draft): Body<OntologyDraft>,
) -> Result<Response, Failure> {
    Ok(Json(ontology::set(&services, &writer, persona, draft).await?).into_response())
}

/// Delete the ontology of a persona
#[utoipa::path(
    delete,
    path = "/personas/{id}/ontology",
    tag = "Owned data",
    responses((status = OK, body = Success))
)]
pub(super) async fn delete(
    State(services): State<Services>,
    Writes(writer): Writes,
    Id(persona): Id,
) -> Result<Response, Failure> {
    ontology::delete(&services, &writer, persona).await?;
    Ok(success())
}
