//! The trait of all dialects.

use std::fmt;

use async_trait::async_trait;
use axum::{
    Router,
    extract::Request,
    http::{HeaderMap, Method, request::Parts},
    response::Response,
};
use service::{
    Error, Services,
    access::{Identity, Origin},
};

use crate::{DialectError, Mount};

/// API of another system.
///
/// The server adds to the routes what every address has: the id of the request, the log, limits of rates and bodies, and the recognition of
/// the caller. It asks the dialect for the identity of a request once, and for the response to every error, also one outside of the routes.
#[async_trait]
pub trait Dialect: Send + Sync + 'static {
    /// Returns its name in `DIALECTS`, in the path `/compat/<name>/` and, in capitals, in the setting `<NAME>_ADDR`.
    fn name(&self) -> &'static str;

    /// Returns the name of the other system.
    fn system(&self) -> &'static str {
        self.name()
    }

    /// Returns a line to paste, with which a client of the other system uses the URL. It has no slash at the end.
    fn client_line(&self, url: &str) -> String {
        url.to_owned()
    }

    /// Returns the text of its documentation in Markdown; empty without one.
    fn documentation(&self) -> &'static str {
        ""
    }

    /// Returns the routes, with the paths that the clients expect at the root of an address. A handler takes the identity of the request
    /// with [`Authenticated`](crate::Authenticated) and returns errors as [`DialectError`]: other responses with the status of an error,
    /// such as those of extractors, are replaced by a rendered one.
    fn routes(&self) -> Router<Services>;

    /// Returns the credential in the headers of a request, before it is verified. Requests with a verified credential count against its
    /// account, others against the address that they come from.
    fn credential<'h>(&self, headers: &'h HeaderMap) -> Option<&'h [u8]>;

    /// Returns the identity of a request; None without a credential of the dialect. Only this decides who can call the routes: neither a
    /// session of the panel nor an access token counts unless it is accepted here. If [`Self::uses_cookies`], the session of the panel is
    /// among the extensions of the request.
    async fn authenticate(
        &self,
        services: &Services,
        parts: &Parts,
    ) -> Option<Result<Identity, Error>>;

    /// Returns whether cookies authenticate requests. Requests that another site has caused are denied then. Otherwise cookies are removed
    /// from every request.
    fn uses_cookies(&self) -> bool {
        false
    }

    /// Renders an error as the other system does.
    fn render(&self, error: &DialectError, request: &RequestInfo) -> Response;
}

impl fmt::Debug for dyn Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Properties of a request that its error response can depend on.
#[derive(Debug, Clone)]
pub struct RequestInfo {
    /// Method of the request.
    pub method: Method,
    /// Path of the dialect at its address.
    pub mount: Mount,
    /// Path below the root of the dialect.
    pub path: String,
    /// Query, without the question mark.
    pub query: Option<String>,
    /// The id of the request, which its log lines carry.
    pub request_id: Option<String>,
}

impl From<&Request> for RequestInfo {
    fn from(request: &Request) -> Self {
        let origin = request.extensions().get::<Origin>();
        let request_id = origin.and_then(|origin| origin.request_id);
        Self {
            method: request.method().clone(),
            mount: Mount::of(request.extensions(), request.uri()),
            path: request.uri().path().to_owned(),
            query: request.uri().query().map(str::to_owned),
            request_id: request_id.map(|id| id.to_string()),
        }
    }
}
