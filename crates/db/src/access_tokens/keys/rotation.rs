//! Rotation of the secrets of virtual keys.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::Error;

/// Times of a key after a rotation.
#[derive(Debug, Clone, Copy)]
pub struct RotatedKey {
    /// Time of expiry; `None` if it does not expire.
    pub expires_at: Option<OffsetDateTime>,
    /// Time until which the previous secret works.
    pub previous_until: Option<OffsetDateTime>,
}

/// Replaces the secret of a key that is neither expired nor revoked. The present one works for a number of hours, and one from before that
/// no longer.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn rotate(
    connection: &mut PgConnection,
    id: Uuid,
    (prefix, token_hash): (&str, &[u8]),
    overlap_hours: u16,
) -> Result<Option<RotatedKey>, Error> {
    Ok(sqlx::query_as!(
        RotatedKey,
        "update access_tokens set
            previous_hash = case when $4::int > 0 then token_hash end,
            previous_until = case when $4 > 0 then now() + make_interval(hours => $4) end,
            prefix = $2, token_hash = $3
        where id = $1 and kind = 'key' and revoked_at is null and (expires_at is null or expires_at > now())
        returning expires_at, previous_until",
        id,
        prefix,
        token_hash,
        i32::from(overlap_hours),
    )
    .fetch_optional(connection)
    .await?)
}

/// Ends the previous secret of a key. Returns false if there is none that works.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn end_previous(connection: &mut PgConnection, id: Uuid) -> Result<bool, Error> {
    let done = sqlx::query!(
        "update access_tokens set previous_hash = null, previous_until = null
        where id = $1 and kind = 'key' and previous_until > now() and revoked_at is null",
        id,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}
