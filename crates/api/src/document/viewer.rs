//! The OpenAPI document, and pages to read it and to try its operations. They are public, because they say nothing about this
//! installation.

use axum::{
    Json, Router,
    http::{HeaderValue, header},
    routing::get,
};
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::DOCUMENT;

/// Path of the document.
const DOCUMENT_PATH: &str = "/api/openapi.json";
/// Path of the pages.
const PAGES_PATH: &str = "/api/docs";
/// Policy of the pages, which run only their own scripts; their images are in their style sheet, and one style is in their
/// script.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-hashes' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; img-src 'self' data:; connect-src 'self'; \
     frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
);

/// Returns the routes of the document and its pages.
pub fn routes() -> Router {
    // The pages do not send the document to a validator elsewhere.
    let config = Config::from(DOCUMENT_PATH)
        .validator_url("none")
        .doc_expansion("none")
        .default_models_expand_depth(-1)
        .filter(true);
    Router::from(SwaggerUi::new(PAGES_PATH).config(config))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CONTENT_SECURITY_POLICY,
            POLICY,
        ))
        .route(DOCUMENT_PATH, get(async || Json(&*DOCUMENT)))
}
