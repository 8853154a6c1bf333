//! Layers for requests that cookies authenticate: protection against forged requests, and the session.

use service::{Services, sessions::PgSessionStore, settings::Settings};
use tower_http::csrf::CsrfLayer;
use tower_sessions::{SessionManagerLayer, cookie::SameSite};

use api::state::CookieName;

/// Returns the layers, the outer one first.
pub(crate) fn of(services: &Services) -> (CsrfLayer, SessionManagerLayer<PgSessionStore>) {
    let CookieName(name) = CookieName::of(&services.settings);
    let sessions = SessionManagerLayer::new(PgSessionStore::new(services.pool.clone()))
        .with_name(name.to_string())
        .with_same_site(SameSite::Lax)
        .with_secure(services.settings.is_https());
    (own_site(&services.settings), sessions)
}

/// Returns the layer that rejects requests that another site makes a browser send. The origin of the panel is accepted, whatever
/// `Host` a proxy puts in its place.
fn own_site(settings: &Settings) -> CsrfLayer {
    let Some(origin) = settings.origin() else {
        return CsrfLayer::new();
    };
    CsrfLayer::new()
        .add_trusted_origin(origin)
        .unwrap_or_else(|error| {
            tracing::warn!(%error, "PUBLIC_URL is not a valid browser origin");
            CsrfLayer::new()
        })
}
