//! The JSON API. A handler only translates: parse, one service call, map the error.

mod access_tokens;
pub(crate) mod account;
mod audit;
pub(crate) mod auth;
mod body;
pub(crate) mod document;
mod done;
mod file;
pub(crate) mod invitations;
mod jobs;
pub(crate) mod keys;
pub(crate) mod meta;
mod once;
mod overview;
pub(crate) mod owned;
mod page;
pub(crate) mod registrations;
pub(crate) mod sessions;
mod settings;
mod site;
pub(crate) mod users;

use axum::{
    extract::{Extension, FromRequestParts, Path, Query},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use domain::problem::{Code, Problem};
use serde::de::DeserializeOwned;
use service::{
    Error,
    access::{Actor, Granted, Right},
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub(crate) use self::once::{ShownOnce, shown_once};
use self::{
    site::FromThisSite,
    users::{manage, person},
};
use crate::{middleware::refusal, state::AppState};

/// Returns the routes for the probes of orchestrators and load balancers. They need no session.
pub(crate) fn probes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(meta::alive))
        .routes(routes!(meta::ready))
}

/// Returns the routes of the API. The attribute of each handler describes it for the document.
pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(meta::health))
        .routes(routes!(meta::config))
        .routes(routes!(auth::login))
        .routes(routes!(auth::choose_password))
        .routes(routes!(auth::logout))
        .routes(routes!(auth::me))
        .routes(routes!(registrations::register))
        .routes(routes!(account::delete))
        .routes(routes!(account::get, account::edit))
        .routes(routes!(account::export))
        .routes(routes!(account::sessions, account::end_others))
        .routes(routes!(account::end_session))
        .routes(routes!(access_tokens::own, access_tokens::create))
        .routes(routes!(access_tokens::revoke_own))
        .routes(routes!(keys::own::list, keys::own::create))
        .routes(routes!(keys::own::edit, keys::own::delete))
        .routes(routes!(keys::resolve))
        .merge(admin())
}

/// Returns the routes for administrators.
fn admin() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(overview::overview))
        .routes(routes!(users::list, users::create::create))
        .routes(routes!(manage::bulk))
        .routes(routes!(users::find::find))
        .routes(routes!(manage::get, manage::edit, manage::delete))
        .routes(routes!(manage::deletion_preview))
        .routes(routes!(users::export::export))
        .routes(routes!(manage::suspend))
        .routes(routes!(manage::unsuspend))
        .routes(routes!(manage::restore))
        .routes(routes!(
            person::reset_links,
            users::reset::create,
            users::reset::revoke
        ))
        .routes(routes!(manage::reassign))
        .routes(routes!(person::sessions, manage::end_sessions))
        .routes(routes!(person::history))
        .routes(routes!(person::roles))
        .routes(routes!(keys::list_of))
        .routes(routes!(keys::revoke))
        .routes(routes!(keys::list, keys::create))
        .routes(routes!(keys::edit, keys::delete))
        .routes(routes!(sessions::list))
        .routes(routes!(sessions::events::events))
        .routes(routes!(sessions::failed::list))
        .routes(routes!(sessions::revoke_many))
        .routes(routes!(sessions::revoke_one))
        .routes(routes!(access_tokens::list))
        .routes(routes!(access_tokens::revoke))
        .routes(routes!(registrations::list))
        .routes(routes!(registrations::approve))
        .routes(routes!(registrations::reject))
        .routes(routes!(invitations::list, invitations::create))
        .routes(routes!(invitations::resend))
        .routes(routes!(invitations::revoke))
        .routes(routes!(settings::settings))
        .routes(routes!(audit::list))
        .routes(routes!(audit::export))
        .routes(routes!(jobs::list))
        .routes(routes!(jobs::retry))
}

/// Error of a handler. [`refusal::explain`] writes the response, because it knows the id of the request.
#[derive(Debug)]
pub(crate) struct Failure(Problem);

