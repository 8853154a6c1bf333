//! Annotations.

use axum::{
    Json,
    extract::{OriginalUri, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::owned::AnnotationDraft;
use service::{Services, owned::annotations};

use super::{Id, Part, Reads, Writes};
use crate::rest::{Failure, Params, body::Body, users::shown::success};

/// `GET …/personas/{id}/annotations`: in the order of their making, a hundred at a time unless `limit` says otherwise.
pub(super) async fn list<D>(
    State(services): State<Services>,
    Reads(reader, _): Reads<D>,
    Id(persona): Id,
    OriginalUri(uri): OriginalUri,
    Params(part): Params<Part>,
) -> Result<Response, Failure> {
    let page = annotations::list(&services, &reader, persona, part.after, part.limit()?).await?;
    Ok(part.answer(page, uri.path(), |annotation| annotation.id))
}

/// `POST …/personas/{id}/annotations`
pub(super) async fn create<D>(
    State(services): State<Services>,
    Writes(writer, _): Writes<D>,
    Id(persona): Id,
    Body(draft): Body<AnnotationDraft>,
) -> Result<Response, Failure> {
    let annotation = annotations::create(&services, &writer, persona, draft).await?;
    Ok((StatusCode::CREATED, Json(annotation)).into_response())
}

/// `GET …/annotations/{id}`
pub(super) async fn get<D>(
    State(services): State<Services>,
    Reads(reader, _): Reads<D>,
    Id(id): Id,
) -> Result<Response, Failure> {
    Ok(Json(annotations::get(&services, &reader, id).await?).into_response())
}

/// `PUT` and `PATCH …/annotations/{id}`: what is absent stays.
pub(super) async fn edit<D>(
    State(services): State<Services>,
    Writes(writer, _): Writes<D>,
    Id(id): Id,
    Body(draft): Body<AnnotationDraft>,
) -> Result<Response, Failure> {
    Ok(Json(annotations::edit(&services, &writer, id, draft).await?).into_response())
}

/// `DELETE …/annotations/{id}`
pub(super) async fn delete<D>(
    State(services): State<Services>,
    Writes(writer, _): Writes<D>,
    Id(id): Id,
) -> Result<Response, Failure> {
    annotations::delete(&services, &writer, id).await?;
    Ok(success())
}
