//! Recognisers: the ways in which a request names its user. Those of an address are asked once per request, in their order. The first one
//! whose credential the request has decides, also if that credential is not valid.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use dialects::{Dialect, DialectError};
use domain::{audit::Via, error::Forbidden};
use service::{
    Error, Services,
    access::{Identity, Origin},
    access_tokens, sessions,
};
use tower_sessions::Session;
use uuid::Uuid;

use super::rate::Recognised;
use api::bearer_token;

/// Recognisers of the panel and its API.
pub(crate) const PANEL: &[Recogniser] = &[Recogniser::Token, Recogniser::Session];

/// A way in which a request names its user.
#[derive(Debug, Clone)]
pub(crate) enum Recogniser {
    /// Access token. It gives access to the API only. Attempts are not slowed down, because tokens cannot be guessed.
    Token,
    /// Session cookie of the panel.
    Session,
    /// Credential of a dialect.
    Dialect(Arc<dyn Dialect>),
}

impl Recogniser {
    /// Returns the identity of a request; None if the request has no credential of this kind.
    async fn find(&self, services: &Services, parts: &Parts) -> Option<Result<Identity, Error>> {
        match self {
            Self::Token => token(services, parts).await,
            Self::Session => session(services, parts).await,
            Self::Dialect(dialect) => dialect.authenticate(services, parts).await,
        }
    }
}

/// Returns the identity of a request; None without a credential. Reports the account to the rate limit.
pub(crate) async fn find(
    recognisers: &[Recogniser],
    services: &Services,
    parts: &Parts,
) -> Result<Option<Identity>, Error> {
    let mut found = None;
    for recogniser in recognisers {
        found = recogniser.find(services, parts).await;
        if found.is_some() {
            break;
        }
    }
    let found = found.transpose();
    let account = match &found {
        Ok(Some(Identity::User(caller))) => Some(Some(caller.principal.id.0)),
        // The key of the operator counts by itself, so that attempts of others at the same address do not use up its limit.
        Ok(Some(Identity::Operator(_))) => Some(Some(Uuid::nil())),
        Ok(None) | Err(Error::Unauthenticated(_)) => Some(None),
        Err(_) => None,
    };
    if let (Some(recognised), Some(account)) = (parts.extensions.get::<Recognised>(), account) {
        recognised.set_account(account);
    }
    found
}

async fn token(services: &Services, parts: &Parts) -> Option<Result<Identity, Error>> {
    if !bearer_token::is_in(&parts.headers) {
        return None;
    }
    let text = bearer_token::text(&parts.headers).unwrap_or_default();
    let found = access_tokens::find_caller(services, text, &origin(parts)).await;
    Some(match found {
        Ok(_) if !is_of_api(parts) => Err(Error::TokenNotAllowed),
        Ok(caller) if !caller.opens(parts.uri.path()) => {
            Err(Error::Forbidden(Forbidden::KeyNotAllowed))
        }
        found => found.map(Identity::from),
    })
}

async fn session(services: &Services, parts: &Parts) -> Option<Result<Identity, Error>> {
    let session = parts.extensions.get::<Session>()?;
    let via = if is_of_api(parts) { Via::Api } else { Via::Ui };
    let found = sessions::find_caller(services, session, via, &origin(parts)).await;
    found.map(|caller| caller.map(Identity::from)).transpose()
}

fn is_of_api(parts: &Parts) -> bool {
    parts.uri.path().starts_with("/api/")
}

fn origin(parts: &Parts) -> Origin {
    let origin = parts.extensions.get::<Origin>();
    origin.cloned().unwrap_or_default()
}

/// Removes from a request with an access token what a browser adds by itself, before any layer reads it, so that the request never acts
/// for another user. Unlike cookies, a browser adds no token to the requests of another site: the site of a request does not matter.
pub(crate) async fn isolate_token(mut request: Request, next: Next) -> Response {
    let headers = request.headers_mut();
    if bearer_token::is_in(headers) {
        for name in [header::COOKIE, header::ORIGIN] {
            headers.remove(name);
        }
        headers.remove("sec-fetch-site");
    }
    next.run(request).await
}

/// Adds the identity to a request to a dialect.
pub(crate) async fn identify(
    State((services, dialect)): State<(Services, Arc<dyn Dialect>)>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let name = dialect.name();
    match find(&[Recogniser::Dialect(dialect)], &services, &parts).await {
        Ok(identity) => {
            if identity.is_some() {
                services.last_seen.note_dialect(name, (services.clock)());
            }
            parts.extensions.insert::<Option<Identity>>(identity);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(error) => DialectError::from(error).into_response(),
    }
}
