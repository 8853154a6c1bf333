//! The connection pool.

use std::time::Duration;

use sqlx::{
    ConnectOptions, Connection, PgConnection, PgPool,
    postgres::PgPoolOptions,
};

use crate::{DatabaseUrl, Error};

/// A connection idle for longer is tried before it is used: after a restart of PostgreSQL it is dead.
const TRUSTED_IDLE: Duration = Duration::from_secs(1);
/// A page asks for little: to start further processes for it takes longer than the answer.
const NO_HELPERS: (&str, &str) = ("max_parallel_workers_per_gather", "0");
/// A statement that runs longer is cancelled: no page waits for it any more.
const STATEMENT_TIMEOUT: &str = "15s";

/// How to connect.
#[derive(Debug, Clone)]
pub struct PoolSettings {
    /// Where the database is.
    pub url: DatabaseUrl,
    /// Most connections.
    pub max_connections: u32,
    /// How long a request waits for a connection before it is told to come back.
    pub acquire_timeout: Duration,
}

/// Connects, and makes sure that at least one connection works.
///
/// # Errors
/// When the database cannot be reached.
pub async fn connect(settings: &PoolSettings) -> Result<PgPool, Error> {
    let options = settings
        .url
        .options()
        .options([
            ("statement_timeout", STATEMENT_TIMEOUT),
            ("timezone", "UTC"),
            NO_HELPERS,
        ])
        .disable_statement_logging();
    // Alone, because the pool would try again until its time is over and then not say why.
    PgConnection::connect_with(&options).await?.close().await?;
    let pool = PgPoolOptions::new()
        .max_connections(settings.max_connections)
        .acquire_timeout(settings.acquire_timeout)
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for > TRUSTED_IDLE {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_with(options)
        .await?;
    Ok(pool)
}
