//! The cookies of a request.

use axum::http::{HeaderMap, HeaderValue, header::COOKIE};
use domain::cookies::Cookies;

/// Parses the cookies of a request.
#[must_use]
pub fn read(headers: &HeaderMap) -> Cookies<'_> {
    Cookies::read(headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes))
}

/// Returns the value of a cookie of a request.
#[must_use]
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    read(headers).get(name)
}
