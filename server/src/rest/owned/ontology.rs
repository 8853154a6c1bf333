//! The ontology of a persona.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use domain::owned::OntologyDraft;
use service::{Services, owned::ontology};

use super::{Id, Reads, Writes};
use crate::rest::{Failure, body::Body, users::shown::success};

/// `GET …/personas/{id}/ontology`
pub(super) async fn get<D>(
    State(services): State<Services>,
    Reads(reader, _): Reads<D>,
    Id(persona): Id,
) -> Result<Response, Failure> {
    Ok(Json(ontology::get(&services, &reader, persona).await?).into_response())
}

/// `PUT …/personas/{id}/ontology`: makes it, or changes what the body speaks of.
pub(super) async fn set<D>(
    State(services): State<Services>,
    Writes(writer, _): Writes<D>,
    Id(persona): Id,
    Body(draft): Body<OntologyDraft>,
) -> Result<Response, Failure> {
    Ok(Json(ontology::set(&services, &writer, persona, draft).await?).into_response())
}

/// `DELETE …/personas/{id}/ontology`
pub(super) async fn delete<D>(
    State(services): State<Services>,
    Writes(writer, _): Writes<D>,
    Id(persona): Id,
) -> Result<Response, Failure> {
    ontology::delete(&services, &writer, persona).await?;
    Ok(success())
}
