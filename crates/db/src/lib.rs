//! The only crate with SQL: the pool, the migrations, one function for each statement, and the session store.
//!
//! Anything compared between replicas is compared with PostgreSQL's own clock, so that a server whose clock is wrong
//! neither lengthens nor shortens a session, a link or a delay.

pub mod access_tokens;
pub mod account;
pub mod api_keys;
pub mod audit;
mod backer;
mod database_url;
pub mod demo;
pub mod doctor;
mod error;
pub mod export;
pub mod failed_sign_ins;
pub mod flashes;
pub mod idempotency;
pub mod invitations;
pub mod jobs;
pub mod known_devices;
pub mod links;
mod list;
pub mod login_attempts;
pub mod overview;
pub mod owned;
mod pool;
pub mod purge;
pub mod registrations;
mod requirements;
pub mod roles;
pub mod schema;
pub mod session_store;
pub mod sessions;
pub mod users;

pub use backer::Backer;
pub use database_url::{DatabaseUrl, UrlError};
pub use error::Error;
pub use pool::{ConnectError, PoolSettings, connect};
use sqlx::Connection;
pub use sqlx::{PgConnection, PgPool};

/// A connection that goes back to the pool when dropped.
pub type PoolConnection = sqlx::pool::PoolConnection<sqlx::Postgres>;

/// A transaction. Rolled back when dropped without [`commit`](sqlx::Transaction::commit).
pub type Transaction = sqlx::Transaction<'static, sqlx::Postgres>;

/// Takes a connection for several statements.
///
/// # Errors
/// When the database cannot be reached.
pub async fn acquire(pool: &PgPool) -> Result<PoolConnection, Error> {
    Ok(pool.acquire().await?)
}

/// Begins a transaction.
///
/// # Errors
/// When the database cannot be reached.
pub async fn begin(pool: &PgPool) -> Result<Transaction, Error> {
    Ok(pool.begin().await?)
}

/// Commits a transaction.
///
/// # Errors
/// When it cannot be committed: nothing of it happened. When the connection ends meanwhile: all of it happened, or nothing.
pub async fn commit(transaction: Transaction) -> Result<(), Error> {
    Ok(transaction.commit().await?)
}

/// Undoes a transaction at once, and lets go of what it has locked.
///
/// # Errors
/// When the connection ends meanwhile: nothing of it happened.
pub async fn rollback(transaction: Transaction) -> Result<(), Error> {
    Ok(transaction.rollback().await?)
}

/// Asks for nothing, to see whether there is an answer.
///
/// # Errors
/// When the database cannot be reached.
pub async fn ping(pool: &PgPool) -> Result<(), Error> {
    pool.acquire().await?.ping().await?;
    Ok(())
}
