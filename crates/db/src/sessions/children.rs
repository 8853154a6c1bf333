//! Short-lived tokens that belong to a session. Only their hashes are stored.

use std::time::Duration;

use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::Error;

/// Maximum number of tokens of a session. A further one replaces the oldest, and those that have expired.
pub const CHILDREN_MAX: i64 = 20;

/// Inserts a token of the active session with the hash `parent`. Returns the time at which it expires: not after its session. None if
/// there is no such session.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn insert(
    connection: &mut PgConnection,
    parent: &[u8],
    token_hash: &[u8],
    lifetime: Duration,
) -> Result<Option<OffsetDateTime>, Error> {
    let row = sqlx::query!(
        r#"insert into session_children (token_hash, session_id, created_at, expires_at)
        select $1::bytea, s.id, now(), least(now() + make_interval(secs => $3), s.expires_at)
        from live_sessions s where s.token_hash = $2
        returning session_id, expires_at"#,
        token_hash,
        parent,
        lifetime.as_secs_f64(),
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    delete_superfluous(connection, row.session_id).await?;
    Ok(Some(row.expires_at))
}

/// Deletes the tokens of a session that have expired, and the oldest above the maximum.
async fn delete_superfluous(connection: &mut PgConnection, session: Uuid) -> Result<(), Error> {
    sqlx::query!(
        "delete from session_children c
        where c.session_id = $1 and (c.expires_at <= now() or c.token_hash in (
            select o.token_hash from session_children o
            where o.session_id = $1 order by o.created_at desc, o.token_hash offset $2
        ))",
        session,
        CHILDREN_MAX,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Returns the hash of the session that a token belongs to. None if the token has expired or never existed; whether the session can be
/// used is not checked.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_parent(
    executor: impl PgExecutor<'_>,
    token_hash: &[u8],
) -> Result<Option<Vec<u8>>, Error> {
    let parent = sqlx::query_scalar!(
        "select s.token_hash from session_children c join sessions s on s.id = c.session_id
        where c.token_hash = $1 and c.expires_at > now()",
        token_hash,
    );
    Ok(parent.fetch_optional(executor).await?)
}
