//! Personas.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::owned::PersonaDraft;
use service::{Services, access::ReadUsers, owned::personas};

use super::{Everybodys, Id, Own, Part, Reads, Writes};
use crate::rest::{
    Allowed, Failure, Params, SignedIn, UserPath, body::Body, users::shown::success,
};

/// `GET /api/personas`: one's own, a hundred at a time unless `limit` says otherwise; `Link` has the way to the next.
pub(super) async fn list(
    State(services): State<Services>,
    SignedIn(actor): SignedIn,
    Reads(reader, _): Reads<Own>,
    Params(part): Params<Part>,
) -> Result<Response, Failure> {
    let owner = actor.principal.id.0;
    let page = personas::list(&services, &reader, owner, part.after, part.limit()?).await?;
    Ok(part.answer(page, "/api/personas", |persona| persona.id))
}

/// `GET /api/admin/users/{id}/personas`
pub(super) async fn list_of(
    State(services): State<Services>,
    Allowed(granted): Allowed<ReadUsers>,
    Reads(reader, _): Reads<Everybodys>,
    UserPath(owner): UserPath,
    Params(part): Params<Part>,
) -> Result<Response, Failure> {
    let user = domain::users::detail::UserRef::Id(owner);
    service::users::get(&services, &granted, &user).await?;
    let page = personas::list(&services, &reader, owner, part.after, part.limit()?).await?;
    let path = format!("/api/admin/users/{owner}/personas");
    Ok(part.answer(page, &path, |persona| persona.id))
}

/// `POST /api/personas`
pub(super) async fn create(
    State(services): State<Services>,
    Writes(writer, _): Writes<Own>,
    Body(draft): Body<PersonaDraft>,
) -> Result<Response, Failure> {
    let persona = personas::create(&services, &writer, None, draft).await?;
    Ok((StatusCode::CREATED, Json(persona)).into_response())
}

/// `POST /api/admin/users/{id}/personas`
pub(super) async fn create_for(
    State(services): State<Services>,
    Writes(writer, _): Writes<Everybodys>,
    UserPath(owner): UserPath,
    Body(draft): Body<PersonaDraft>,
) -> Result<Response, Failure> {
    let persona = personas::create(&services, &writer, Some(owner), draft).await?;
    Ok((StatusCode::CREATED, Json(persona)).into_response())
}

/// `GET …/personas/{id}`
pub(super) async fn get<D>(
    State(services): State<Services>,
    Reads(reader, _): Reads<D>,
    Id(id): Id,
) -> Result<Response, Failure> {
    Ok(Json(personas::get(&services, &reader, id).await?).into_response())
}

/// `PUT` and `PATCH …/personas/{id}`: what is absent stays.
pub(super) async fn edit<D>(
    State(services): State<Services>,
    Writes(writer, _): Writes<D>,
    Id(id): Id,
    Body(draft): Body<PersonaDraft>,
) -> Result<Response, Failure> {
    Ok(Json(personas::edit(&services, &writer, id, draft).await?).into_response())
}

/// `DELETE …/personas/{id}`: with its ontology and the annotations under it.
pub(super) async fn delete<D>(
    State(services): State<Services>,
    Writes(writer, _): Writes<D>,
    Id(id): Id,
) -> Result<Response, Failure> {
    personas::delete(&services, &writer, id).await?;
    Ok(success())
}
