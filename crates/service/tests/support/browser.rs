//! Sessions of browsers.

use std::sync::Arc;

use service::sessions::PgSessionStore;
use sqlx::PgPool;
use tower_sessions::{Session, session::Id};

/// Returns the session of a browser with a cookie, or of one without.
pub(crate) fn browser(pool: &PgPool, cookie: Option<Id>) -> Session {
    Session::new(cookie, Arc::new(PgSessionStore::new(pool.clone())), None)
}
