//! Connection pool, and the checks on its first connection.

mod pooler;
pub(crate) mod session;
pub(crate) mod stall;

use std::time::Duration;

use sqlx::{ConnectOptions, Connection, PgConnection, PgPool, postgres::PgPoolOptions};

use crate::{DatabaseUrl, Error};

/// Idle time after which a connection is tested before use: after a restart of PostgreSQL it is dead.
const TRUSTED_IDLE: Duration = Duration::from_secs(1);
/// Prefix of PgBouncer's error for an unknown startup parameter.
const UNKNOWN_PARAMETER: &str = "unsupported startup parameter";

/// Settings of the pool.
#[derive(Debug, Clone)]
pub struct PoolSettings {
    /// Database URL.
    pub url: DatabaseUrl,
    /// Maximum number of connections.
    pub max_connections: u32,
    /// Maximum time for which a request waits for a connection.
    pub acquire_timeout: Duration,
}

/// Reason why connecting failed, with a message that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The database does not respond, or rejects this role.
    #[error("{0}. Check DATABASE_URL and that PostgreSQL is running.")]
    Failed(#[from] Error),
    /// A pooler rejects a startup parameter of the connection.
    #[error(
        "The connection pooler rejected the connection: {0}. Remove `options` from DATABASE_URL and unset PGOPTIONS; set these \
         parameters for the role instead: `alter role NAME set search_path = …`."
    )]
    Parameter(String),
    /// A pooler is in transaction or statement mode.
    #[error(
        "The connection pooler is in transaction mode, which Rollcall doesn't support: it needs LISTEN, session locks and prepared \
         statements. Set pool_mode = session for this database (PgBouncer), or point DATABASE_URL at PostgreSQL directly."
    )]
    Transactions,
}

impl From<sqlx::Error> for ConnectError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(cause) if cause.message().contains(UNKNOWN_PARAMETER) => {
                Self::Parameter(cause.message().to_owned())
            }
            _ => Self::Failed(error.into()),
        }
    }
}

/// Opens the pool and checks that at least one connection works.
///
/// # Errors
/// Fails if the database cannot be reached, or if a pooler in front of it is in a mode that is not supported.
pub async fn connect(settings: &PoolSettings) -> Result<PgPool, ConnectError> {
    let options = settings.url.options().disable_statement_logging();
    // The first connection is opened outside the pool, because the pool would retry until its timeout and then not report the cause.
    let mut first = PgConnection::connect_with(&options).await?;
    if pooler::is_in_transaction_mode(&mut first, &options).await? {
        return Err(ConnectError::Transactions);
    }
    first.close().await?;
    let pool = PgPoolOptions::new()
        .max_connections(settings.max_connections)
        .acquire_timeout(settings.acquire_timeout)
        .test_before_acquire(false)
        .after_connect(|connection, _| Box::pin(session::for_requests(connection)))
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
