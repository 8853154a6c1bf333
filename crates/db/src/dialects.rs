//! Last use of each dialect.

use std::collections::HashMap;

use sqlx::PgExecutor;
use time::OffsetDateTime;

use crate::Error;

/// Stores when dialects were last used. A time before the stored one changes nothing.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_used(
    executor: impl PgExecutor<'_>,
    dialects: &[String],
    used: &[OffsetDateTime],
) -> Result<(), Error> {
    sqlx::query!(
        "insert into dialect_uses (dialect, used_at)
        select t.dialect, least(max(t.at), now())
        from unnest($1::text[], $2::timestamptz[]) as t (dialect, at)
        group by t.dialect
        order by t.dialect
        on conflict (dialect) do update set used_at = excluded.used_at
        where dialect_uses.used_at < excluded.used_at",
        dialects,
        used,
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// Returns when each dialect was last used. Dialects that were never used are left out.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_used(
    executor: impl PgExecutor<'_>,
) -> Result<HashMap<String, OffsetDateTime>, Error> {
    let rows = sqlx::query!("select dialect, used_at from dialect_uses");
    let rows = rows.fetch_all(executor).await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.dialect, row.used_at))
        .collect())
}
