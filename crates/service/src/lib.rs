//! What the product does. Each function authorises, decides, writes and records, in one transaction. Whoever asks for
//! something — a page, the API, the command line, a job — comes through here, and nobody else speaks to the database.

pub mod access;
pub mod access_tokens;
pub mod account;
pub mod audit;
pub mod auth;
mod days;
pub mod demo;
pub mod device;
pub mod doctor;
mod error;
pub mod exports;
pub mod failed_sign_ins;
pub mod flash;
pub mod housekeeping;
pub mod idempotency;
pub mod invitations;
pub mod jobs;
pub mod keys;
pub mod known_device;
pub mod last_seen;
pub mod overview;
mod own_account;
pub mod owned;
pub mod passwords;
mod record;
pub mod registrations;
pub mod reset;
pub mod schema;
pub mod sessions;
pub mod settings;
pub mod setup;
pub mod target;
mod throttle;
pub mod time_zones;
mod tokens;
pub mod users;
pub mod vault;

use std::sync::Arc;

pub use db::{ConnectError, DatabaseUrl, PgPool as Pool, PoolSettings, UrlError, connect};
use time::OffsetDateTime;

pub use error::Error;
pub use tokens::handle as link_handle;

use crate::{last_seen::LastSeen, passwords::Hasher, settings::Settings};

/// What every function needs. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Services {
    /// The database.
    pub pool: db::PgPool,
    /// Hashes passwords away from the requests.
    pub hasher: Hasher,
    /// What is configured.
    pub settings: Arc<Settings>,
    /// Who was seen since the last write.
    pub last_seen: LastSeen,
    /// Failed sign-ins since the last write.
    pub failed_sign_ins: failed_sign_ins::Noted,
    /// Those who watch the sessions.
    pub live: sessions::live::Live,
    /// Exports that are being written.
    pub exports: exports::Exports,
    /// Names of the time zones that can be chosen, once they were asked for.
    pub time_zones: time_zones::TimeZones,
    /// Wakes whoever does the work that nobody waits for.
    pub work: Arc<tokio::sync::Notify>,
    /// The time, for what is not compared between replicas.
    pub clock: fn() -> OffsetDateTime,
}

/// Whether the database answers.
///
/// # Errors
/// [`Error::Unavailable`] when it does not.
pub async fn health(services: &Services) -> Result<(), Error> {
    Ok(db::ping(&services.pool).await?)
}

/// Every total that is kept of accounts and sessions, by its name, for whoever watches the server.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn figures(services: &Services) -> Result<Vec<(String, i64)>, Error> {
    Ok(db::users::list_totals(&services.pool).await?)
}
