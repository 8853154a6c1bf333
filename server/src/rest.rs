//! The JSON API. A handler only translates: read, one call, map the error.

mod access_tokens;
pub(crate) mod account;
mod audit;
pub(crate) mod auth;
mod body;
mod file;
pub(crate) mod invitations;
pub(crate) mod keys;
pub(crate) mod meta;
mod overview;
pub(crate) mod owned;
mod page;
pub(crate) mod registrations;
pub(crate) mod sessions;
pub(crate) mod users;

use axum::{
    Router,
    extract::{Extension, FromRequestParts, Path, Query},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
    routing::{delete, get, post, put},
};
use domain::problem::{Code, Problem};
use serde::de::DeserializeOwned;
use service::{
    Error,
    access::{Actor, Granted, Right},
};
use uuid::Uuid;

use self::users::manage;
use crate::{middleware::refusal, router::AppState};

/// The routes of the API.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/healthz", get(meta::alive))
        .route("/readyz", get(meta::ready))
        .route("/api/health", get(meta::health))
        .route("/api/config", get(meta::config))
        .route("/api/auth/login", post(auth::login))
        .route("/api/auth/logout", post(auth::logout))
        .route("/api/auth/me", get(auth::me))
        .route("/api/admin/overview", get(overview::overview))
        .route("/api/user", delete(account::delete))
        .route(
            "/api/user/profile",
            get(account::get).put(account::edit).patch(account::edit),
        )
        .route("/api/user/export", get(account::export))
        .route(
            "/api/sessions",
            get(account::sessions).delete(account::end_others),
        )
        .route("/api/sessions/{id}", delete(account::end_session))
        .route(
            "/api/tokens",
            get(access_tokens::own).post(access_tokens::create),
        )
        .route("/api/tokens/{id}", delete(access_tokens::revoke_own))
        .route("/api/admin/tokens", get(access_tokens::list))
        .route("/api/admin/tokens/{id}", delete(access_tokens::revoke))
        .route("/api/auth/register", post(registrations::register))
        .route("/api/admin/registrations", get(registrations::list))
        .route(
            "/api/admin/registrations/{id}/approve",
            post(registrations::approve),
        )
        .route(
            "/api/admin/registrations/{id}/reject",
            post(registrations::reject),
        )
        .route(
            "/api/admin/invitations",
            get(invitations::list).post(invitations::create),
        )
        .route(
            "/api/admin/invitations/{id}/resend",
            post(invitations::resend),
        )
        .route("/api/admin/invitations/{id}", delete(invitations::revoke))
        .route("/api/admin/users", get(users::list).post(manage::create))
        .route("/api/admin/users/bulk", post(manage::bulk))
        .route("/api/admin/users/find", get(manage::find))
        .route(
            "/api/admin/users/{id}",
            get(manage::get)
                .put(manage::edit)
                .patch(manage::edit)
                .delete(manage::delete),
        )
        .route(
            "/api/admin/users/{id}/deletion-preview",
            get(manage::deletion_preview),
        )
        .route("/api/admin/users/{id}/export", get(users::export::export))
        .route("/api/admin/users/{id}/suspend", post(manage::suspend))
        .route("/api/admin/users/{id}/unsuspend", post(manage::unsuspend))
        .route("/api/admin/users/{id}/restore", post(manage::restore))
        .route(
            "/api/admin/users/{id}/reset-link",
            post(manage::create_reset_link).delete(manage::revoke_reset_link),
        )
        .route("/api/admin/users/{id}/reassign", post(manage::reassign))
        .route(
            "/api/admin/users/{id}/sessions",
            delete(manage::end_sessions),
        )
        .route(
            "/api/api-keys",
            get(keys::own::list).post(keys::own::create),
        )
        .route(
            "/api/api-keys/{id}",
            put(keys::own::edit)
                .patch(keys::own::edit)
                .delete(keys::own::delete),
        )
        .route("/api/api-keys/resolve/{provider}", get(keys::resolve))
        .route("/api/admin/api-keys", get(keys::list).post(keys::create))
        .route(
            "/api/admin/api-keys/{id}",
            put(keys::edit).patch(keys::edit).delete(keys::delete),
        )
        .route("/api/admin/users/{id}/api-keys", get(keys::list_of))
        .route("/api/admin/users/{id}/api-keys/{key}", delete(keys::revoke))
        .route("/api/admin/sessions", get(sessions::list))
        .route("/api/admin/sessions/events", get(sessions::events::events))
        .route("/api/admin/sessions/revoke", post(sessions::revoke_many))
        .route(
            "/api/admin/sessions/{session}",
            delete(sessions::revoke_one),
        )
        .route("/api/admin/audit", get(audit::list))
        .route("/api/admin/audit/export", get(audit::export))
}

