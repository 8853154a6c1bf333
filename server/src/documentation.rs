//! Documentation of the dialects, to which the panel links. It is public, because it says nothing about this installation.

use axum::{
    Router,
    http::{HeaderValue, header},
    routing::get,
};
use dialects::Dialects;

/// Policy of the texts. A browser shows a plain text in a page with a style of its own.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
);

/// Returns the file with the documentation of a dialect, which is also its path on the server.
pub(crate) fn file(dialect: &str) -> String {
    format!("docs/dialects/{dialect}.md")
}

/// Returns the routes of the documentation of all dialects, on or off. They answer with plain text, which browsers do not download.
pub(crate) fn routes() -> Router {
    let dialects = Dialects::builtin();
    dialects.iter().fold(Router::new(), |routes, dialect| {
        let path = format!("/{}", file(dialect.name()));
        let policy = [(header::CONTENT_SECURITY_POLICY, POLICY)];
        routes.route(&path, get((policy, dialect.documentation())))
    })
}
