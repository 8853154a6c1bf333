//! Known devices: browsers that have signed in to an account. Only the hash of a device cookie is stored.

use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::Error;

/// Returns whether a browser has signed in to an account before. Without an account the same query runs, so that it takes the same time.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn exists(
    executor: impl PgExecutor<'_>,
    token_hash: &[u8],
    user_id: Option<Uuid>,
) -> Result<bool, Error> {
    let row = sqlx::query!(
        r#"select exists (select from known_devices where token_hash = $1 and user_id = $2) as "exists!""#,
        token_hash,
        user_id,
    )
    .fetch_one(executor)
    .await?;
    Ok(row.exists)
}

/// Stores that a browser was used for an account again. Returns whether it was known.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_used(
    executor: impl PgExecutor<'_>,
    token_hash: &[u8],
    user_id: Uuid,
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "update known_devices set used_at = now() where token_hash = $1 and user_id = $2",
        token_hash,
        user_id,
    )
    .execute(executor)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Replaces a browser's device cookie, for all accounts that it is known to.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_token(connection: &mut PgConnection, old: &[u8], new: &[u8]) -> Result<(), Error> {
    sqlx::query!(
        "update known_devices set token_hash = $2 where token_hash = $1",
        old,
        new
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Inserts a browser as known to an account.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn insert(
    connection: &mut PgConnection,
    token_hash: &[u8],
    user_id: Uuid,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into known_devices (token_hash, user_id, created_at, used_at) values ($1, $2, now(), now())",
        token_hash,
        user_id,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Deletes all but `stored` browsers of an account. Browsers that have returned come first, then the latest: a program that signs in each
/// time without cookies never returns.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn delete_surplus(
    connection: &mut PgConnection,
    user_id: Uuid,
    stored: i64,
) -> Result<(), Error> {
    sqlx::query!(
        "delete from known_devices
        where user_id = $1 and token_hash in (
            select token_hash from known_devices where user_id = $1
            order by used_at > created_at desc, used_at desc, token_hash offset $2
        )",
        user_id,
        stored,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Deletes at most `limit` browsers that were not used for `days`. Returns their number.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn delete_old(
    executor: impl PgExecutor<'_>,
    days: i32,
    limit: i64,
) -> Result<u64, Error> {
    let done = sqlx::query!(
        "delete from known_devices where (token_hash, user_id) in (
            select token_hash, user_id from known_devices where used_at < now() - make_interval(days => $1)
            order by used_at limit $2 for update skip locked
        )",
        days,
        limit,
    )
    .execute(executor)
    .await?;
    Ok(done.rows_affected())
}
