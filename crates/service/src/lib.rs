//! Business logic of the product. Each function authorizes, decides, writes and audits, in one transaction. All callers
//! (pages, the API, the command line, jobs) go through this crate, and only it queries the database.

pub mod access;
pub mod access_check;
pub mod access_tokens;
pub mod account;
mod assignment;
pub mod audit;
pub mod auth;
mod backing;
mod batch;
mod client_lists;
pub mod clients;
pub mod conversations;
mod days;
pub mod deletions;
pub mod demo;
pub mod device;
pub mod dialects;
pub mod directory;
pub mod doctor;
mod error;
pub mod exports;
pub mod failed_sign_ins;
pub mod features;
pub mod flash;
pub mod frame;
pub mod groups;
pub mod guard;
pub mod host_settings;
pub mod housekeeping;
pub mod idempotency;
pub mod identifiers;
pub mod invitations;
pub mod jobs;
pub mod keys;
pub mod known_device;
pub mod last_seen;
mod lasting_passwords;
pub mod limits;
mod memberships;
pub mod numbered;
pub mod overview;
mod own_account;
pub mod owned;
pub mod passwords;
mod quota;
pub mod registrations;
pub mod reset;
pub mod resources;
pub mod roles;
mod row_exports;
pub mod schema;
pub mod sessions;
pub mod settings;
pub mod setup;
mod sign_in_check;
pub mod site;
mod throttle;
pub mod time_zones;
mod tokens;
pub mod usage;
mod user_search;
pub mod users;
pub mod vault;

use std::sync::Arc;

pub use db::{
    ConnectError, DatabaseUrl, PgPool as Pool, PoolSettings, UrlError, connect, watch_database,
};
use time::OffsetDateTime;

pub use error::Error;
pub use tokens::handle as link_handle;

use crate::{last_seen::LastSeen, passwords::Hasher, settings::Settings};

/// Dependencies of every function. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Services {
    /// Connection pool.
    pub pool: db::PgPool,
    /// Threads that hash passwords outside the async runtime.
    pub hasher: Hasher,
    /// Configuration.
    pub settings: Arc<Settings>,
    /// Sessions, access tokens and dialects used since the last write.
    pub last_seen: LastSeen,
    /// Failed sign-ins since the last write.
    pub failed_sign_ins: failed_sign_ins::Noted,
    /// Subscribers to changes of the session list.
    pub live: sessions::live::Live,
    /// Running exports.
    pub exports: exports::Exports,
    /// Cached names of the time zones.
    pub time_zones: time_zones::TimeZones,
    /// Cached users and groups with the highest cost.
    pub rankings: usage::Rankings,
    /// Wakes the worker that runs queued jobs.
    pub work: Arc<tokio::sync::Notify>,
    /// Clock of this process, for times that are not compared between replicas.
    pub clock: fn() -> OffsetDateTime,
}

/// Checks that the database answers.
///
/// # Errors
/// [`Error::Unavailable`] when it does not.
pub async fn health(services: &Services) -> Result<(), Error> {
    Ok(db::ping(&services.pool).await?)
}

/// Lists every maintained total of accounts and sessions by its name, for monitoring.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn figures(services: &Services) -> Result<Vec<(String, i64)>, Error> {
    Ok(db::users::list_totals(&services.pool).await?)
}
