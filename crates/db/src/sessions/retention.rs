//! Limits of sessions: their number per user, the retention of ended ones, and the device names of existing ones.

use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use super::NewSession;
use crate::Error;

/// Revokes the oldest sessions of a user beside a new one, so that `limit` of them remain; 0 is no limit. The sign-in has locked the user's
/// row, so that two concurrent sign-ins do not exceed the limit. Returns the number of revoked sessions.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_replaced(
    connection: &mut PgConnection,
    new: &NewSession<'_>,
    limit: u32,
) -> Result<u64, Error> {
    let Some(others) = limit.checked_sub(1) else {
        return Ok(0);
    };
    // The new session is excluded by its id and not by its age: a sign-in that waited for the lock has an earlier timestamp than those it
    // waited for.
    let done = sqlx::query!(
        "update sessions set ended_at = now(), ended_reason = 'replaced', ended_by = user_id
        where id in (
            select id from sessions
            where user_id = $1 and id <> $2 and ended_at is null
            order by created_at desc, id desc offset $3
        )",
        new.user_id,
        new.id,
        i64::from(others),
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Deletes at most `most` sessions that ended more than `days` ago. Returns their number.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn delete_ended(
    executor: impl PgExecutor<'_>,
    days: u16,
    most: i64,
) -> Result<u64, Error> {
    let done = sqlx::query!(
        "delete from sessions
        where id in (
            select id from sessions where ended_at < now() - make_interval(days => $1)
            order by ended_at limit $2 for update skip locked
        )",
        i32::from(days),
        most,
    )
    .execute(executor)
    .await?;
    Ok(done.rows_affected())
}

/// Lists at most `most` sessions without a device name, with their `User-Agent` headers.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_without_device(
    executor: impl PgExecutor<'_>,
    most: i64,
) -> Result<Vec<(Uuid, Option<String>)>, Error> {
    let rows = sqlx::query!(
        "select id, user_agent from sessions where device is null order by id limit $1",
        most,
    )
    .fetch_all(executor)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id, row.user_agent))
        .collect())
}

/// Sets the device names of sessions that have none.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_devices(
    executor: impl PgExecutor<'_>,
    ids: &[Uuid],
    devices: &[String],
) -> Result<(), Error> {
    sqlx::query!(
        "update sessions s set device = d.device
        from unnest($1::uuid[], $2::text[]) as d (id, device)
        where s.id = d.id and s.device is null",
        ids,
        devices,
    )
    .execute(executor)
    .await?;
    Ok(())
}
