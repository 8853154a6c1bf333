//! Everything that a service function needs, over the database of a test.

use std::sync::Arc;

use service::{
    Services, last_seen::LastSeen, passwords::Hasher, sessions::live::Live, settings::Settings,
};
use sqlx::PgPool;
use time::macros::datetime;

/// Services as the server has them.
pub(crate) fn services(pool: &PgPool) -> Services {
    Services {
        pool: pool.clone(),
        hasher: Hasher::start().unwrap(),
        settings: Arc::new(Settings::default()),
        last_seen: LastSeen::default(),
        live: Live::default(),
        work: Arc::default(),
        clock: || datetime!(2026-11-21 12:00 UTC),
    }
}
