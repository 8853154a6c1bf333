//! Same-origin check for requests that change nothing but are audited or lock rows: another site must not make a browser send one.

use axum::http::{HeaderMap, header, request::Parts};
use leptos::prelude::use_context;
use service::{Error, settings::Settings};

use super::{
    error::ApiError,
    ssr::{fail, services},
};

/// Error for a request that another site has caused.
pub const FROM_ELSEWHERE: Error = Error::Forbidden(
    "This request came from another site and was blocked. Open the panel and try again there.",
);

/// Checks that the request began on this site, for functions whose `GET` locks rows. The check also covers the page that
/// calls such a function during rendering.
///
/// # Errors
/// Returns [`FROM_ELSEWHERE`] when another site has caused the request.
pub fn require() -> Result<(), ApiError> {
    let services = services()?;
    match use_context::<Parts>() {
        Some(parts) if is_from_here(&parts.headers, &services.settings) => Ok(()),
        _ => Err(fail(FROM_ELSEWHERE)),
    }
}

/// Returns whether the browser's headers show that the request began on this site: at the configured origin, even if a
/// proxy replaces `Host`, or at the host of the request. A request without these headers does not come from a current
/// browser and is accepted.
#[must_use]
pub fn is_from_here(headers: &HeaderMap, settings: &Settings) -> bool {
    let own = settings.origin();
    if own.is_some_and(|own| {
        headers
            .get(header::ORIGIN)
            .is_some_and(|origin| *origin == own)
    }) {
        return true;
    }
    // `none` is a navigation by the user, such as a bookmark.
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
