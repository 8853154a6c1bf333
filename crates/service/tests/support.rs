//! Helpers of several tests, and the services over the database of a test.

pub(crate) mod browser;
pub(crate) mod callers;
pub(crate) mod clock;
pub(crate) mod furniture;
pub(crate) mod key_ring;
pub(crate) mod killed;
pub(crate) mod numbers;
pub(crate) mod own;
pub(crate) mod own_account;
pub(crate) mod users;
pub(crate) mod waiting;

use std::sync::Arc;

use service::{
    Services, exports::Exports, failed_sign_ins::Noted, last_seen::LastSeen, passwords::Hasher,
    reset::Choice, sessions::live::Live, settings::Settings, time_zones::TimeZones,
    usage::Rankings,
};
use sqlx::PgPool;
use time::macros::datetime;

/// Returns services with the default settings and a fixed clock.
pub(crate) fn services(pool: &PgPool) -> Services {
    Services {
        pool: pool.clone(),
        hasher: Hasher::start().unwrap(),
        settings: Arc::new(Settings::default()),
        last_seen: LastSeen::default(),
        failed_sign_ins: Noted::default(),
        live: Live::default(),
        exports: Exports::default(),
        time_zones: TimeZones::default(),
        rankings: Rankings::default(),
        work: Arc::default(),
        clock: || datetime!(2026-11-21 12:00 UTC),
    }
}

/// Returns the input of a reset page. The access tokens stay valid.
pub(crate) fn chosen(password: &str) -> Choice<'_> {
    Choice {
        password,
        password_again: password,
        revoke_tokens: false,
    }
}
