//! Protection of the routes that change or audit something without being commands: another site must not make a browser open one.

use axum::{extract::FromRequestParts, http::request::Parts};
use service::{
    Services,
    site::{FROM_ELSEWHERE, RequestSite, site_of},
};

use crate::DialectError;

/// A request that no other site has caused. Programs name no site, and are accepted.
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
