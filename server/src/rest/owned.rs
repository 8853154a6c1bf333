//! What people own in the host application: one's own under `/api`, everybody's under `/api/admin`.

mod annotations;
mod ontology;
mod personas;

use std::marker::PhantomData;

use axum::{
    Router, extract::FromRequestParts, http::request::Parts, response::Response, routing::get,
};
use domain::users::list::Limits;
use serde::{Deserialize, Serialize};
use service::{
    access::{ReadUsers, WriteUsers},
    owned::{Reader, Writer},
};
use uuid::Uuid;

use super::{Allowed, Failure, SignedIn, id_in, page};
use crate::router::AppState;

/// The door of whoever asks for their own.
struct Own;
/// The door of whoever looks after people.
struct Everybodys;

/// Whoever looks, by a door.
struct Reads<D>(Reader, PhantomData<D>);

impl<S: Send + Sync> FromRequestParts<S> for Reads<Own> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let SignedIn(actor) = SignedIn::from_request_parts(parts, state).await?;
        Ok(Self(Reader::own(&actor)?, PhantomData))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Reads<Everybodys> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let Allowed(granted) = Allowed::<ReadUsers>::from_request_parts(parts, state).await?;
        Ok(Self(Reader::all(&granted), PhantomData))
    }
}

/// Whoever changes, by a door.
struct Writes<D>(Writer, PhantomData<D>);

impl<S: Send + Sync> FromRequestParts<S> for Writes<Own> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let SignedIn(actor) = SignedIn::from_request_parts(parts, state).await?;
        Ok(Self(Writer::own(actor)?, PhantomData))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Writes<Everybodys> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let Allowed(granted) = Allowed::<WriteUsers>::from_request_parts(parts, state).await?;
        Ok(Self(Writer::all(granted), PhantomData))
    }
}

/// The id of a thing in a path; 400 for what is none.
struct Id(Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        id_in(parts, state, "id").await.map(Self)
    }
}

/// Which part of a list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    #[serde(default)]
    after: Option<Uuid>,
    #[serde(default)]
    limit: Option<u16>,
}

impl Part {
    /// How many at most.
    fn limit(&self) -> Result<u16, Failure> {
        let limit = self.limit.unwrap_or(Limits::API.default);
        if (1..=Limits::API.max).contains(&limit) {
            return Ok(limit);
        }
        let max = Limits::API.max;
        Err(Failure::invalid(format!(
            "`limit` is a number from 1 to {max}."
        )))
    }

    /// The answer: what there is, and the way to what comes after it.
    fn answer<T: Serialize>(
        &self,
        (rows, more): (Vec<T>, bool),
        path: &str,
        id: impl Fn(&T) -> Uuid,
    ) -> Response {
        let next = rows
            .last()
            .filter(|_| more)
            .map(|last| id(last).to_string());
        let limit = self.limit.map(|limit| limit.to_string());
        let limit = limit.as_deref().map(|limit| ("limit", limit));
        let next = next.as_deref().map(|next| {
            let pairs = limit.into_iter().chain([("after", next)]);
            (pairs.collect(), "next")
        });
        page::linked(&rows, path, next.as_slice())
    }
}

/// Longest body in bytes: what a host application keeps in an ontology or an annotation is longer than a form.
pub(crate) const BODY_MAX: usize = 1024 * 1024;

/// The routes.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/personas", get(personas::list).post(personas::create))
        .route(
            "/api/admin/users/{id}/personas",
            get(personas::list_of).post(personas::create_for),
        )
        .nest("/api", things::<Own>())
        .nest("/api/admin", things::<Everybodys>())
}

/// The routes that both doors have.
fn things<D: Send + Sync + 'static>() -> Router<AppState>
where
    Reads<D>: FromRequestParts<AppState, Rejection = Failure>,
    Writes<D>: FromRequestParts<AppState, Rejection = Failure>,
{
    Router::new()
        .route(
            "/personas/{id}",
            get(personas::get::<D>)
                .put(personas::edit::<D>)
                .patch(personas::edit::<D>)
                .delete(personas::delete::<D>),
        )
        .route(
            "/personas/{id}/ontology",
            get(ontology::get::<D>)
                .put(ontology::set::<D>)
                .delete(ontology::delete::<D>),
        )
        .route(
            "/personas/{id}/annotations",
            get(annotations::list::<D>).post(annotations::create::<D>),
        )
        .route(
            "/annotations/{id}",
            get(annotations::get::<D>)
                .put(annotations::edit::<D>)
                .patch(annotations::edit::<D>)
                .delete(annotations::delete::<D>),
        )
}
