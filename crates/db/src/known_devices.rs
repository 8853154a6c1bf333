//! Browsers that have signed in to an account. Of a device cookie only the hash is here.

use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::Error;

/// Returns whether a browser has signed in to an account. For no account the same query is made, in the same time.
///
/// # Errors
/// When the database cannot be reached.
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

/// Notes that a browser was used for an account again. Returns whether it was known.
///
/// # Errors
/// When the database cannot be reached.
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

/// Gives a browser another device cookie, for all the accounts that it is known to.
///
/// # Errors
/// When the database cannot be reached.
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

/// Makes a browser known to an account.
///
/// # Errors
/// When the database cannot be reached.
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

/// Keeps so many browsers of an account: first those that have come again, which a program that signs in each time without
/// cookies does not, then the latest.
///
/// # Errors
/// When the database cannot be reached.
pub async fn delete_surplus(
    connection: &mut PgConnection,
    user_id: Uuid,
    kept: i64,
) -> Result<(), Error> {
    sqlx::query!(
        "delete from known_devices
        where user_id = $1 and token_hash in (
            select token_hash from known_devices where user_id = $1
            order by used_at > created_at desc, used_at desc, token_hash offset $2
        )",
        user_id,
        kept,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets browsers that were not used for so many days. Returns how many, at most as many as are asked for.
///
/// # Errors
/// When the database cannot be reached.
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
