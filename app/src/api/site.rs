//! Same-origin checks for server functions that lock rows or are audited: another site must not make a browser call one.

use axum::http::request::Parts;
use leptos::prelude::use_context;
use service::{
    Error,
    settings::Settings,
    site::{FROM_ELSEWHERE, FROM_UNKNOWN, RequestSite, site_of},
};

/// Checks that no other site is known to have caused the request, for functions whose `GET` locks rows. The check also covers
/// the page that calls such a function during rendering. An unknown site is accepted, because such a request is not audited and
/// the locks end with it.
///
/// # Errors
/// Returns [`FROM_ELSEWHERE`] when another site has caused the request.
pub fn require(settings: &Settings) -> Result<(), Error> {
    match use_context::<Parts>() {
        Some(parts) if site_of(&parts.headers, settings) != RequestSite::Other => Ok(()),
        _ => Err(FROM_ELSEWHERE),
    }
}

/// Checks that this site or the user's own address bar has caused the request, for functions whose `GET` is audited.
///
/// # Errors
/// Returns [`FROM_ELSEWHERE`] when another site has caused the request, [`FROM_UNKNOWN`] when no header names the site.
pub fn require_own(settings: &Settings) -> Result<(), Error> {
    let parts = use_context::<Parts>().ok_or(FROM_ELSEWHERE)?;
    match site_of(&parts.headers, settings) {
        RequestSite::Own => Ok(()),
        RequestSite::Other => Err(FROM_ELSEWHERE),
        RequestSite::Unknown => Err(FROM_UNKNOWN),
    }
}
