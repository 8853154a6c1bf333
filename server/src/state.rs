//! State that the router shares with the handlers.

use api::state::CookieName;
use app::shell::Assets;
use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use service::Services;

/// State of the handlers.
#[derive(Clone, FromRef)]
pub(crate) struct AppState {
    pub(crate) services: Services,
    pub(crate) cookie_name: CookieName,
    pub(crate) assets: Assets,
    pub(crate) leptos: LeptosOptions,
}
