//! The document, and pages on which to read it and to try what it describes. They are for anyone: they say nothing of this
//! installation.

use axum::{
    Json, Router,
    http::{HeaderValue, header},
    routing::get,
};
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::DOCUMENT;

/// Where the document is.
const DOCUMENT_PATH: &str = "/api/openapi.json";
/// Where the pages are.
const PAGES_PATH: &str = "/api/docs";
/// The pages run their own scripts and nobody else's; their pictures are in their style sheet, and one style is in their
/// script.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-hashes' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; img-src 'self' data:; connect-src 'self'; \
     frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
);

/// The routes.
pub(crate) fn routes() -> Router {
    // Nobody else is asked whether the document is valid.
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
