//! What keeps the sessions in bounds: how many a person has, how long ended ones are kept, and what devices are called.

use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use super::NewSession;
use crate::Error;

/// Ends the oldest sessions of a person beside a new one, so that `limit` of them remain; 0 is no limit. The person's row
/// is locked by the sign-in, so that two at once do not count past each other. Returns how many ended.
///
/// # Errors
/// When the database cannot be reached.
pub async fn set_replaced(
    connection: &mut PgConnection,
    new: &NewSession<'_>,
    limit: u32,
) -> Result<u64, Error> {
    let Some(others) = limit.checked_sub(1) else {
        return Ok(0);
    };
    // The new one is left out by name: a sign-in that waited for its turn began before those that it waited for.
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

/// Removes some sessions that ended more than so many days ago. Returns how many.
///
/// # Errors
/// When the database cannot be reached.
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

/// Some sessions whose device is not in words yet, with what their browsers call themselves.
///
/// # Errors
/// When the database cannot be reached.
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

/// Puts devices into words.
///
/// # Errors
/// When the database cannot be reached.
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
