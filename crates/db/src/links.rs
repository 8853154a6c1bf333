//! One-time links. Only the hash of a link's token is kept.

use std::time::Duration;

use serde_json::Value;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::Error;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Makes the first admin.
    Setup,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Setup => "setup",
        }
    }
}

/// Makes a link that works once until it expires.
///
/// # Errors
/// When the database cannot be reached.
pub async fn insert(
    executor: impl PgExecutor<'_>,
    kind: Kind,
    token_hash: &[u8],
    lifetime: Duration,
) -> Result<Uuid, Error> {
    let id = Uuid::now_v7();
    sqlx::query!(
        "insert into one_time_links (id, kind, token_hash, preset, created_at, expires_at)
        values ($1, $2, $3, $4, now(), now() + make_interval(secs => $5))",
        id,
        kind.as_str(),
        token_hash,
        Value::Object(serde_json::Map::new()),
        lifetime.as_secs_f64(),
    )
    .execute(executor)
    .await?;
    Ok(id)
}

/// Whether a link would work now. Notes that it was opened; uses nothing up.
///
/// # Errors
/// When the database cannot be reached.
pub async fn set_opened(
    executor: impl PgExecutor<'_>,
    kind: Kind,
    token_hash: &[u8],
) -> Result<bool, Error> {
    let link = sqlx::query!(
        "update one_time_links set opened_at = coalesce(opened_at, now())
        where kind = $1 and token_hash = $2 and used_at is null and revoked_at is null and expires_at > now()
        returning id",
        kind.as_str(),
        token_hash,
    )
    .fetch_optional(executor)
    .await?;
    Ok(link.is_some())
}

/// Uses a link up. Of many who try at once, one gets its id; the others get nothing.
///
/// # Errors
/// When the database cannot be reached.
pub async fn consume(
    connection: &mut PgConnection,
    kind: Kind,
    token_hash: &[u8],
) -> Result<Option<Uuid>, Error> {
    let link = sqlx::query!(
        "update one_time_links set used_at = now(), opened_at = coalesce(opened_at, now())
        where kind = $1 and token_hash = $2 and used_at is null and revoked_at is null and expires_at > now()
        returning id",
        kind.as_str(),
        token_hash,
    )
    .fetch_optional(connection)
    .await?;
    Ok(link.map(|link| link.id))
}

/// Revokes every link of a kind that has not been used.
///
/// # Errors
/// When the database cannot be reached.
pub async fn revoke_unused(connection: &mut PgConnection, kind: Kind) -> Result<(), Error> {
    sqlx::query!(
        "update one_time_links set revoked_at = now()
        where kind = $1 and used_at is null and revoked_at is null",
        kind.as_str(),
    )
    .execute(connection)
    .await?;
    Ok(())
}
