//! Requests that only read, but are audited: another site must not be able to make a browser send one.

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};
use service::{
    Services,
    site::{FROM_ELSEWHERE, FROM_UNKNOWN, RequestSite, site_of},
};

use crate::{bearer_token, error::ApiError};

/// Extractor that accepts a request of this site, of the user's own address bar, or with an access token; 403 for one that
/// another site has or can have caused: over http browsers send no `Sec-Fetch-Site`, and a link without referrer sends no header
/// at all. The layer against forged requests checks methods that change something, so a handler of `GET` that writes needs this.
pub(crate) struct FromThisSite;

impl<S: Send + Sync> FromRequestParts<S> for FromThisSite
where
    Services: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let services = Services::from_ref(state);
        // No browser adds a token by itself.
        if bearer_token::is_in(&parts.headers) {
            return Ok(Self);
        }
        match site_of(&parts.headers, &services.settings) {
            RequestSite::Own => Ok(Self),
            RequestSite::Other => Err(FROM_ELSEWHERE.into()),
            RequestSite::Unknown => Err(FROM_UNKNOWN.into()),
        }
    }
}
