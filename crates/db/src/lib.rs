//! Database access of Rollcall, the only crate with SQL: the pool, the migrations, one function for each statement, and the session store.
//!
//! Times that several servers compare are compared with PostgreSQL's clock, so that a server with a wrong clock neither lengthens nor
//! shortens a session, a link or a delay.

pub mod access;
pub mod access_tokens;
pub mod account;
pub mod api_keys;
pub mod audit;
mod backer;
pub mod clients;
pub mod conversations;
mod database_url;
pub mod deletions;
pub mod demo;
pub mod dialects;
pub mod directory;
pub mod doctor;
mod error;
pub mod export;
pub mod extensions;
pub mod failed_sign_ins;
pub mod features;
pub mod flashes;
pub mod frame;
pub mod groups;
pub mod host_settings;
pub mod idempotency;
pub mod identifiers;
pub mod invitations;
pub mod jobs;
mod keyset;
pub mod known_devices;
pub mod limits;
pub mod links;
mod list;
pub mod login_attempts;
pub mod overview;
pub mod owned;
mod pool;
pub mod purge;
pub mod registrations;
mod requirements;
pub mod resources;
pub mod roles;
pub mod schema;
pub mod session_store;
pub mod sessions;
pub mod usage;
pub mod users;

pub use backer::Backer;
pub use database_url::{DatabaseUrl, UrlError};
pub use error::Error;
use pool::stall::limit_probe;
pub use pool::{ConnectError, PoolSettings, connect, stall::watch_database};
use sqlx::Connection;
pub use sqlx::{PgConnection, PgPool};

/// A connection that returns to the pool when dropped.
pub type PoolConnection = sqlx::pool::PoolConnection<sqlx::Postgres>;

/// A transaction. It is rolled back when dropped without [`commit`](sqlx::Transaction::commit).
pub type Transaction = sqlx::Transaction<'static, sqlx::Postgres>;

/// Acquires a connection for several statements.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn acquire(pool: &PgPool) -> Result<PoolConnection, Error> {
    Ok(pool.acquire().await?)
}

/// Begins a transaction on a connection of the pool.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn begin(pool: &PgPool) -> Result<Transaction, Error> {
    Ok(pool.begin().await?)
}

/// Commits a transaction that has audited its change.
///
/// # Errors
/// Fails if the transaction cannot be committed, in which case nothing of it is stored. If the connection is lost meanwhile, either all of
/// it is stored or nothing.
pub async fn commit(transaction: Transaction, _: audit::Audited) -> Result<(), Error> {
    Ok(transaction.commit().await?)
}

/// Rolls back a transaction at once and releases its locks.
///
/// # Errors
/// Fails if the connection is lost meanwhile, in which case nothing of it is stored either.
pub async fn rollback(transaction: Transaction) -> Result<(), Error> {
    Ok(transaction.rollback().await?)
}

/// Checks that the database responds.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn ping(pool: &PgPool) -> Result<(), Error> {
    limit_probe::<_, Error>(async { Ok(pool.acquire().await?.ping().await?) }).await
}
