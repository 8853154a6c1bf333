//! Detects a pooler in transaction mode, in which settings, prepared statements and `LISTEN` of a session belong to another client
//! with the next statement.

use std::time::Duration;

use sqlx::{Connection, PgConnection, Row, postgres::PgConnectOptions};
use tokio::time::timeout;

/// Longest time of the check. A pooler whose sessions are all in use keeps clients waiting.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether two connections that are open at once are served by sessions that change. A session that belongs to a connection, as
/// without a pooler or with one in session mode, never does: there is no false alarm.
pub(super) async fn is_in_transaction_mode(
    one: &mut PgConnection,
    options: &PgConnectOptions,
) -> Result<bool, sqlx::Error> {
    let Ok(Ok(mut other)) = timeout(PATIENCE, PgConnection::connect_with(options)).await else {
        // Nothing can be found out with one connection; the pool says why there is no other one.
        return Ok(false);
    };
    let found = timeout(PATIENCE, sessions_change(one, &mut other)).await;
    // An answer can still be on its way.
    drop(other.close_hard().await);
    found.unwrap_or(Ok(false))
}

/// A pooler takes the session that was given back last, or first. In both cases `one` has another session at some point of these
/// exchanges, or `other` has that of `one`.
async fn sessions_change(
    one: &mut PgConnection,
    other: &mut PgConnection,
) -> Result<bool, sqlx::Error> {
    let own = session(one).await?;
    if session(other).await? == own {
        return Ok(true);
    }
    for one_is_last in [false, true] {
        run(one, "begin").await?;
        run(other, "begin").await?;
        if session(one).await? != own || session(other).await? == own {
            return Ok(true);
        }
        if one_is_last {
            run(other, "commit").await?;
            run(one, "commit").await?;
        } else {
            run(one, "commit").await?;
            run(other, "commit").await?;
        }
        if session(one).await? != own {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The process that serves a connection. By the simple protocol, which works whatever the mode.
async fn session(connection: &mut PgConnection) -> Result<i32, sqlx::Error> {
    let row = sqlx::raw_sql("select pg_backend_pid()")
        .fetch_one(connection)
        .await?;
    row.try_get(0)
}

async fn run(connection: &mut PgConnection, sql: &'static str) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(sql).execute(connection).await?;
    Ok(())
}