impl Failure {
    /// Creates the error of a body or a query that is not in the right format.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self(Problem::new(Code::ValidationError, message))
    }

    /// Creates the error of a field of a body that is not in the right format.
    pub(crate) fn of_field(field: &str, message: String) -> Self {
        let mut problem = Problem::new(Code::ValidationError, message.clone());
        problem.details.fields.add(field, message);
        Self(problem)
    }

    /// Creates the error of a body that is too large.
    pub(crate) fn too_large() -> Self {
        Self(refusal::too_large())
    }

    /// Replaces the code of the error.
    pub(crate) fn with_code(mut self, code: Code) -> Self {
        self.0.error = code;
        self
    }

    /// Removes the present state of the account, for an author without the permission to read it.
    pub(crate) fn without_current(mut self) -> Self {
        self.0.details.current = None;
        self
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error.into_problem())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        // The outer layers must see that the request failed: after an error the session is not saved.
        let status = StatusCode::from_u16(self.0.error.status());
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, Extension(refusal::Refused(self.0))).into_response()
    }
}

/// Extractor of a user with a session; 401 without one, 403 for an access token.
pub(crate) struct Person(pub(crate) Actor);

impl<S: Send + Sync> FromRequestParts<S> for Person {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let SignedIn(actor) = SignedIn::from_request_parts(parts, state).await?;
        actor.session()?;
        Ok(Self(actor))
    }
}

/// Extractor that accepts everything but an access token, with which it is not possible to sign in.
pub(crate) struct NoToken;

impl<S: Send + Sync> FromRequestParts<S> for NoToken {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        match SignedIn::from_request_parts(parts, state).await {
            Ok(SignedIn(actor)) => actor.session().map(|_| Self).map_err(Failure::from),
            Err(_) => Ok(Self),
        }
    }
}

/// Extractor of a user with a session or an access token; 401 without either.
pub(crate) struct SignedIn(pub(crate) Actor);

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let actor = parts.extensions.get::<Option<Actor>>().cloned().flatten();
        let actor = actor.ok_or(Error::Unauthenticated("Authentication required"))?;
        Ok(Self(actor))
    }
}

/// Extractor of a user with the permission `R`; 401 and 403 otherwise.
pub(crate) struct Allowed<R>(pub(crate) Granted<R>);

impl<R: Right, S: Send + Sync> FromRequestParts<S> for Allowed<R> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let SignedIn(actor) = SignedIn::from_request_parts(parts, state).await?;
        Ok(Self(actor.require()?))
    }
}

/// Extractor of the id of a user in a path; 400 in FOVEA's words if it is not a UUID.
pub(crate) struct UserPath(pub(crate) Uuid);

impl<S: Send + Sync> FromRequestParts<S> for UserPath {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        id_in(parts, state, "userId").await.map(Self)
    }
}

/// Extractor of the id of a session in a path; 400 if it is not a UUID.
pub(crate) struct SessionPath(pub(crate) Uuid);

impl<S: Send + Sync> FromRequestParts<S> for SessionPath {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        id_in(parts, state, "sessionId").await.map(Self)
    }
}

/// Extractor of the id of a key in a path; 400 if it is not a UUID.
pub(crate) struct KeyPath(pub(crate) Uuid);

impl<S: Send + Sync> FromRequestParts<S> for KeyPath {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        id_in(parts, state, "keyId").await.map(Self)
    }
}

/// Extractor of the id of an access token in a path; 400 if it is not a UUID.
pub(crate) struct TokenPath(pub(crate) Uuid);

impl<S: Send + Sync> FromRequestParts<S> for TokenPath {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        id_in(parts, state, "tokenId").await.map(Self)
    }
}

/// Parses the id in a path. `name` is FOVEA's name for it, which an error states.
async fn id_in(parts: &mut Parts, state: &(impl Send + Sync), name: &str) -> Result<Uuid, Failure> {
    let id = Path::<String>::from_request_parts(parts, state).await.ok();
    let id = id.and_then(|Path(id)| Uuid::try_parse(&id).ok());
    id.ok_or_else(|| Failure::invalid(format!("params/{name} must match format \"uuid\"")))
}

/// Extractor of the query of a URL; 400 with a sentence if it cannot be parsed.
pub(crate) struct Params<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        match Query::from_request_parts(parts, state).await {
            Ok(Query(params)) => Ok(Self(params)),
            Err(rejection) => Err(Failure::invalid(rejection.body_text())),
        }
    }
}
