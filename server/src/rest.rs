//! The JSON API. A handler only translates: read, one call, map the error.

pub(crate) mod auth;
mod body;
pub(crate) mod meta;
pub(crate) mod users;

use axum::{
    Router,
    extract::{Extension, FromRequestParts},
    http::request::Parts,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use domain::problem::{Code, Problem};
use service::{
    Error,
    access::{Actor, Origin},
};

use crate::{error_page, middleware::refusal, router::AppState};

/// The routes of the API.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/health", get(meta::health))
        .route("/api/config", get(meta::config))
        .route("/api/auth/login", post(auth::login))
        .route("/api/auth/logout", post(auth::logout))
        .route("/api/auth/me", get(auth::me))
        .route("/api/admin/users", get(users::list))
}

/// A failure of a handler, with the id of its request.
pub(crate) struct Failure(Problem);

impl Failure {
    /// From what a service said.
    pub(crate) fn new(error: Error, origin: &Origin) -> Self {
        Self::from_problem(error.into_problem(), origin)
    }

    /// From a body or a query that is not of the right form.
    pub(crate) fn invalid(message: impl Into<String>, origin: &Origin) -> Self {
        Self::from_problem(Problem::new(Code::ValidationError, message), origin)
    }

    /// From a body that is longer than any acceptable one.
    pub(crate) fn too_large(origin: &Origin) -> Self {
        Self::from_problem(refusal::too_large(), origin)
    }

    fn from_problem(mut problem: Problem, origin: &Origin) -> Self {
        problem.request_id = origin.request_id.map(|id| id.to_string());
        Self(problem)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        error_page::json(self.0, true)
    }
}

/// The signed-in person; 401 without one.
pub(crate) struct SignedIn(pub(crate) Actor);

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let actor = Extension::<Option<Actor>>::from_request_parts(parts, state)
            .await
            .ok()
            .and_then(|actor| actor.0);
        let origin = parts
            .extensions
            .get::<Origin>()
            .cloned()
            .unwrap_or_default();
        actor
            .map(Self)
            .ok_or_else(|| Failure::new(Error::Unauthenticated("Authentication required"), &origin))
    }
}
