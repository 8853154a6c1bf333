//! Provider API keys: those of users, and those of the system, whose `user_id` is null. They are encrypted by the caller.

pub mod rotation;
mod sealed;

use domain::keys::ApiKey;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::Error;

pub use sealed::{Sealed, SealedKey, count_versions, list_sealed, set_sealed};

/// Lists the keys of a user, or of the system for `None`: by provider, the newest first.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list(executor: impl PgExecutor<'_>, of: Option<Uuid>) -> Result<Vec<ApiKey>, Error> {
    Ok(sqlx::query_as!(
        ApiKey,
        r#"select
            id, user_id, provider, name as key_name, '...' || last4 as "key_mask!", is_active, usage_count,
            last_used_at, created_at, updated_at
        from api_keys
        where user_id = $1 or ($1::uuid is null and user_id is null)
        order by provider, created_at desc, id desc"#,
        of,
    )
    .fetch_all(executor)
    .await?)
}

/// Counts the users who can sign in and have an enabled key of their own, for each of some providers; up to `most` each.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn count_users(
    executor: impl PgExecutor<'_>,
    providers: &[String],
    most: i64,
) -> Result<Vec<(String, i64)>, Error> {
    let rows = sqlx::query!(
        r#"select
            p.provider as "provider!",
            (
                select count(*) from (
                    select 1 from api_keys k
                    join users u on u.id = k.user_id and u.status = 'active' and u.deleted_at is null
                    where k.provider = p.provider and k.user_id is not null and k.is_active
                    limit $2
                ) as own
            ) as "users!"
        from unnest($1::text[]) with ordinality as p (provider, place)
        order by p.place"#,
        providers,
        most,
    )
    .fetch_all(executor)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.provider, row.users))
        .collect())
}

/// Returns the id for a new key, which is needed before the insert: the key is encrypted for that row alone.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn next_id(connection: &mut PgConnection) -> Result<Uuid, Error> {
    let row = sqlx::query!(r#"select uuid_v7(now()) as "id!""#)
        .fetch_one(connection)
        .await?;
    Ok(row.id)
}

/// A key to insert.
#[derive(Debug, Clone)]
pub struct NewKey<'a> {
    /// The id, for which the key is encrypted.
    pub id: Uuid,
    /// The id of the owner; `None` for the system.
    pub user_id: Option<Uuid>,
    /// Name of the provider.
    pub provider: &'a str,
    /// Name of the key.
    pub name: &'a str,
    /// The encrypted key.
    pub sealed: &'a Sealed,
    /// Last characters of the key.
    pub last4: &'a str,
}

/// Inserts a key.
///
/// # Errors
/// `api_keys_provider_key` if the user has a key of this provider already.
pub async fn insert(connection: &mut PgConnection, key: &NewKey<'_>) -> Result<ApiKey, Error> {
    Ok(sqlx::query_as!(
        ApiKey,
        r#"insert into api_keys (
            id, user_id, provider, name, ciphertext, nonce, key_version, last4, created_at, updated_at
        ) values ($1, $2, $3, $4, $5, $6, $7, $8, now(), now())
        returning
            id, user_id, provider, name as key_name, '...' || last4 as "key_mask!", is_active, usage_count,
            last_used_at, created_at, updated_at"#,
        key.id,
        key.user_id,
        key.provider,
        key.name,
        key.sealed.ciphertext,
        key.sealed.nonce,
        key.sealed.key_version,
        key.last4,
    )
    .fetch_one(connection)
    .await?)
}

/// A key locked for a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedKey {
    /// The id of the key.
    pub id: Uuid,
    /// The id of the owner; `None` for the system.
    pub user_id: Option<Uuid>,
    /// Name of the provider.
    pub provider: String,
    /// Name of the key.
    pub name: String,
    /// Last characters of the key.
    pub last4: String,
    /// Whether the key is enabled.
    pub is_active: bool,
}

