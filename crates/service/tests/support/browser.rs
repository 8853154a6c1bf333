//! The session that a browser comes with.

use std::sync::Arc;

use service::sessions::PgSessionStore;
use sqlx::PgPool;
use tower_sessions::{Session, session::Id};

/// The session of a browser with a cookie, or without one.
pub(crate) fn browser(pool: &PgPool, cookie: Option<Id>) -> Session {
    Session::new(cookie, Arc::new(PgSessionStore::new(pool.clone())), None)
}
