//! Active sessions as their owner sees them.

use domain::users::detail::UserSession;
use sqlx::{PgExecutor, types::ipnetwork::IpNetwork};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::Error;

/// Lists at most `most` active sessions of a user, the latest first.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_live_of(
    executor: impl PgExecutor<'_>,
    user_id: Uuid,
    most: i64,
) -> Result<Vec<UserSession>, Error> {
    let rows = sqlx::query_as!(
        LiveRow,
        r#"select
            id as "id!", ip, user_agent, coalesce(device, 'Unknown device') as "device!", created_at as "created_at!",
            last_seen_at as "last_seen_at!", ends_at as "idle_expires_at!", expires_at as "expires_at!"
        from live_sessions where user_id = $1 order by created_at desc limit $2"#,
        user_id,
        most,
    )
    .fetch_all(executor)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Returns the active session with an id.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_live_by_id(
    executor: impl PgExecutor<'_>,
    id: Uuid,
) -> Result<Option<UserSession>, Error> {
    let row = sqlx::query_as!(
        LiveRow,
        r#"select
            id as "id!", ip, user_agent, coalesce(device, 'Unknown device') as "device!", created_at as "created_at!",
            last_seen_at as "last_seen_at!", ends_at as "idle_expires_at!", expires_at as "expires_at!"
        from live_sessions where id = $1"#,
        id,
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(Into::into))
}

/// A row of an active session, as its owner sees it.
struct LiveRow {
    id: Uuid,
    ip: Option<IpNetwork>,
    user_agent: Option<String>,
    device: String,
    created_at: OffsetDateTime,
    last_seen_at: OffsetDateTime,
    idle_expires_at: OffsetDateTime,
    expires_at: OffsetDateTime,
}

impl From<LiveRow> for UserSession {
    fn from(row: LiveRow) -> Self {
        Self {
            id: row.id,
            ip_address: row.ip.map(|network| network.ip()),
            user_agent: row.user_agent,
            device: row.device,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
            idle_expires_at: row.idle_expires_at,
            expires_at: row.expires_at,
        }
    }
}
