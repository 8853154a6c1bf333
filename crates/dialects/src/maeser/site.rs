//! Protection of the routes that change or audit something without being commands: another site must not make a browser open one.

use axum::{extract::FromRequestParts, http::request::Parts};
use service::{
    Services,
    site::{FROM_ELSEWHERE, FROM_UNKNOWN, RequestSite, site_of},
};

use crate::DialectError;

/// A request that names no other site as its cause. Programs name none, and are accepted.
#[derive(Debug, Clone, Copy)]
pub(super) struct NotFromElsewhere;

impl FromRequestParts<Services> for NotFromElsewhere {
    type Rejection = DialectError;

    async fn from_request_parts(
        parts: &mut Parts,
        services: &Services,
    ) -> Result<Self, DialectError> {
        match site_of(&parts.headers, &services.settings) {
            RequestSite::Own | RequestSite::Unknown => Ok(Self),
            RequestSite::Other => Err(FROM_ELSEWHERE.into()),
        }
    }
}

/// A request of this site, or of the user's own address bar. One that names no site is denied: over http browsers send no
/// `Sec-Fetch-Site`, and a link of another site without a referrer sends no header at all.
#[derive(Debug, Clone, Copy)]
pub(super) struct FromThisSite;

impl FromRequestParts<Services> for FromThisSite {
    type Rejection = DialectError;

    async fn from_request_parts(
        parts: &mut Parts,
        services: &Services,
    ) -> Result<Self, DialectError> {
        match site_of(&parts.headers, &services.settings) {
            RequestSite::Own => Ok(Self),
            RequestSite::Other => Err(FROM_ELSEWHERE.into()),
            RequestSite::Unknown => Err(FROM_UNKNOWN.into()),
        }
    }
}
