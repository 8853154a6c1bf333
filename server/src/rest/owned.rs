//! What people own in the host application: one's own under `/api`, everybody's under `/api/admin`.

mod annotations;
mod ontology;
mod personas;

use axum::{
    Extension,
    extract::FromRequestParts,
    http::{Method, request::Parts},
    response::Response,
};
use domain::{access::Permission, access_tokens::Scope, list::Limits};
use serde::{Deserialize, Serialize};
use service::{
    Error,
    owned::{Reader, Writer},
};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{Failure, SignedIn, document, id_in, page};
use crate::router::AppState;

/// By which door somebody comes. Where the routes are put up says which.
#[derive(Clone, Copy)]
enum Door {
    /// To what is their own.
    Own,
    /// To everybody's, which is for those who look after people.
    Everybodys,
}

impl<S: Send + Sync> FromRequestParts<S> for Door {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let door = parts.extensions.get().copied();
        // Without a door nobody gets anywhere.
        door.ok_or_else(|| Error::Forbidden("Admin access required").into())
    }
}

/// Whoever looks, by a door.
struct Reads(Reader);

impl<S: Send + Sync> FromRequestParts<S> for Reads {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let SignedIn(actor) = SignedIn::from_request_parts(parts, state).await?;
        Ok(Self(match Door::from_request_parts(parts, state).await? {
            Door::Own => Reader::own(&actor)?,
            Door::Everybodys => Reader::all(&actor.require()?),
        }))
    }
}

/// Whoever changes, by a door.
struct Writes(Writer);

impl<S: Send + Sync> FromRequestParts<S> for Writes {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let SignedIn(actor) = SignedIn::from_request_parts(parts, state).await?;
        Ok(Self(match Door::from_request_parts(parts, state).await? {
            Door::Own => Writer::own(actor)?,
            Door::Everybodys => Writer::all(actor.require()?),
        }))
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
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Part {
    /// The id of the last one that is known: those after it.
    #[serde(default)]
    after: Option<Uuid>,
    /// How many at most.
    #[serde(default)]
    #[param(minimum = 1, maximum = 1000)]
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
pub(crate) fn routes() -> OpenApiRouter<AppState> {
    let own = OpenApiRouter::new()
        .routes(routes!(personas::list, personas::create))
        .layer(Extension(Door::Own));
    let everybodys = OpenApiRouter::new()
        .routes(routes!(personas::list_of, personas::create_for))
        .layer(Extension(Door::Everybodys));
    OpenApiRouter::new()
        .merge(own)
        .merge(everybodys)
        .nest("/api", things(Door::Own))
        .nest("/api/admin", things(Door::Everybodys))
}

/// The routes that both doors have.
fn things(door: Door) -> OpenApiRouter<AppState> {
    let mut things = OpenApiRouter::new()
        .routes(routes!(personas::get, personas::edit, personas::delete))
        .routes(routes!(ontology::get, ontology::set, ontology::delete))
        .routes(routes!(annotations::list, annotations::create))
        .routes(routes!(
            annotations::get,
            annotations::edit,
            annotations::delete
        ));
    let (read, write) = match door {
        Door::Own => (Scope::DataRead, Scope::DataWrite),
        Door::Everybodys => (
            Scope::Permission(Permission::UsersRead),
            Scope::Permission(Permission::UsersWrite),
        ),
    };
    for path in things.get_openapi_mut().paths.paths.values_mut() {
        for (method, operation) in document::operations(path) {
            let scope = if method == Method::GET { read } else { write };
            operation.security = Some(vec![document::token(scope)]);
        }
    }
    things.layer(Extension(door))
}
