//! Flash messages, which the page after a change shows once, and the forms that undo the change.

use serde_json::Value;
use sqlx::PgExecutor;
use uuid::Uuid;

use crate::Error;

/// Maximum number of messages stored for one session, shown or not.
pub const STORED_MAX: i64 = 32;
/// Maximum number of messages on a page.
pub const SHOWN_MAX: i64 = 8;

/// A message to store.
#[derive(Debug, Clone)]
pub struct NewFlash<'a> {
    /// SHA-256 of the session's cookie value.
    pub token_hash: &'a [u8],
    /// Path of the page that shows it.
    pub path: &'a str,
    /// Serialized message, a [`domain::flash::Flash`].
    pub message: Value,
    /// Form that undoes the change, if it can be undone.
    pub undo: Option<Value>,
    /// Lifetime in seconds; after it the message is not shown any more.
    pub seconds: f64,
}

/// A message that is shown now.
#[derive(Debug, Clone)]
pub struct ShownFlash {
    /// The id of the message, with which the change can be undone.
    pub id: Uuid,
    /// Serialized message, a [`domain::flash::Flash`].
    pub message: Value,
    /// Form that undoes the change, if it can be undone.
    pub undo: Option<Value>,
}

/// Stores a message for a session that has not ended, and deletes the oldest ones beyond [`STORED_MAX`]. A message without an undo form
/// that is already stored for the page and not shown yet is not stored again.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn insert(executor: impl PgExecutor<'_>, flash: &NewFlash<'_>) -> Result<(), Error> {
    sqlx::query!(
        "with target as (
            select id from sessions where token_hash = $1 and ended_at is null
        ),
        oldest as (
            delete from flashes where id in (
                select f.id from flashes f join target t on t.id = f.session_id
                order by f.created_at desc, f.id desc offset $6
            )
        )
        insert into flashes (id, session_id, path, message, undo, created_at, expires_at)
        select uuid_v7(now()), t.id, $2::text, $3::jsonb, $4::jsonb, now(), now() + make_interval(secs => $5)
        from target t
        where $4::jsonb is not null or not exists (
            select from flashes f
            where f.session_id = t.id and f.path = $2::text and f.message = $3::jsonb and f.undo is null
                and f.shown_at is null and f.expires_at > now()
        )",
        flash.token_hash,
        flash.path,
        flash.message,
        flash.undo,
        flash.seconds,
        STORED_MAX - 1,
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// Marks the messages of a page as shown and returns the latest [`SHOWN_MAX`] of those that were not shown yet. Of concurrent requests,
/// only one gets each message. The change can be undone for `seconds` from now.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_shown(
    executor: impl PgExecutor<'_>,
    session_id: Uuid,
    path: &str,
    seconds: f64,
) -> Result<Vec<ShownFlash>, Error> {
    let mut shown = sqlx::query_as!(
        ShownFlash,
        r#"with taken as (
            update flashes set shown_at = now(), expires_at = now() + make_interval(secs => $3)
            where session_id = $1 and path = $2 and shown_at is null and expires_at > now()
            returning id, message, undo, created_at
        )
        select id as "id!", message as "message!", undo as "undo?" from taken
        order by created_at desc, id desc limit $4"#,
        session_id,
        path,
        seconds,
        SHOWN_MAX,
    )
    .fetch_all(executor)
    .await?;
    // The statement returns the latest first; a page shows them in the order of creation.
    shown.reverse();
    Ok(shown)
}

/// Deletes and returns the form that undoes a change: it works once, in the session that made the change.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn delete_undo(
    executor: impl PgExecutor<'_>,
    session_id: Uuid,
    id: Uuid,
) -> Result<Option<Value>, Error> {
    let undo = sqlx::query_scalar!(
        "delete from flashes where id = $1 and session_id = $2 and shown_at is not null and expires_at > now()
        returning undo",
        id,
        session_id,
    )
    .fetch_optional(executor)
    .await?;
    Ok(undo.flatten())
}

/// Deletes at most `most` expired messages. Returns their number.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn delete_over(executor: impl PgExecutor<'_>, most: i64) -> Result<u64, Error> {
    let done = sqlx::query!(
        "delete from flashes where id in (
            select id from flashes where expires_at <= now() order by expires_at limit $1 for update skip locked
        )",
        most,
    )
    .execute(executor)
    .await?;
    Ok(done.rows_affected())
}
