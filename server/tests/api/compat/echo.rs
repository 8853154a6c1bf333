//! A dialect with a credential and errors of its own.

use async_trait::async_trait;
use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, request::Parts},
    response::{IntoResponse, Response},
    routing::{get, put},
};
use dialects::{Authenticated, Dialect, DialectError, JsonBody, RequestInfo};
use domain::{
    audit::Via,
    error::Unauthenticated,
    identifiers::{Identifier, Namespace},
};
use serde_json::{Map, Value, json};
use service::{
    Error, Services,
    access::{Identity, OperatorKey, Origin},
    access_tokens, identifiers,
    owned::{Writer, extensions},
    sessions,
};
use tower_sessions::Session;

/// Header with the credential.
pub(crate) const KEY: &str = "x-test-key";
/// Key of the operator.
pub(crate) const MASTER_KEY: &str = "test-master-key-of-16";

/// Dialect whose users are those of the namespace `echo`. Its keys are access tokens with another beginning.
pub(crate) struct Echo {
    /// Whether the session of the panel is a credential too.
    pub(crate) accepts_sessions: bool,
}

#[async_trait]
impl Dialect for Echo {
    fn name(&self) -> &'static str {
        "echo"
    }

    fn routes(&self) -> Router<Services> {
        Router::new()
            .route("/me", get(me).post(me))
            .route("/users/{id}", get(user).put(name))
            .route("/users/{id}/extension", put(extend))
            .route("/numbers/{number}", get(number))
            .route("/panic", get(fail))
    }

    fn credential<'h>(&self, headers: &'h HeaderMap) -> Option<&'h [u8]> {
        headers.get(KEY).map(HeaderValue::as_bytes)
    }

    async fn authenticate(
        &self,
        services: &Services,
        parts: &Parts,
    ) -> Option<Result<Identity, Error>> {
        let origin = parts.extensions.get::<Origin>().cloned();
        let origin = origin.unwrap_or_default();
        let Some(key) = parts.headers.get(KEY) else {
            let session = parts.extensions.get::<Session>()?;
            let found = sessions::find_caller(services, session, Via::Api, &origin).await;
            return found.map(|caller| caller.map(Identity::from)).transpose();
        };
        let key = key.to_str().unwrap_or_default();
        if key == MASTER_KEY {
            let label = "echo master key";
            return Some(Ok(Identity::Operator(OperatorKey { label, origin })));
        }
        let Some(token) = key.strip_prefix("test-") else {
            let error = Unauthenticated::TokenInvalid;
            return Some(Err(Error::Unauthenticated(error)));
        };
        let found = access_tokens::find_caller(services, token, &origin).await;
        Some(found.map(Identity::from))
    }

    fn uses_cookies(&self) -> bool {
        self.accepts_sessions
    }

    fn render(&self, error: &DialectError, request: &RequestInfo) -> Response {
        let body = json!({
            "echo": format!("{} {}: {}", request.method, request.path, error.message()),
            "id": request.request_id,
        });
        (error.status(), Json(body)).into_response()
    }
}

fn namespace() -> Namespace {
    "echo".parse().unwrap()
}

fn identifier(text: &str) -> Result<Identifier, DialectError> {
    text.parse()
        .map_err(|error: domain::identifiers::IdentifierError| {
            DialectError::Custom(StatusCode::IM_A_TEAPOT, error.to_string())
        })
}

async fn me(Authenticated(identity): Authenticated) -> Result<String, DialectError> {
    Ok(identity.user()?.principal.username.clone())
}

async fn user(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    Path(id): Path<String>,
) -> Result<String, DialectError> {
    let (authorized, id) = (identity.require()?, identifier(&id)?);
    let user = identifiers::find_user(&services, &authorized, &namespace(), &id).await?;
    Ok(user.summary.username)
}

/// Sets the identifier of the user with an id.
async fn name(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    Path(id): Path<String>,
    JsonBody(user): JsonBody<uuid::Uuid>,
) -> Result<(), DialectError> {
    let (authorized, id) = (identity.require()?, identifier(&id)?);
    Ok(identifiers::set(&services, &authorized, user, &namespace(), &id).await?)
}

async fn extend(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    Path(id): Path<String>,
    JsonBody(members): JsonBody<Map<String, Value>>,
) -> Result<Json<Value>, DialectError> {
    let (authorized, id) = (identity.require()?, identifier(&id)?);
    let user = identifiers::find_user(&services, &authorized, &namespace(), &id).await?;
    let writer = Writer::all(identity.require()?);
    let owner = Some(user.summary.id.0);
    let stored = extensions::merge(&services, &writer, owner, &namespace(), members).await?;
    Ok(Json(Value::Object(stored)))
}

async fn number(Path(number): Path<u8>) -> String {
    number.to_string()
}

async fn fail() -> String {
    panic!("a handler of a dialect panics")
}
