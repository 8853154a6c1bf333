//! Virtual keys: access tokens of the kind `key`.

use std::time::Duration;

use serde_json::{Map, Value};
use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::Error;

/// A key to insert.
#[derive(Debug, Clone)]
pub struct NewKey<'a> {
    /// The id of the owner.
    pub user_id: Uuid,
    /// The id of the group that it is for.
    pub group_id: Option<Uuid>,
    /// Purpose of the key.
    pub name: &'a str,
    /// First characters of the key, to recognize it by.
    pub prefix: &'a str,
    /// SHA-256 of its text.
    pub token_hash: &'a [u8],
    /// Models that it can use; `None` for all.
    pub allowed_models: Option<&'a [String]>,
    /// Data of the host application.
    pub metadata: &'a Map<String, Value>,
    /// Lifetime; `None` for no expiry.
    pub lifetime: Option<Duration>,
}

/// Inserts a key. Returns its id and the time of expiry, if it has one.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn insert(
    connection: &mut PgConnection,
    key: &NewKey<'_>,
) -> Result<(Uuid, Option<OffsetDateTime>), Error> {
    let row = sqlx::query!(
        "insert into access_tokens (
            id, kind, user_id, group_id, name, prefix, token_hash, allowed_models, metadata, expires_at, created_at
        )
        values (uuid_v7(now()), 'key', $1, $2, $3, $4, $5, $6, $7, now() + make_interval(secs => $8), now())
        returning id, expires_at",
        key.user_id,
        key.group_id,
        key.name,
        key.prefix,
        key.token_hash,
        key.allowed_models,
        Value::Object(key.metadata.clone()),
        key.lifetime.map(|lifetime| lifetime.as_secs_f64()),
    )
    .fetch_one(connection)
    .await?;
    Ok((row.id, row.expires_at))
}

/// Returns whether a user is a member of a group, and retains that until the transaction ends.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn lock_membership(
    connection: &mut PgConnection,
    group_id: Uuid,
    user_id: Uuid,
) -> Result<bool, Error> {
    let row = sqlx::query!(
        "select user_id from group_members where group_id = $1 and user_id = $2 for share",
        group_id,
        user_id,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.is_some())
}

/// A key that is about to be changed.
#[derive(Debug, Clone)]
pub struct StoredKey {
    /// The id of the key.
    pub id: Uuid,
    /// The id of the owner.
    pub user_id: Uuid,
    /// Purpose of the key.
    pub name: String,
    /// First characters of the key, to recognize it by.
    pub prefix: String,
}

/// Returns the key with an id if it is not revoked. An access token is no key.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find(executor: impl PgExecutor<'_>, id: Uuid) -> Result<Option<StoredKey>, Error> {
    Ok(sqlx::query_as!(
        StoredKey,
        "select id, user_id, name, prefix from access_tokens where id = $1 and kind = 'key' and revoked_at is null",
        id,
    )
    .fetch_optional(executor)
    .await?)
}

/// Returns the id of the key with a hash if it is not revoked. That of the secret before a rotation is none.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_id(
    executor: impl PgExecutor<'_>,
    token_hash: &[u8],
) -> Result<Option<Uuid>, Error> {
    Ok(sqlx::query_scalar!(
        "select id from access_tokens where token_hash = $1 and kind = 'key' and revoked_at is null",
        token_hash,
    )
    .fetch_optional(executor)
    .await?)
}

/// Returns the ids of the keys with a name that are not revoked.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_named(executor: impl PgExecutor<'_>, name: &str) -> Result<Vec<Uuid>, Error> {
    Ok(sqlx::query_scalar!(
        "select id from access_tokens where name = $1 and kind = 'key' and revoked_at is null order by id limit 100",
        name,
    )
    .fetch_all(executor)
    .await?)
}

/// Blocks a key. Returns false if it is blocked or revoked already.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_blocked(
    connection: &mut PgConnection,
    id: Uuid,
    by: Option<Uuid>,
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "update access_tokens set blocked_at = now(), blocked_by = $2
        where id = $1 and kind = 'key' and blocked_at is null and revoked_at is null",
        id,
        by,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Unblocks a key. Returns false if it is not blocked, or revoked.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_unblocked(connection: &mut PgConnection, id: Uuid) -> Result<bool, Error> {
    let done = sqlx::query!(
        "update access_tokens set blocked_at = null, blocked_by = null
        where id = $1 and kind = 'key' and blocked_at is not null and revoked_at is null",
        id,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// A change of a key. Fields without a value stay.
#[derive(Debug, Clone, Copy)]
pub struct KeyPatch<'a> {
    /// Purpose of the key.
    pub name: Option<&'a str>,
    /// Lifetime from now on; `Some(None)` for no expiry.
    pub lifetime: Option<Option<Duration>>,
    /// Models that it can use; `Some(None)` for all.
    pub allowed_models: Option<Option<&'a [String]>>,
    /// Data of the host application.
    pub metadata: Option<&'a Map<String, Value>>,
}

/// Changes a key, and increments its version. Returns false if it is expired or revoked.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set(
    connection: &mut PgConnection,
    id: Uuid,
    patch: &KeyPatch<'_>,
) -> Result<bool, Error> {
    let lifetime = patch.lifetime.flatten();
    let done = sqlx::query!(
        "update access_tokens set
            name = coalesce($2, name),
            expires_at = case when $3::bool then now() + make_interval(secs => $4) else expires_at end,
            allowed_models = case when $5::bool then $6 else allowed_models end,
            metadata = coalesce($7, metadata),
            version = version + 1
        where id = $1 and kind = 'key' and revoked_at is null and (expires_at is null or expires_at > now())",
        id,
        patch.name,
        patch.lifetime.is_some(),
        lifetime.map(|lifetime| lifetime.as_secs_f64()),
        patch.allowed_models.is_some(),
        patch.allowed_models.flatten(),
        patch.metadata.map(|metadata| Value::Object(metadata.clone())),
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

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

/// Returns whether a hash is that of a blocked key, which would work otherwise.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn is_blocked(executor: impl PgExecutor<'_>, token_hash: &[u8]) -> Result<bool, Error> {
    Ok(sqlx::query_scalar!(
        r#"select exists (
            select from access_tokens
            where (token_hash = $1 or (previous_hash = $1 and previous_until > now())) and blocked_at is not null
                and revoked_at is null and (expires_at is null or expires_at > now())
        ) as "is_blocked!""#,
        token_hash,
    )
    .fetch_one(executor)
    .await?)
}
