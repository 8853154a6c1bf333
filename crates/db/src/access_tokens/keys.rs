//! Virtual keys: access tokens of the kind `key`.

mod names;
mod rotation;

use std::time::Duration;

use serde_json::{Map, Value};
use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::Error;
pub use names::{KeyNames, list_names};
pub use rotation::{RotatedKey, end_previous, rotate};

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

/// Reason for rejecting a key that would work otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    /// The key is blocked.
    Blocked,
    /// The owner is no member of the group that the key is for.
    OwnerLeftGroup,
}

/// Returns the reason for rejecting the key of a hash; `None` if it would not work anyway.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_rejection(
    executor: impl PgExecutor<'_>,
    token_hash: &[u8],
) -> Result<Option<Rejection>, Error> {
    let is_blocked = sqlx::query_scalar!(
        r#"select blocked_at is not null as "is_blocked!" from access_tokens
        where (token_hash = $1 or (previous_hash = $1 and previous_until > now()))
            and (blocked_at is not null or owner_left_group(group_id, user_id))
            and revoked_at is null and (expires_at is null or expires_at > now())
        limit 1"#,
        token_hash,
    )
    .fetch_optional(executor)
    .await?;
    Ok(is_blocked.map(|is_blocked| {
        if is_blocked {
            Rejection::Blocked
        } else {
            Rejection::OwnerLeftGroup
        }
    }))
}

/// Returns the keys with a budget for all models together, each with its costs in the present period, in units of 1e-9 dollars.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_spend(
    executor: impl PgExecutor<'_>,
    ids: &[Uuid],
) -> Result<Vec<(Uuid, i64)>, Error> {
    let rows = sqlx::query!(
        r#"select l.token_id as "id!", case when b.period_end <= now() then 0 else coalesce(b.used, 0) end as "spend!"
        from limits l
        left join balances b on b.holder_id = l.token_id and b.metric = l.metric and b.model = ''
        where l.token_id = any($1) and l.metric = 'cost' and l.model is null and l.amount is not null"#,
        ids,
    )
    .fetch_all(executor)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.spend)).collect())
}
