//! Annotations of a persona.

use axum::{
    Json,
    extract::{OriginalUri, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::owned::{Annotation, AnnotationDraft};
use service::{Services, owned::annotations};

use super::{Id, Part, Reads, Writes};
use crate::{
    response::Failure,
    rest::{
        body::Body,
        done::{Success, success},
        extract::Params,
    },
};

/// List the annotations of a persona
///
/// In the order of their creation.
#[utoipa::path(
    get,
    path = "/personas/{id}/annotations",
    tag = "Owned data",
    params(Part),
    responses((status = OK, body = [Annotation]))
)]
pub(super) async fn list(
    State(services): State<Services>,
    Reads(reader): Reads,
    Id(persona): Id,
    OriginalUri(uri): OriginalUri,
    Params(part): Params<Part>,
) -> Result<Response, Failure> {
    let page = annotations::list(&services, &reader, persona, part.after, part.limit()?).await?;
    Ok(part.answer(page, uri.path(), |annotation| annotation.id))
}

/// Create an annotation
#[utoipa::path(
    post,
    path = "/personas/{id}/annotations",
    tag = "Owned data",
    request_body = AnnotationDraft,
    responses((status = CREATED, body = Annotation))
)]
pub(super) async fn create(
    State(services): State<Services>,
    Writes(writer): Writes,
    Id(persona): Id,
    Body(draft): Body<AnnotationDraft>,
) -> Result<Response, Failure> {
    let annotation = annotations::create(&services, &writer, persona, draft).await?;
    Ok((StatusCode::CREATED, Json(annotation)).into_response())
}

/// Get an annotation
#[utoipa::path(
    get,
    path = "/annotations/{id}",
    tag = "Owned data",
    responses((status = OK, body = Annotation))
)]
pub(super) async fn get(
    State(services): State<Services>,
    Reads(reader): Reads,
    Id(id): Id,
) -> Result<Response, Failure> {
    Ok(Json(annotations::get(&services, &reader, id).await?).into_response())
}

/// Change an annotation
///
/// Absent fields stay unchanged.
#[utoipa::path(
    method(put, patch),
    path = "/annotations/{id}",
    tag = "Owned data",
    request_body = AnnotationDraft,
    responses((status = OK, body = Annotation))
)]
pub(super) async fn edit(
    State(services): State<Services>,
    Writes(writer): Writes,
    Id(id): Id,
    Body(draft): Body<AnnotationDraft>,
) -> Result<Response, Failure> {
    Ok(Json(annotations::edit(&services, &writer, id, draft).await?).into_response())
}

/// Delete an annotation
#[utoipa::path(
    delete,
    path = "/annotations/{id}",
    tag = "Owned data",
    responses((status = OK, body = Success))
)]
pub(super) async fn delete(
    State(services): State<Services>,
    Writes(writer): Writes,
    Id(id): Id,
) -> Result<Response, Failure> {
    annotations::delete(&services, &writer, id).await?;
    Ok(success())
}