/// Returns the key with an id and locks its row until the transaction ends.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn lock(connection: &mut PgConnection, id: Uuid) -> Result<Option<LockedKey>, Error> {
    Ok(sqlx::query_as!(
        LockedKey,
        "select id, user_id, provider, name, last4, is_active from api_keys where id = $1 for update",
        id,
    )
    .fetch_optional(connection)
    .await?)
}

/// New values of a key.
#[derive(Debug, Clone)]
pub struct Change<'a> {
    /// Name of the key.
    pub name: &'a str,
    /// Whether the key is enabled.
    pub is_active: bool,
    /// The new key, encrypted, and its last characters; `None` if it does not change.
    pub secret: Option<(&'a Sealed, &'a str)>,
}

/// Changes a locked key. If nothing differs, `updated_at` stays as well.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn update(
    connection: &mut PgConnection,
    id: Uuid,
    change: &Change<'_>,
) -> Result<ApiKey, Error> {
    let (sealed, last4) = change.secret.unzip();
    Ok(sqlx::query_as!(
        ApiKey,
        r#"update api_keys set
            name = $2, is_active = $3, ciphertext = coalesce($4, ciphertext), nonce = coalesce($5, nonce),
            key_version = coalesce($6, key_version), last4 = coalesce($7, last4),
            updated_at = case
                when name <> $2 or is_active <> $3 or $4::bytea is not null then now() else updated_at
            end
        where id = $1
        returning
            id, user_id, provider, name as key_name, '...' || last4 as "key_mask!", is_active, usage_count,
            last_used_at, created_at, updated_at"#,
        id,
        change.name,
        change.is_active,
        sealed.map(|sealed| sealed.ciphertext.as_slice()),
        sealed.map(|sealed| sealed.nonce.as_slice()),
        sealed.map(|sealed| sealed.key_version),
        last4,
    )
    .fetch_one(connection)
    .await?)
}

/// Deletes a key.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn delete(connection: &mut PgConnection, id: Uuid) -> Result<(), Error> {
    sqlx::query!("delete from api_keys where id = $1", id)
        .execute(connection)
        .await?;
    Ok(())
}

/// A key that a host application uses.
#[derive(Debug, Clone)]
pub struct UsedKey {
    /// The id of the key.
    pub id: Uuid,
    /// The id of the owner; `None` for the system.
    pub user_id: Option<Uuid>,
    /// Name of the provider.
    pub provider: String,
    /// Name of the key.
    pub name: String,
    /// Last characters of the key.
    pub last4: String,
    /// Number of uses, this one included.
    pub usage_count: i64,
    /// The encrypted key.
    pub sealed: Sealed,
    /// Username of the user on whose behalf the key is used.
    pub username: String,
}

/// Counts one use of the key for a user who can sign in, and returns it: the user's own if it is enabled, or otherwise the newest enabled
/// key of the system.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_used(
    connection: &mut PgConnection,
    user_id: Uuid,
    provider: &str,
) -> Result<Option<UsedKey>, Error> {
    let row = sqlx::query!(
        "update api_keys k set usage_count = k.usage_count + 1, last_used_at = now()
        from users u
        where u.id = $1 and u.status = 'active' and u.deleted_at is null and k.is_active and k.id = (
            select id from api_keys
            where provider = $2 and is_active and (user_id = $1 or user_id is null)
            order by user_id is null, created_at desc, id desc limit 1
        )
        returning k.id, k.user_id, k.provider, k.name, k.last4, k.usage_count, k.ciphertext, k.nonce, k.key_version,
            u.username",
        user_id,
        provider,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| UsedKey {
        id: row.id,
        user_id: row.user_id,
        provider: row.provider,
        name: row.name,
        last4: row.last4,
        usage_count: row.usage_count,
        sealed: Sealed {
            ciphertext: row.ciphertext,
            nonce: row.nonce,
            key_version: row.key_version,
        },
        username: row.username,
    }))
}
