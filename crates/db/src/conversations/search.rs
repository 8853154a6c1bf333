//! Search for words of messages, and the index for it, which exists only if the operator wants it.

use domain::list::EXACT_TOTAL_MAX;
use sqlx::{Connection, PgConnection, PgExecutor, PgPool};
use uuid::Uuid;

use crate::{Error, pool::session};

/// Returns whether the index is complete.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn is_indexed(executor: impl PgExecutor<'_>) -> Result<bool, Error> {
    Ok(sqlx::query_scalar!(
        r#"select exists (
            select from pg_index where indexrelid = to_regclass('conversation_messages_by_words') and indisvalid
        ) as "indexed!""#
    )
    .fetch_one(executor)
    .await?)
}

/// Creates the index if it is wanted, or drops it. Requests can read and write messages meanwhile. Returns false if another process does it.
///
/// # Errors
/// Fails if the database cannot be reached, or the role does not own the table.
pub async fn set_index(pool: &PgPool, is_wanted: bool) -> Result<bool, Error> {
    // A connection of its own: the statements last longer than a request, and the lock ends with the connection.
    let mut connection = PgConnection::connect_with(&pool.connect_options()).await?;
    session::for_migrations(&mut connection).await?;
    let is_locked = sqlx::query_scalar!(
        r#"select pg_try_advisory_lock(hashtext('rollcall.message_words')) as "locked!""#
    )
    .fetch_one(&mut connection)
    .await?;
    if is_locked && !(is_wanted && is_indexed(&mut connection).await?) {
        // An interrupted build leaves an incomplete index.
        sqlx::raw_sql("drop index concurrently if exists conversation_messages_by_words")
            .execute(&mut connection)
            .await?;
        if is_wanted {
            sqlx::raw_sql(
                "create index concurrently conversation_messages_by_words on conversation_messages
                using gin (message_words(content))",
            )
            .execute(&mut connection)
            .await?;
        }
    }
    connection.close().await?;
    Ok(is_locked)
}

/// Returns the ids of the conversations with a message that has all words of a text; `None` if more than [`EXACT_TOTAL_MAX`] messages match.
/// It changes the planner's settings of the transaction.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find(transaction: &mut PgConnection, text: &str) -> Result<Option<Vec<Uuid>>, Error> {
    // Any other plan reads messages and splits them into words, and bitmaps are the only scans of this index.
    sqlx::raw_sql("set local enable_seqscan = off; set local enable_indexscan = off")
        .execute(&mut *transaction)
        .await?;
    let max = i64::try_from(EXACT_TOTAL_MAX).unwrap_or(i64::MAX);
    let mut found = sqlx::query_scalar!(
        "select m.conversation_id from conversation_messages m
        where message_words(m.content) @@ plainto_tsquery('pg_catalog.simple', search_fold($1::text))
        limit $2::bigint + 1",
        text,
        max,
    )
    .fetch_all(transaction)
    .await?;
    if u64::try_from(found.len()).is_ok_and(|found| found > EXACT_TOTAL_MAX) {
        return Ok(None);
    }
    found.sort_unstable();
    found.dedup();
    Ok(Some(found))
}
