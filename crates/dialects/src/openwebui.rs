//! Open WebUI: sign-in, users, groups and permissions, as the clients of its server expect them.

mod account;
mod auths;
mod changes;
mod config;
mod errors;
mod form;
mod groups;
mod listing;
mod oauth;
mod own;
mod permissions;
mod preview;
mod profile;
mod roles;
mod source;
mod types;
mod users;

use async_trait::async_trait;
use axum::{
    Json, Router,
    http::{HeaderMap, request::Parts},
    response::Response,
};
use domain::{access_tokens::TokenKind, error::Unauthenticated, identifiers::Namespace};
use serde_json::{Map, Value};
use service::{
    Error, Services,
    access::{Caller, Credential, Identity, Origin},
    access_tokens,
    sessions::bearer,
};

use crate::{Dialect, DialectError, RequestInfo};

/// Paths that a request opens without a credential, so that one that has expired does not matter there.
const OPEN: &[&str] = &[
    "/api/v1/auths/signin",
    "/api/v1/auths/signup",
    "/api/v1/auths/signout",
    "/api/v1/auths/ldap",
];

/// Response of a handler.
type Reply = Result<Json<Value>, DialectError>;

/// The dialect of Open WebUI.
#[derive(Debug)]
pub(crate) struct OpenWebUi;

#[async_trait]
impl Dialect for OpenWebUi {
    fn name(&self) -> &'static str {
        "openwebui"
    }

    fn system(&self) -> &'static str {
        "Open WebUI"
    }

    fn client_line(&self, url: &str) -> String {
        format!("OWUI_URL={url}")
    }

    fn documentation(&self) -> &'static str {
        include_str!("../../../docs/dialects/openwebui.md")
    }

    fn routes(&self) -> Router<Services> {
        Router::new()
            .merge(auths::routes())
            .merge(account::routes())
            .merge(config::routes())
            .merge(oauth::routes())
            .merge(users::routes())
            .merge(changes::routes())
            .merge(own::routes())
            .merge(permissions::routes())
            .merge(preview::routes())
            .merge(groups::routes())
    }

    fn credential<'h>(&self, headers: &'h HeaderMap) -> Option<&'h [u8]> {
        source::token_of(headers).map(str::as_bytes)
    }

    async fn authenticate(
        &self,
        services: &Services,
        parts: &Parts,
    ) -> Option<Result<Identity, Error>> {
        let path = parts.uri.path();
        if OPEN.iter().any(|open| path.ends_with(open)) {
            return None;
        }
        let token = source::token_of(&parts.headers)?;
        let origin = parts.extensions.get::<Origin>().cloned();
        let origin = origin.unwrap_or_default();
        let found = match bearer::find_caller(services, token, &origin).await {
            Err(Error::Unauthenticated(_)) => by_access_token(services, token, &origin).await,
            found => found,
        };
        Some(found.map(Identity::from))
    }

    fn render(&self, error: &DialectError, request: &RequestInfo) -> Response {
        errors::render(error, request)
    }
}

/// Returns the actor of an access token. A virtual key opens nothing here.
async fn by_access_token(
    services: &Services,
    token: &str,
    origin: &Origin,
) -> Result<Caller, Error> {
    let caller = access_tokens::find_caller(services, token, origin).await?;
    match &caller.credential {
        Credential::Token(grant) if grant.kind == TokenKind::Key => {
            Err(Error::Unauthenticated(Unauthenticated::TokenInvalid))
        }
        Credential::Token(_) | Credential::Session(_) => Ok(caller),
    }
}

/// Returns the response with an object.
fn respond(members: Map<String, Value>) -> Reply {
    Ok(Json(Value::Object(members)))
}

/// Returns the namespace of what is stored for the clients of Open WebUI.
fn namespace() -> Result<Namespace, DialectError> {
    "openwebui".parse().map_err(|_| DialectError::Internal)
}
