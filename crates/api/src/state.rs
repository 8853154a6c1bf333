//! State of the handlers.

use std::sync::Arc;

use axum::extract::FromRef;
use service::Services;

/// State of the handlers.
#[derive(Clone, FromRef)]
pub struct ApiState {
    /// Services that the handlers call.
    pub services: Services,
    /// Name of the session cookie.
    pub cookie_name: CookieName,
}

/// Name of the session cookie.
#[derive(Debug, Clone)]
pub struct CookieName(pub Arc<str>);
