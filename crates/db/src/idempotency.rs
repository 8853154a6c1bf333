//! Requests that are to be carried out once: who works on them, that they were done, and what was answered.

use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::Error;

/// A request that is about to be worked on.
#[derive(Debug, Clone)]
pub struct Reservation<'a> {
    /// Whose it is.
    pub user_id: Uuid,
    /// Hash of its key.
    pub key_hash: &'a [u8],
    /// Names this attempt at it.
    pub attempt: Uuid,
    /// With which access token it came, if with one.
    pub token_id: Option<Uuid>,
    /// Tells it from others.
    pub request_hash: &'a [u8],
    /// For how many seconds nobody else works on it.
    pub seconds: f64,
}

/// What is known of a request that came before.
#[derive(Debug, Clone)]
pub struct Known {
    /// With which access token it came, if with one.
    pub token_id: Option<Uuid>,
    /// Tells it from others. Nothing once a secret was answered.
    pub request_hash: Option<Vec<u8>>,
    /// When it was done, if it was.
    pub done_at: Option<OffsetDateTime>,
    /// Whether somebody works on it, or on its answer.
    pub is_open: bool,
    /// Whether a secret was answered, which is shown only once.
    pub is_shown_once: bool,
    /// What was answered, if that is kept.
    pub answer: Option<Answer>,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: i32,
    /// Its `Content-Type`.
    pub content_type: Option<String>,
    /// Its `Location`.
    pub location: Option<String>,
    /// Its `ETag`.
    pub etag: Option<String>,
    /// Its body.
    pub body: Vec<u8>,
}

/// Begins an attempt, unless the key is in use. Returns whether it was begun: of many at once by one.
///
/// # Errors
/// When the database cannot be reached.
pub async fn reserve(
    executor: impl PgExecutor<'_>,
    reservation: &Reservation<'_>,
) -> Result<bool, Error> {
    let reserved = sqlx::query!(
        "insert into idempotency_keys as k (
            user_id, key_hash, attempt, token_id, request_hash, kept_until, created_at
        ) values ($1, $2, $3, $4, $5, now() + make_interval(secs => $6), now())
        on conflict (user_id, key_hash) do update set
            attempt = excluded.attempt, token_id = excluded.token_id, request_hash = excluded.request_hash,
            kept_until = excluded.kept_until, done_at = null, answered_at = null, is_shown_once = false,
            status = null, content_type = null, location = null, etag = null, body = null,
            created_at = excluded.created_at
        where k.kept_until <= now()",
        reservation.user_id,
        reservation.key_hash,
        reservation.attempt,
        reservation.token_id,
        reservation.request_hash,
        reservation.seconds,
    )
    .execute(executor)
    .await?;
    Ok(reserved.rows_affected() == 1)
}

/// What is known of the request for which somebody else's attempt has the key.
///
/// # Errors
/// When the database cannot be reached.
pub async fn find(
    executor: impl PgExecutor<'_>,
    reservation: &Reservation<'_>,
) -> Result<Option<Known>, Error> {
    let row = sqlx::query!(
        r#"select
            token_id, request_hash, done_at, is_shown_once, status, content_type, location, etag, body,
            answered_at is null and created_at > now() - make_interval(secs => $3) as "is_open!"
        from idempotency_keys where user_id = $1 and key_hash = $2 and kept_until > now()"#,
        reservation.user_id,
        reservation.key_hash,
        reservation.seconds,
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|row| Known {
        token_id: row.token_id,
        request_hash: row.request_hash,
        done_at: row.done_at,
        is_open: row.is_open,
        is_shown_once: row.is_shown_once,
        answer: row.status.zip(row.body).map(|(status, body)| Answer {
            status,
            content_type: row.content_type,
            location: row.location,
            etag: row.etag,
            body,
        }),
    }))
}

