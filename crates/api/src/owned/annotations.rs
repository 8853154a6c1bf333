//! Annotations of a persona.

use axum::{
    Json,
    extract::{OriginalUri, State},
};
use domain::owned::{Annotation, AnnotationDraft};
use service::{Services, owned::annotations};

use super::{OwnedListParams, OwnedReader, OwnedWriter};
use crate::{
    body::Body,
    error::ApiError,
    extract::{IdPath, Params},
    page::PageResponse,
    response::{Created, SuccessResponse, Written, success},
};

/// List the annotations of a persona
///
/// In the order of their creation.
#[utoipa::path(
    get,
    path = "/personas/{id}/annotations",
    tag = "Owned data",
    params(OwnedListParams),
    responses((status = OK, body = [Annotation]))
)]
pub(super) async fn list_annotations(
    State(services): State<Services>,
    OwnedReader(reader): OwnedReader,
    IdPath(persona): IdPath,
    OriginalUri(uri): OriginalUri,
    Params(part): Params<OwnedListParams>,
) -> Result<PageResponse<Annotation>, ApiError> {
    let page = annotations::list(&services, &reader, persona, part.after()?, part.limit()?).await?;
    Ok(part.answer(page, uri.path(), |annotation| annotation.id))
}

/// Create an annotation
///
/// Without the scope to read the data the response has only the id.
#[utoipa::path(
    post,
    path = "/personas/{id}/annotations",
    tag = "Owned data",
    request_body = AnnotationDraft,
    responses((status = CREATED, body = Annotation))
)]
pub(super) async fn create_annotation(
    State(services): State<Services>,
    OwnedWriter(writer): OwnedWriter,
    IdPath(persona): IdPath,
    Body(draft): Body<AnnotationDraft>,
) -> Result<Created<Written<Annotation>>, ApiError> {
    let annotation = annotations::create(&services, &writer, persona, draft).await?;
    Ok(Created::new(Written::new(annotation, writer.can_read())))
}

/// Get an annotation
#[utoipa::path(
    get,
    path = "/annotations/{id}",
    tag = "Owned data",
    responses((status = OK, body = Annotation))
)]
pub(super) async fn get_annotation(
    State(services): State<Services>,
    OwnedReader(reader): OwnedReader,
    IdPath(id): IdPath,
) -> Result<Json<Annotation>, ApiError> {
    Ok(Json(annotations::get(&services, &reader, id).await?))
}

/// Change an annotation
///
/// Absent fields stay unchanged. Without the scope to read the data the response has only the id.
#[utoipa::path(
    method(put, patch),
    path = "/annotations/{id}",
    tag = "Owned data",
    request_body = AnnotationDraft,
    responses((status = OK, body = Annotation))
)]
pub(super) async fn update_annotation(
    State(services): State<Services>,
    OwnedWriter(writer): OwnedWriter,
    IdPath(id): IdPath,
    Body(draft): Body<AnnotationDraft>,
) -> Result<Written<Annotation>, ApiError> {
    let annotation = annotations::edit(&services, &writer, id, draft).await?;
    Ok(Written::new(annotation, writer.can_read()))
}

/// Delete an annotation
#[utoipa::path(
    delete,
    path = "/annotations/{id}",
    tag = "Owned data",
    responses((status = OK, body = SuccessResponse))
)]
pub(super) async fn delete_annotation(
    State(services): State<Services>,
    OwnedWriter(writer): OwnedWriter,
    IdPath(id): IdPath,
) -> Result<Json<SuccessResponse>, ApiError> {
    annotations::delete(&services, &writer, id).await?;
    Ok(success())
}
