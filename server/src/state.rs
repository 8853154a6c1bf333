//! State that the router shares with the handlers.

use std::sync::Arc;

use app::shell::Assets;
use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use service::{Services, settings::Settings};

/// State of the handlers.
#[derive(Clone, FromRef)]
pub(crate) struct AppState {
    pub(crate) services: Services,
    pub(crate) cookie_name: CookieName,
    pub(crate) assets: Assets,
    pub(crate) leptos: LeptosOptions,
}

/// Name of the session cookie.
#[derive(Debug, Clone)]
pub(crate) struct CookieName(pub(crate) Arc<str>);

impl CookieName {
    /// Returns the name on a server with these settings.
    pub(crate) fn of(settings: &Settings) -> Self {
        Self(settings.cookie_name("session_token").into())
    }
}
