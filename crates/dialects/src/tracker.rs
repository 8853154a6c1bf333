//! The Tracker System: sign-in, users and clients. Its id of a user is the number of the user.

mod auth;
mod clients;
mod credential;
mod errors;
mod parameters;
mod types;
mod users;

use async_trait::async_trait;
use axum::{
    Router,
    http::{HeaderMap, request::Parts},
    response::Response,
};
use service::{
    Error, Services,
    access::{Identity, Origin},
};

use crate::{Dialect, DialectError, RequestInfo};

/// Dialect of the Tracker System.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tracker;

#[async_trait]
impl Dialect for Tracker {
    fn name(&self) -> &'static str {
        "tracker"
    }

    fn system(&self) -> &'static str {
        "Tracker System"
    }

    fn client_line(&self, url: &str) -> String {
        format!("API_URL={url}")
    }

    fn documentation(&self) -> &'static str {
        include_str!("../../../docs/dialects/tracker.md")
    }

    fn routes(&self) -> Router<Services> {
        auth::routes()
            .merge(users::routes())
            .merge(clients::routes())
    }

    fn credential<'h>(&self, headers: &'h HeaderMap) -> Option<&'h [u8]> {
        credential::token(headers).map(str::as_bytes)
    }

    async fn authenticate(
        &self,
        services: &Services,
        parts: &Parts,
    ) -> Option<Result<Identity, Error>> {
        // Clients send their access token there too, although it has expired.
        if parts.uri.path().starts_with(auth::PATH) {
            return None;
        }
        let token = credential::token(&parts.headers)?;
        let origin = parts.extensions.get::<Origin>().cloned();
        let origin = origin.unwrap_or_default();
        Some(credential::find_identity(services, token, &origin).await)
    }

    /// The refresh token is a cookie. The session of the panel does not count.
    fn uses_cookies(&self) -> bool {
        true
    }

    fn render(&self, error: &DialectError, _: &RequestInfo) -> Response {
        errors::render(error)
    }
}
