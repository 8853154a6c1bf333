//! State of the handlers.

use std::sync::Arc;

use axum::extract::FromRef;
use service::{Services, settings::Settings};

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

impl CookieName {
    /// Returns the name on a server with these settings.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        Self(settings.cookie_name("session_token").into())
    }
}
