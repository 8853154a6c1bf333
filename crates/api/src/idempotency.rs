//! Requests that an idempotency key can identify.

use axum::http::Method;

/// Path of the questions about access, which change nothing.
const CHECK: &str = "/api/access/check";
/// Beginnings of the paths of uses, which have ids of their own.
const USES: [&str; 2] = ["/api/limits/", "/api/usage"];

/// Returns whether a request can have a key: it changes something. At sign-in and registration there is no account that a key
/// could belong to.
#[must_use]
pub fn takes_key(method: &Method, path: &str) -> bool {
    method == Method::POST
        && path.starts_with("/api/")
        && !path.starts_with("/api/auth/")
        && path != CHECK
        && !USES.iter().any(|uses| path.starts_with(uses))
}
