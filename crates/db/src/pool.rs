//! The connection pool.

mod pooler;
pub(crate) mod session;

use std::time::Duration;

use sqlx::{ConnectOptions, Connection, PgConnection, PgPool, postgres::PgPoolOptions};

use crate::{DatabaseUrl, Error};

/// A connection idle for longer is tried before it is used: after a restart of PostgreSQL it is dead.
const TRUSTED_IDLE: Duration = Duration::from_secs(1);
/// How PgBouncer begins its refusal of a parameter that it does not know.
const UNKNOWN_PARAMETER: &str = "unsupported startup parameter";

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

/// Why there is no connection, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The database does not answer, or not to this user.
    #[error("{0}. Check DATABASE_URL and that PostgreSQL runs.")]
    Failed(#[from] Error),
    /// A pooler does not take a parameter with which the connection begins.
    #[error(
        "The pooler in front of the database refuses to connect: {0}. Leave `options` out of DATABASE_URL and PGOPTIONS unset; \
         what they set can be set for the role: `alter role NAME set search_path = …`."
    )]
    Parameter(String),
    /// A pooler is in transaction or statement mode.
    #[error(
        "The pooler in front of the database is in transaction mode, in which Rollcall does not work: it listens, locks and \
         prepares statements for as long as it is connected. Set pool_mode = session for its database (PgBouncer), or connect \
         DATABASE_URL to PostgreSQL itself."
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

/// Connects, and makes sure that at least one connection works.
///
/// # Errors
/// When the database cannot be reached, or a pooler stands before it that cannot be worked with.
pub async fn connect(settings: &PoolSettings) -> Result<PgPool, ConnectError> {
    let options = settings.url.options().disable_statement_logging();
    // Alone, because the pool would try again until its time is over and then not say why.
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
