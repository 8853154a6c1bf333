//! Detection of a pooler in transaction mode, in which the settings, prepared statements and `LISTEN` of a session belong to another client
//! at the next statement.

use std::time::Duration;

use sqlx::{Connection, PgConnection, Row, postgres::PgConnectOptions};
use tokio::time::timeout;

/// Timeout of the check. A pooler whose sessions are all in use makes clients wait.
const PATIENCE: Duration = Duration::from_secs(2);

/// Returns whether the sessions behind two open connections change. A session that belongs to one connection, as without a pooler or with
/// one in session mode, never changes, so that there is no false positive.
pub(super) async fn is_in_transaction_mode(
    one: &mut PgConnection,
    options: &PgConnectOptions,
) -> Result<bool, sqlx::Error> {
    let Ok(Ok(mut other)) = timeout(PATIENCE, PgConnection::connect_with(options)).await else {
        // One connection alone shows nothing; the pool reports why there is no second one.
        return Ok(false);
    };
    let found = timeout(PATIENCE, sessions_change(one, &mut other)).await;
    // Closed without waiting for the server: a response can still be in transit.
    drop(other.close_hard().await);
    found.unwrap_or(Ok(false))
}

/// Returns whether a connection gets another session. A pooler assigns the session that was released last, or first. In both cases `one`
/// gets another session at some point of these exchanges, or `other` gets that of `one`.
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

/// Returns the process id of the session behind a connection. The query uses the simple protocol, which works in every mode.
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
