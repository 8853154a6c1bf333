//! The ids of stored events, by which an event that is sent twice counts once. Those that are sent with a virtual key are apart from those
//! of the host application and of other keys: its holder could otherwise take the ids of events that the application counts.

use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::Error;

/// The id of an event with a hash of what it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HashedEvent {
    /// The id of the event.
    pub id: String,
    /// Hash of what it counts, by which another event with the same id is found.
    pub use_hash: i64,
}

/// Sender of events: the user whose uses they are, and the virtual key of the request.
#[derive(Debug, Clone, Copy)]
pub struct EventSource {
    /// The id of the user.
    pub user: Uuid,
    /// Whether the user exists, and is retained.
    pub is_known: bool,
    /// The id of the virtual key; `None` for another credential.
    pub key: Option<Uuid>,
}

/// Reserves the ids of events. Of several events with one id, the first one counts. Returns the ids that were not reserved before. Without
/// ids there is no statement.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn reserve(
    connection: &mut PgConnection,
    source: EventSource,
    events: &[HashedEvent],
) -> Result<Vec<String>, Error> {
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let events = events.iter();
    let (ids, hashes): (Vec<String>, Vec<i64>) = events
        .map(|event| (event.id.clone(), event.use_hash))
        .unzip();
    let Some(key) = source.key.filter(|_| source.is_known) else {
        // Those of an unknown user have no reference to the user, so that a hash keeps them apart from those of the others.
        return Ok(sqlx::query_scalar!(
            r#"with w as (
                select distinct on (e.id)
                    e.id, e.use_hash,
                    case when $2 then e.id else encode(sha256(convert_to($1::uuid || ' ' || e.id, 'UTF8')), 'hex') end as stored_id
                from unnest($3::text[], $4::bigint[]) with ordinality as e (id, use_hash, place)
                order by e.id, e.place
            ), stored as (
                insert into usage_event_ids (user_id, event_id, use_hash, created_at)
                select case when $2 then $1 end, w.stored_id, w.use_hash, now() from w
                on conflict on constraint usage_event_ids_key do nothing
                returning event_id
            )
            select w.id as "id!" from w join stored s on s.event_id = w.stored_id"#,
            source.user,
            source.is_known,
            &ids,
            &hashes,
        )
        .fetch_all(connection)
        .await?);
    };
    Ok(sqlx::query_scalar!(
        "insert into usage_key_event_ids (user_id, key_id, event_id, use_hash, created_at)
        select $1::uuid, $2::uuid, w.id, w.use_hash, now()
        from (
            select distinct on (e.id) e.id, e.use_hash
            from unnest($3::text[], $4::bigint[]) with ordinality as e (id, use_hash, place)
            order by e.id, e.place
        ) w
        on conflict on constraint usage_key_event_ids_key do nothing
        returning event_id",
        source.user,
        key,
        &ids,
        &hashes,
    )
    .fetch_all(connection)
    .await?)
}

/// Returns the hash of what an event counts that a user has sent with a virtual key or without one; `None` if it is not known.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_hash(
    executor: impl PgExecutor<'_>,
    (user, key): (Uuid, Option<Uuid>),
    id: &str,
) -> Result<Option<i64>, Error> {
    let found = sqlx::query_scalar!(
        r#"select use_hash as "use_hash?" from usage_event_ids
        where $3::uuid is null and user_id = $1 and event_id = $2
        union all
        select use_hash from usage_key_event_ids where user_id = $1 and key_id = $3 and event_id = $2"#,
        user,
        id,
        key,
    )
    .fetch_optional(executor)
    .await?;
    Ok(found.flatten())
}

/// Returns whether an event was counted that a user has sent with a virtual key or without one.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn is_counted(
    executor: impl PgExecutor<'_>,
    (user, key): (Uuid, Option<Uuid>),
    id: &str,
) -> Result<bool, Error> {
    Ok(sqlx::query_scalar!(
        r#"select
            ($3::uuid is null and exists (select from usage_event_ids where user_id = $1 and event_id = $2))
            or exists (select from usage_key_event_ids where user_id = $1 and key_id = $3 and event_id = $2) as "found!""#,
        user,
        id,
        key,
    )
    .fetch_one(executor)
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
