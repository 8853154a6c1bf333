//! Data that users own in the host application: the caller's under `/api`, all users' under `/api/admin`.

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

use super::{
    document::operations,
    extract::{SignedIn, id_in},
    page,
};
use crate::{response::Failure, state::AppState};

/// Data that a route gives access to. The router sets it.
#[derive(Clone, Copy)]
enum Door {
    /// Data of the caller.
    Own,
    /// Data of all users, for administrators.
    Everybodys,
}

impl<S: Send + Sync> FromRequestParts<S> for Door {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let door = parts.extensions.get().copied();
        // Without it, a route gives access to nothing.
        door.ok_or_else(|| Error::Forbidden("Admin access required").into())
    }
}

/// Extractor of a reader of owned data.
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

/// Extractor of a writer of owned data.
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

/// Extractor of the id of owned data in a path; 400 if it is not a UUID.
struct Id(Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        id_in(parts, state, "id").await.map(Self)
    }
}

/// Page of a list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Part {
    /// Id of the last item of the previous page.
    #[serde(default)]
    after: Option<Uuid>,
    /// Maximum number of items.
    #[serde(default)]
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u16>,
}

impl Part {
    /// Returns the maximum number of items, or an error if it is out of range.
    fn limit(&self) -> Result<u16, Failure> {
        let limit = self.limit.unwrap_or(Limits::API.default);
        if (1..=Limits::API.max).contains(&limit) {
            return Ok(limit);
        }
        let max = Limits::API.max;
        Err(Failure::invalid(format!(
            "`limit` must be a number from 1 to {max}."
        )))
    }

    /// Returns the response: the rows, and the link to the next page.
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

/// Maximum number of bytes of a body: the ontologies and annotations of a host application are longer than forms.
pub(crate) const BODY_MAX: usize = 1024 * 1024;

/// Returns the routes of owned data.
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

/// Returns the routes that exist for the caller's data as well as for all users' data.
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
        for (method, operation) in operations::operations(path) {
            let scope = if method == Method::GET { read } else { write };
            operation.security = Some(vec![operations::token(scope)]);
        }
    }
    things.layer(Extension(door))
}
