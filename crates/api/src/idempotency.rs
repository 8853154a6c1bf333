//! Requests that an idempotency key can identify.

use axum::http::Method;

/// Path of the questions about access, which change nothing.
const CHECK: &str = "/api/access/check";

/// Returns whether a request can have a key: it changes something. At sign-in and registration there is no account that a key
/// could belong to.
#[must_use]
pub fn takes_key(method: &Method, path: &str) -> bool {
    method == Method::POST
        && path.starts_with("/api/")
        && !path.starts_with("/api/auth/")
        && path != CHECK
}
