//! Access tokens. Only the hash of a token's text is stored.

pub mod group;
pub mod keys;
mod last_use;
mod list;

use std::time::Duration;

use domain::{access::Principal, access_tokens::TokenKind, permission::Permissions, users::UserId};
use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{Error, error::read_word};

pub use last_use::set_last_used;
pub use list::{TokenFilter, count, find_listed, list_open, list_page};

/// A working token with its owner as of now.
#[derive(Debug, Clone)]
pub struct LiveToken {
    /// Public id of the token.
    pub id: Uuid,
    /// Kind of the token.
    pub kind: TokenKind,
    /// Name that the owner has given it.
    pub name: String,
    /// First characters of the token, to recognize it by.
    pub prefix: String,
    /// Names of its scopes: the most it can do.
    pub scopes: Vec<String>,
    /// The owner, with the permissions as of now.
    pub principal: Principal,
}

/// Returns the token of a hash if it is working, also by the secret before the last rotation until its time is over. The same query
/// returns the owner and the permissions, as for a session: a revoked role or a suspended account takes effect at the next request.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_live(
    executor: impl PgExecutor<'_>,
    token_hash: &[u8],
) -> Result<Option<LiveToken>, Error> {
    let row = sqlx::query!(
        r#"select
            t.id as "id!", t.kind as "kind!", t.name as "name!", t.prefix as "prefix!", t.scopes as "scopes!", t.user_id as "user_id!",
            t.username as "username!", t.display_name as "display_name!", t.email, t.time_zone,
            array(
                select r.name from user_roles ur join roles r on r.id = ur.role_id
                where ur.user_id = t.user_id order by r.rank, r.name
            ) as "roles!",
            exists (select from admins where user_id = t.user_id) as "is_admin!",
            array(
                select unnest(r.permissions) from user_roles ur join roles r on r.id = ur.role_id
                where ur.user_id = t.user_id
            ) as "permissions!"
        from live_tokens t
        where t.id = (
            select a.id from access_tokens a where a.token_hash = $1
            union all
            select a.id from access_tokens a where a.previous_hash = $1 and a.previous_until > now()
            limit 1
        )"#,
        token_hash,
    )
    .fetch_optional(executor)
    .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    Ok(Some(LiveToken {
        id: row.id,
        kind: read_word(&row.kind)?,
        name: row.name,
        prefix: row.prefix,
        scopes: row.scopes,
        principal: Principal {
            id: UserId(row.user_id),
            username: row.username,
            display_name: row.display_name,
            email: row.email,
            roles: row.roles,
            is_admin: row.is_admin,
            permissions: Permissions::new(row.permissions),
            time_zone: row.time_zone,
        },
    }))
}

/// Returns the names of a token's scopes if its owner can use it now.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_scopes(
    executor: impl PgExecutor<'_>,
    id: Uuid,
) -> Result<Option<Vec<String>>, Error> {
    Ok(sqlx::query_scalar!(
        r#"select scopes as "scopes!" from live_tokens where id = $1"#,
        id,
    )
    .fetch_optional(executor)
    .await?)
}

/// A token to insert.
#[derive(Debug, Clone)]
pub struct NewToken<'a> {
    /// The id of the owner.
    pub user_id: Uuid,
    /// Name that the owner gives it.
    pub name: &'a str,
    /// First characters of the token, to recognize it by.
    pub prefix: &'a str,
    /// SHA-256 of its text.
    pub token_hash: &'a [u8],
    /// Names of its scopes: the most it can do.
    pub scopes: &'a [String],
    /// Lifetime; `None` for no expiry.
    pub lifetime: Option<Duration>,
}

/// Inserts a token. Returns its id and the time of expiry, if it has one.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn insert(
    connection: &mut PgConnection,
    token: &NewToken<'_>,
) -> Result<(Uuid, Option<OffsetDateTime>), Error> {
    let row = sqlx::query!(
        "insert into access_tokens (id, user_id, name, prefix, token_hash, scopes, expires_at, created_at)
        values (uuid_v7(now()), $1, $2, $3, $4, $5, now() + make_interval(secs => $6), now())
        returning id, expires_at",
        token.user_id,
        token.name,
        token.prefix,
        token.token_hash,
        token.scopes,
        token.lifetime.map(|lifetime| lifetime.as_secs_f64()),
    )
    .fetch_one(connection)
    .await?;
    Ok((row.id, row.expires_at))
}

/// Returns the number of a user's tokens that are neither expired nor revoked.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn count_of(executor: impl PgExecutor<'_>, user_id: Uuid) -> Result<i64, Error> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from access_tokens
        where user_id = $1 and revoked_at is null and (expires_at is null or expires_at > now())"#,
        user_id,
    );
    Ok(count.fetch_one(executor).await?)
}

/// A token that is about to be revoked.
#[derive(Debug, Clone)]
pub struct Target {
    /// The id of the owner.
    pub user_id: Uuid,
    /// Name that the owner has given it.
    pub name: String,
    /// First characters of the token, to recognize it by.
    pub prefix: String,
}

/// Returns the token with an id if it is not revoked.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find(executor: impl PgExecutor<'_>, id: Uuid) -> Result<Option<Target>, Error> {
    Ok(sqlx::query_as!(
        Target,
        "select user_id, name, prefix from access_tokens where id = $1 and revoked_at is null",
        id,
    )
    .fetch_optional(executor)
    .await?)
}

/// Revokes a token. Returns false if it was revoked already.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_revoked(
    connection: &mut PgConnection,
    id: Uuid,
    by: Option<Uuid>,
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "update access_tokens set revoked_at = now(), revoked_by = $2 where id = $1 and revoked_at is null",
        id,
        by,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Revokes all tokens of a user that are neither expired nor revoked. Returns their number.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_revoked_of(
    connection: &mut PgConnection,
    user_id: Uuid,
    by: Option<Uuid>,
) -> Result<u64, Error> {
    let done = sqlx::query!(
        "update access_tokens set revoked_at = now(), revoked_by = $2
        where user_id = $1 and revoked_at is null and (expires_at is null or expires_at > now())",
        user_id,
        by,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Deletes at most `most` revoked and as many expired tokens whose revocation or expiry is more than `days` ago. Returns their number.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn delete_over(
    executor: impl PgExecutor<'_>,
    days: u16,
    most: i64,
) -> Result<u64, Error> {
    let done = sqlx::query!(
        "with revoked as (
            select id from access_tokens where revoked_at < now() - make_interval(days => $1)
            order by revoked_at, id limit $2 for update skip locked
        ),
        expired as (
            select id from access_tokens
            where revoked_at is null and expires_at < now() - make_interval(days => $1)
            order by expires_at, id limit $2 for update skip locked
        )
        delete from access_tokens where id in (select id from revoked union all select id from expired)",
        i32::from(days),
        most,
    )
    .execute(executor)
    .await?;
    Ok(done.rows_affected())
}
