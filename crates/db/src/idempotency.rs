//! Idempotency keys: the attempt that works on a request, whether it is done, and its response.

use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::Error;

/// An attempt at a request.
#[derive(Debug, Clone)]
pub struct Reservation<'a> {
    /// The id of the caller.
    pub user_id: Uuid,
    /// Hash of the idempotency key.
    pub key_hash: &'a [u8],
    /// The id of this attempt.
    pub attempt: Uuid,
    /// The id of the access token, if the request came with one.
    pub token_id: Option<Uuid>,
    /// Permissions of the caller.
    pub permissions: &'a [String],
    /// Hash of the request, which distinguishes it from others.
    pub request_hash: &'a [u8],
    /// Number of seconds for which this attempt alone works on the request.
    pub seconds: f64,
}

/// Stored state of an earlier request with the same key.
#[derive(Debug, Clone)]
pub struct Known {
    /// The id of the access token, if the request came with one.
    pub token_id: Option<Uuid>,
    /// Permissions of the caller at that time; `None` if the previous version of Rollcall has stored the request.
    pub permissions: Option<Vec<String>>,
    /// Hash of the request; `None` once the response contained a secret.
    pub request_hash: Option<Vec<u8>>,
    /// Time at which the request was done, if it was.
    pub done_at: Option<OffsetDateTime>,
    /// Whether an attempt is still working on the request or its response.
    pub is_open: bool,
    /// Whether the response contained a secret, which is returned only once.
    pub is_shown_once: bool,
    /// Stored response, if there is one.
    pub answer: Option<Answer>,
}

/// A stored response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: i32,
    /// `Content-Type` header.
    pub content_type: Option<String>,
    /// `Location` header.
    pub location: Option<String>,
    /// `ETag` header.
    pub etag: Option<String>,
    /// Body of the response.
    pub body: Vec<u8>,
}

/// Reserves the key for an attempt unless it is in use. Returns whether it was reserved: of concurrent attempts, one succeeds.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn reserve(
    executor: impl PgExecutor<'_>,
    reservation: &Reservation<'_>,
) -> Result<bool, Error> {
    let reserved = sqlx::query!(
        "insert into idempotency_keys as k (
            user_id, key_hash, attempt, token_id, request_hash, expires_at, created_at, permissions
        ) values ($1, $2, $3, $4, $5, now() + make_interval(secs => $6), now(), $7)
        on conflict (user_id, key_hash) do update set
            attempt = excluded.attempt, token_id = excluded.token_id, request_hash = excluded.request_hash,
            permissions = excluded.permissions, expires_at = excluded.expires_at, done_at = null, answered_at = null, is_shown_once = false,
            status = null, content_type = null, location = null, etag = null, body = null,
            created_at = excluded.created_at
        where k.expires_at <= now()",
        reservation.user_id,
        reservation.key_hash,
        reservation.attempt,
        reservation.token_id,
        reservation.request_hash,
        reservation.seconds,
        reservation.permissions,
    )
    .execute(executor)
    .await?;
    Ok(reserved.rows_affected() == 1)
}

/// Returns the stored state of the request for which another attempt has the key.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find(
    executor: impl PgExecutor<'_>,
    reservation: &Reservation<'_>,
) -> Result<Option<Known>, Error> {
    let row = sqlx::query!(
        r#"select
            token_id, permissions, request_hash, done_at, is_shown_once, status, content_type, location, etag, body,
            answered_at is null and created_at > now() - make_interval(secs => $3) as "is_open!"
        from idempotency_keys where user_id = $1 and key_hash = $2 and expires_at > now()"#,
        reservation.user_id,
        reservation.key_hash,
        reservation.seconds,
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|row| Known {
        token_id: row.token_id,
        permissions: row.permissions,
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

/// Marks a request as done, in the transaction of its change; it can be called several times there. Returns whether the attempt is still
/// the one that works on the request.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_done(
    connection: &mut PgConnection,
    attempt: Uuid,
    seconds: f64,
) -> Result<bool, Error> {
    // The attempt is the current one if this statement marks it, or if it is marked already: once a request is done, no other attempt
    // begins.
    let is_current = sqlx::query_scalar!(
        r#"with noted as (
            update idempotency_keys set done_at = now(), expires_at = now() + make_interval(secs => $2)
            where attempt = $1 and done_at is null returning 1
        )
        select exists (select 1 from noted)
            or exists (select 1 from idempotency_keys where attempt = $1 and done_at is not null) as "is_current!""#,
        attempt,
        seconds,
    );
    Ok(is_current.fetch_one(connection).await?)
}

/// Stores the response, to be returned again; without one, only that the request is done.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_answer(
    executor: impl PgExecutor<'_>,
    attempt: Uuid,
    answer: Option<&Answer>,
    seconds: f64,
) -> Result<(), Error> {
    sqlx::query!(
        "update idempotency_keys set
            done_at = coalesce(done_at, now()), answered_at = now(), expires_at = now() + make_interval(secs => $2),
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

/// Returns the stored bytes for the user of this attempt: for each request its response, and `row_bytes`. The statement reads only as many
/// requests as are needed to reach `most`.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn sum_stored(
    executor: impl PgExecutor<'_>,
    attempt: Uuid,
    row_bytes: i32,
    most: i64,
) -> Result<i64, Error> {
    // PostgreSQL returns the length of a response without reading it.
    Ok(sqlx::query_scalar!(
        r#"select coalesce(sum($2::int + coalesce(octet_length(kept.body), 0)), 0) as "bytes!" from (
            select k.body from idempotency_keys k
            where k.user_id = (select user_id from idempotency_keys where attempt = $1) and k.expires_at > now()
            limit $3::bigint / $2::int
        ) kept"#,
        attempt,
        row_bytes,
        most,
    )
    .fetch_one(executor)
    .await?)
}

/// Stores only that a request is done whose response contained a secret. The hash of the request is deleted: the request may have contained
/// a password.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_shown_once(
    executor: impl PgExecutor<'_>,
    attempt: Uuid,
    seconds: f64,
) -> Result<(), Error> {
    sqlx::query!(
        "update idempotency_keys set
            done_at = coalesce(done_at, now()), answered_at = now(), expires_at = now() + make_interval(secs => $2),
            request_hash = null, is_shown_once = true
        where attempt = $1",
        attempt,
        seconds,
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// Deletes the key of an attempt that has changed nothing.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn delete_undone(executor: impl PgExecutor<'_>, attempt: Uuid) -> Result<(), Error> {
    sqlx::query!(
        "delete from idempotency_keys where attempt = $1 and done_at is null",
        attempt
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// Deletes at most `most` expired keys. Returns their number.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn delete_over(executor: impl PgExecutor<'_>, most: i64) -> Result<u64, Error> {
    let done = sqlx::query!(
        "delete from idempotency_keys where attempt in (
            select attempt from idempotency_keys where expires_at <= now()
            order by expires_at limit $1 for update skip locked
        )",
        most,
    )
    .execute(executor)
    .await?;
    Ok(done.rows_affected())
}
