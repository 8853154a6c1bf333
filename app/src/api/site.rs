//! Same-origin check for server functions that lock rows: another site must not make a browser call one.

use axum::http::request::Parts;
use leptos::prelude::use_context;
use service::{
    Error,
    settings::Settings,
    site::{FROM_ELSEWHERE, RequestSite, site_of},
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
