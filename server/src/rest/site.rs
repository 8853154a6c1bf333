//! Requests that only read, but are audited: another site must not make a browser send one.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use service::Error;

use super::Failure;
use crate::middleware::bearer;

/// What is said of a request that another site has caused.
const FROM_ELSEWHERE: Error =
    Error::Forbidden("This request came from another site and was refused.");

/// A request of this site, of the user's own address bar, or of a program; 403 for one that another site has caused. The layer
/// against forged requests looks at methods that change something, so a handler of `GET` that writes takes this.
pub(crate) struct FromThisSite;

impl<S: Send + Sync> FromRequestParts<S> for FromThisSite {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        // No browser adds a token by itself.
        if bearer::is_in(&parts.headers) || is_from_here(&parts.headers) {
            return Ok(Self);
        }
        Err(FROM_ELSEWHERE.into())
    }
}

/// Whether a browser says that the request began here. What says nothing at all is no browser of today.
fn is_from_here(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let origin = origin
        .to_str()
        .ok()
        .and_then(|origin| origin.split_once("://"));
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    origin.is_some_and(|(_, origin)| Some(origin) == host)
}
