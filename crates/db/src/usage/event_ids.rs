//! The ids of stored events, by which an event that is sent twice counts once. Those that are sent with a virtual key are apart from those
//! of the host application and of other keys: its holder could otherwise take the ids of events that the application counts.

use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::Error;

/// Reserves the ids of events of a user, which are sent with a virtual key or without one. Returns those that were not reserved before.
/// `user` is `None` if the user does not exist any more.
///
/// # Errors
/// A foreign key if the user does not exist.
pub async fn reserve(
    connection: &mut PgConnection,
    (user, key): (Option<Uuid>, Option<Uuid>),
    ids: &[String],
) -> Result<Vec<String>, Error> {
    let Some((owner, key)) = user.zip(key) else {
        return Ok(sqlx::query_scalar!(
            "insert into usage_event_ids (user_id, event_id, created_at)
            select $1::uuid, w.id, now() from (select distinct unnest($2::text[]) as id order by 1) as w
            on conflict on constraint usage_event_ids_key do nothing
            returning event_id",
            user,
            ids,
        )
        .fetch_all(connection)
        .await?);
    };
    Ok(sqlx::query_scalar!(
        "insert into usage_key_event_ids (user_id, key_id, event_id, created_at)
        select $1::uuid, $2::uuid, w.id, now() from (select distinct unnest($3::text[]) as id order by 1) as w
        on conflict on constraint usage_key_event_ids_key do nothing
        returning event_id",
        owner,
        key,
        ids,
    )
    .fetch_all(connection)
    .await?)
}

/// Deletes some ids of events without a virtual key that are older than some days. Returns their number.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn delete(executor: impl PgExecutor<'_>, days: i32, most: i64) -> Result<u64, Error> {
    let done = sqlx::query!(
        "delete from usage_event_ids where ctid = any(array(
            select ctid from usage_event_ids where created_at < now() - $1::int * interval '1 day' order by created_at limit $2
            for update skip locked
        ))",
        days,
        most,
    )
    .execute(executor)
    .await?;
    Ok(done.rows_affected())
}

/// Deletes some ids of events with a virtual key that are older than some days. Returns their number.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn delete_of_keys(
    executor: impl PgExecutor<'_>,
    days: i32,
    most: i64,
) -> Result<u64, Error> {
    let done = sqlx::query!(
        "delete from usage_key_event_ids where ctid = any(array(
            select ctid from usage_key_event_ids where created_at < now() - $1::int * interval '1 day' order by created_at limit $2
            for update skip locked
        ))",
        days,
        most,
    )
    .execute(executor)
    .await?;
    Ok(done.rows_affected())
}
