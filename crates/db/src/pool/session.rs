//! Settings of every session. They are set after the session has started, because poolers reject most startup parameters.

use std::time::Duration;

use sqlx::{AssertSqlSafe, PgConnection};

/// Settings for requests. A page reads few rows, for which starting parallel workers takes longer than the query. A statement that exceeds
/// the timeout is cancelled, because its page no longer waits for it.
const FOR_REQUESTS: &str = "set max_parallel_workers_per_gather = 0; set statement_timeout = '15s'";

/// Settings for migrations. The role or the database can have limits of their own, and `transaction_timeout` exists since PostgreSQL 17.
const FOR_MIGRATIONS: &str = "select set_config(name, '0', false) from pg_settings where name in (
    'statement_timeout', 'lock_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout'
)";

/// Appends the schema of the extension to the search path, which not every role has there. It is appended last and never becomes the first
/// schema, in which tables are created.
const REACH_TRIGRAMS: &str = "select set_config(
        'search_path', current_setting('search_path') || ', ' || quote_ident(n.nspname), false
    )
    from pg_extension e join pg_namespace n on n.oid = e.extnamespace
    where e.extname = 'pg_trgm' and current_schema() is not null and n.nspname <> all (current_schemas(true))";

/// Prepares a session for requests.
pub(super) async fn for_requests(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    set(connection, FOR_REQUESTS).await
}

/// Prepares a session for statements of any duration.
pub(crate) async fn for_migrations(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    set(connection, FOR_MIGRATIONS).await
}

/// Limits the time that a session waits for a lock; zero is no limit.
pub(crate) async fn limit_lock_waits(
    connection: &mut PgConnection,
    limit: Duration,
) -> Result<(), sqlx::Error> {
    let limit = format!("set lock_timeout = '{}ms'", limit.as_millis());
    sqlx::raw_sql(AssertSqlSafe(limit))
        .execute(connection)
        .await?;
    Ok(())
}

async fn set(connection: &mut PgConnection, limits: &'static str) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(limits).execute(&mut *connection).await?;
    sqlx::raw_sql(REACH_TRIGRAMS).execute(connection).await?;
    Ok(())
}
