//! Settings of every session, made after it has begun, because poolers refuse most parameters of its beginning.

use sqlx::PgConnection;

/// A page asks for little: to start further processes for it takes longer than the answer. And a statement that runs longer than
/// the limit is cancelled, because no page waits for it any more.
const FOR_REQUESTS: &str = "set max_parallel_workers_per_gather = 0; set statement_timeout = '15s'";

/// The role or the database can have limits of their own, and `transaction_timeout` exists since PostgreSQL 17.
const FOR_MIGRATIONS: &str = "select set_config(name, '0', false) from pg_settings where name in (
    'statement_timeout', 'lock_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout'
)";

/// Adds the schema of the extension, which not every role searches. It is the last one and never the first, in which tables are
/// created.
const REACH_TRIGRAMS: &str = "select set_config(
        'search_path', current_setting('search_path') || ', ' || quote_ident(n.nspname), false
    )
    from pg_extension e join pg_namespace n on n.oid = e.extnamespace
    where e.extname = 'pg_trgm' and current_schema() is not null and n.nspname <> all (current_schemas(true))";

/// Prepares a session that answers requests.
pub(super) async fn for_requests(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    set(connection, FOR_REQUESTS).await
}

/// Prepares a session for statements that take as long as they take.
pub(crate) async fn for_migrations(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    set(connection, FOR_MIGRATIONS).await
}

async fn set(connection: &mut PgConnection, limits: &'static str) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(limits).execute(&mut *connection).await?;
    sqlx::raw_sql(REACH_TRIGRAMS).execute(connection).await?;
    Ok(())
}
