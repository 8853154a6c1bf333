//! Virtual keys that are for a group.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::Error;

/// Revokes the keys for a group that are neither expired nor revoked. Returns their number.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_revoked(
    connection: &mut PgConnection,
    group_id: Uuid,
    by: Option<Uuid>,
) -> Result<u64, Error> {
    let done = sqlx::query!(
        "with held as (
            select id from access_tokens
            where group_id = $1 and revoked_at is null and (expires_at is null or expires_at > now())
            order by id for no key update
        )
        update access_tokens a set revoked_at = now(), revoked_by = $2
        from held h
        where a.id = h.id",
        group_id,
        by,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}