/// A failure of a handler. [`refusal::explain`] makes the answer of it, because it knows the id of the request.
#[derive(Debug)]
pub(crate) struct Failure(Problem);

impl Failure {
    /// From a body or a query that is not of the right form.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self(Problem::new(Code::ValidationError, message))
    }

    /// From a body that is longer than any acceptable one.
    pub(crate) fn too_large() -> Self {
        Self(refusal::too_large())
    }

    /// The same under another code.
    pub(crate) fn with_code(mut self, code: Code) -> Self {
        self.0.error = code;
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
        // The layers on the way out have to see that it failed: after a failure the session is not saved.
        let status = StatusCode::from_u16(self.0.error.status());
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, Extension(refusal::Refused(self.0))).into_response()
    }
}

/// A person who is signed in; 401 without one, 403 for a program with an access token.
pub(crate) struct Person(pub(crate) Actor);

impl<S: Send + Sync> FromRequestParts<S> for Person {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let SignedIn(actor) = SignedIn::from_request_parts(parts, state).await?;
        actor.session()?;
        Ok(Self(actor))
    }
}

/// Anybody but a program with an access token, for which there is nothing to sign in to.
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

/// Whoever is known, by a session or by an access token; 401 without one.
pub(crate) struct SignedIn(pub(crate) Actor);

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let actor = parts.extensions.get::<Option<Actor>>().cloned().flatten();
        let actor = actor.ok_or(Error::Unauthenticated("Authentication required"))?;
        Ok(Self(actor))
    }
}

/// Whoever asks, with the right to it; 401 and 403 for others.
pub(crate) struct Allowed<R>(pub(crate) Granted<R>);

impl<R: Right, S: Send + Sync> FromRequestParts<S> for Allowed<R> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let SignedIn(actor) = SignedIn::from_request_parts(parts, state).await?;
        Ok(Self(actor.require()?))
    }
}

/// The id in a path; 400 for what is none, in FOVEA's words.
pub(crate) struct UserPath(pub(crate) Uuid);

impl<S: Send + Sync> FromRequestParts<S> for UserPath {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        id_in(parts, state, "userId").await.map(Self)
    }
}

/// The id of a session in a path, in the same way.
pub(crate) struct SessionPath(pub(crate) Uuid);

impl<S: Send + Sync> FromRequestParts<S> for SessionPath {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        id_in(parts, state, "sessionId").await.map(Self)
    }
}

/// The id of a key in a path, in the same way.
pub(crate) struct KeyPath(pub(crate) Uuid);

impl<S: Send + Sync> FromRequestParts<S> for KeyPath {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        id_in(parts, state, "keyId").await.map(Self)
    }
}

/// The id of an access token in a path, in the same way.
pub(crate) struct TokenPath(pub(crate) Uuid);

impl<S: Send + Sync> FromRequestParts<S> for TokenPath {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        id_in(parts, state, "tokenId").await.map(Self)
    }
}

/// The id in a path, by FOVEA's name for it.
async fn id_in(parts: &mut Parts, state: &(impl Send + Sync), name: &str) -> Result<Uuid, Failure> {
    let id = Path::<String>::from_request_parts(parts, state).await.ok();
    let id = id.and_then(|Path(id)| Uuid::try_parse(&id).ok());
    id.ok_or_else(|| Failure::invalid(format!("params/{name} must match format \"uuid\"")))
}

/// The query of an address; 400 with a sentence for one that cannot be read.
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
