//! Detection of a database that accepts statements and does not answer them. A statement waits for it without an end: the timeout of
//! statements is up to the database itself.

use std::{io, pin::pin, time::Duration};

use sqlx::{Connection, PgConnection, PgPool, postgres::PgConnectOptions};
use tokio::time::{sleep, timeout};

use crate::Error;

/// Interval between two checks.
const EVERY: Duration = Duration::from_secs(1);
/// Time after which a database without an answer counts as stalled.
const PATIENCE: Duration = Duration::from_secs(10);
/// Maximum duration of a probe.
const PROBE: Duration = Duration::from_secs(4);

/// Watches the database, and reports false when it does not answer for ten seconds and true when it answers again or denies a connection.
/// The watch has a connection of its own, because those of the pool can all be in use. It never returns.
pub async fn watch_database(pool: &PgPool, report: impl Fn(bool) + Send + Sync) {
    let options = pool.connect_options();
    let mut connection = None;
    loop {
        connection = match connection.take() {
            Some(open) => check(open, &options, &report).await,
            // A pooler can have no session left, which is no stall.
            None => PgConnection::connect_with(&options).await.ok(),
        };
        sleep(EVERY).await;
    }
}

/// Waits for an answer. Returns the connection for the next check; None if it has failed.
async fn check(
    mut connection: PgConnection,
    options: &PgConnectOptions,
    report: &(impl Fn(bool) + Send + Sync),
) -> Option<PgConnection> {
    let answered = {
        let mut ping = pin!(connection.ping());
        match timeout(PATIENCE, ping.as_mut()).await {
            Ok(answered) => answered.map(|()| None),
            Err(_) => {
                report(false);
                // The network can have lost this connection, and no answer will arrive on it.
                let first = tokio::select! {
                    Ok(()) = ping.as_mut() => Ok(None),
                    connected = reconnect(options) => connected.map(Some),
                };
                report(true);
                first
            }
        }
    };
    match answered {
        Ok(None) => Some(connection),
        Ok(Some(other)) => Some(other),
        Err(_) => None,
    }
}

/// Connects, with further attempts while the network fails: the connections of requests can be open and silent then.
async fn reconnect(options: &PgConnectOptions) -> Result<PgConnection, sqlx::Error> {
    loop {
        match PgConnection::connect_with(options).await {
            Err(sqlx::Error::Io(_)) => sleep(EVERY).await,
            done => return done,
        }
    }
}

/// Limits the duration of a probe, so that it has a result while the database is stalled.
pub(crate) async fn limit_probe<T, E: From<Error>>(
    probe: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let done = timeout(PROBE, probe).await;
    let late = |_| sqlx::Error::Io(io::ErrorKind::TimedOut.into());
    done.map_err(late).map_err(Error::from)?
}
