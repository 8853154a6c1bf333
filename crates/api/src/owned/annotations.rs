//! Annotations of a persona.

use axum::{
    Json,
    extract::{OriginalUri, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::owned::{Annotation, AnnotationDraft};
use service::{Services, owned::annotations};

use super::{IdPath, OwnedListParams, OwnedReader, OwnedWriter};
use crate::{
    body::Body,
    error::ApiError,
    extract::Params,
    response::{SuccessResponse, success, written},
};

/// List the annotations of a persona
///
/// In the order of their creation.
#[utoipa::path(
    get,
    path = "/personas/{id}/annotations",
    operation_id = "listAnnotations",
    tag = "Owned data",
    params(OwnedListParams),
    responses((status = OK, body = [Annotation]))
)]
pub(super) async fn list(
    State(services): State<Services>,
    OwnedReader(reader): OwnedReader,
    IdPath(persona): IdPath,
    OriginalUri(uri): OriginalUri,
    Params(part): Params<OwnedListParams>,
) -> Result<Response, ApiError> {
    let page = annotations::list(&services, &reader, persona, part.after()?, part.limit()?).await?;
    Ok(part.answer(page, uri.path(), |annotation| annotation.id))
}

/// Create an annotation
///
/// Without the scope to read the data the response has only the id.
#[utoipa::path(
    post,
    path = "/personas/{id}/annotations",
    operation_id = "createAnnotation",
    tag = "Owned data",
    request_body = AnnotationDraft,
    responses((status = CREATED, body = Annotation))
)]
pub(super) async fn create(
    State(services): State<Services>,
    OwnedWriter(writer): OwnedWriter,
    IdPath(persona): IdPath,
    Body(draft): Body<AnnotationDraft>,
) -> Result<Response, ApiError> {
    let annotation = annotations::create(&services, &writer, persona, draft).await?;
    let shown = written(writer.can_read(), annotation);
    Ok((StatusCode::CREATED, shown).into_response())
}

/// Get an annotation
#[utoipa::path(
    get,
    path = "/annotations/{id}",
    operation_id = "getAnnotation",
    tag = "Owned data",
    responses((status = OK, body = Annotation))
)]
pub(super) async fn get(
    State(services): State<Services>,
    OwnedReader(reader): OwnedReader,
    IdPath(id): IdPath,
) -> Result<Response, ApiError> {
    Ok(Json(annotations::get(&services, &reader, id).await?).into_response())
}

/// Change an annotation
///
/// Absent fields stay unchanged. Without the scope to read the data the response has only the id.
#[utoipa::path(
    method(put, patch),
    path = "/annotations/{id}",
    operation_id = "updateAnnotation",
    tag = "Owned data",
    request_body = AnnotationDraft,
    responses((status = OK, body = Annotation))
)]
pub(super) async fn edit(
    State(services): State<Services>,
    OwnedWriter(writer): OwnedWriter,
    IdPath(id): IdPath,
    Body(draft): Body<AnnotationDraft>,
) -> Result<Response, ApiError> {
    let annotation = annotations::edit(&services, &writer, id, draft).await?;
    Ok(written(writer.can_read(), annotation))
}

/// Delete an annotation
#[utoipa::path(
    delete,
    path = "/annotations/{id}",
    operation_id = "deleteAnnotation",
    tag = "Owned data",
    responses((status = OK, body = SuccessResponse))
)]
pub(super) async fn delete(
    State(services): State<Services>,
    OwnedWriter(writer): OwnedWriter,
    IdPath(id): IdPath,
) -> Result<Response, ApiError> {
    annotations::delete(&services, &writer, id).await?;
    Ok(success())
}