/// Notes in the transaction of a change that it was made, however often it is said there. Returns whether the attempt is
/// still the one that works on the request.
///
/// # Errors
/// When the database cannot be reached.
pub async fn set_done(
    connection: &mut PgConnection,
    attempt: Uuid,
    seconds: f64,
) -> Result<bool, Error> {
    // Two ways to be the one: to be noted now, or to have been noted before. Once done, no other attempt begins.
    let is_current = sqlx::query_scalar!(
        r#"with noted as (
            update idempotency_keys set done_at = now(), kept_until = now() + make_interval(secs => $2)
            where attempt = $1 and done_at is null returning 1
        )
        select exists (select 1 from noted)
            or exists (select 1 from idempotency_keys where attempt = $1 and done_at is not null) as "is_current!""#,
        attempt,
        seconds,
    );
    Ok(is_current.fetch_one(connection).await?)
}

/// Keeps what was answered, to be answered again; without an answer, only that the request was done.
///
/// # Errors
/// When the database cannot be reached.
pub async fn set_answer(
    executor: impl PgExecutor<'_>,
    attempt: Uuid,
    answer: Option<&Answer>,
    seconds: f64,
) -> Result<(), Error> {
    sqlx::query!(
        "update idempotency_keys set
            done_at = coalesce(done_at, now()), answered_at = now(), kept_until = now() + make_interval(secs => $2),
            status = $3, content_type = $4, location = $5, etag = $6, body = $7
        where attempt = $1",
        attempt,
        seconds,
        answer.map(|answer| answer.status),
        answer.and_then(|answer| answer.content_type.as_deref()),
        answer.and_then(|answer| answer.location.as_deref()),
        answer.and_then(|answer| answer.etag.as_deref()),
        answer.map(|answer| answer.body.as_slice()),
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// Bytes of what is kept of the requests of the user whose attempt this is: of each its answer, and `row_bytes`. Some of the
/// requests are enough to know that it is `most` or more.
///
/// # Errors
/// When the database cannot be reached.
pub async fn sum_kept(
    executor: impl PgExecutor<'_>,
    attempt: Uuid,
    row_bytes: i32,
    most: i64,
) -> Result<i64, Error> {
    // The length of an answer is known without reading it.
    Ok(sqlx::query_scalar!(
        r#"select coalesce(sum($2::int + coalesce(octet_length(kept.body), 0)), 0) as "bytes!" from (
            select k.body from idempotency_keys k
            where k.user_id = (select user_id from idempotency_keys where attempt = $1) and k.kept_until > now()
            limit $3::bigint / $2::int
        ) kept"#,
        attempt,
        row_bytes,
        most,
    )
    .fetch_one(executor)
    .await?)
}

/// Keeps only that a request was done which answered a secret. What it was is forgotten: it may have had a password in it.
///
/// # Errors
/// When the database cannot be reached.
pub async fn set_shown_once(
    executor: impl PgExecutor<'_>,
    attempt: Uuid,
    seconds: f64,
) -> Result<(), Error> {
    sqlx::query!(
        "update idempotency_keys set
            done_at = coalesce(done_at, now()), answered_at = now(), kept_until = now() + make_interval(secs => $2),
            request_hash = null, is_shown_once = true
        where attempt = $1",
        attempt,
        seconds,
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// Frees the key of an attempt that has changed nothing.
///
/// # Errors
/// When the database cannot be reached.
pub async fn delete_undone(executor: impl PgExecutor<'_>, attempt: Uuid) -> Result<(), Error> {
    sqlx::query!(
        "delete from idempotency_keys where attempt = $1 and done_at is null",
        attempt
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// Removes some keys whose time is over. Returns how many.
///
/// # Errors
/// When the database cannot be reached.
pub async fn delete_over(executor: impl PgExecutor<'_>, most: i64) -> Result<u64, Error> {
    let done = sqlx::query!(
        "delete from idempotency_keys where attempt in (
            select attempt from idempotency_keys where kept_until <= now()
            order by kept_until limit $1 for update skip locked
        )",
        most,
    )
    .execute(executor)
    .await?;
    Ok(done.rows_affected())
}
