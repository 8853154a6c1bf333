//! Access tokens. Of a token's text only the hash is here.

mod list;

use std::time::Duration;

use domain::{
    access::{Permissions, Principal},
    access_tokens::OpenToken,
    client_address::ClientAddress,
    users::{Status, UserId},
};
use sqlx::{PgConnection, PgExecutor, types::ipnetwork::IpNetwork};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::Error;

pub use list::{Asked, count, find_listed, list_page};

/// A token that may be used, and whose it is as of now.
#[derive(Debug, Clone)]
pub struct LiveToken {
    /// Public id.
    pub id: Uuid,
    /// What its owner calls it.
    pub name: String,
    /// How it begins.
    pub prefix: String,
    /// Words of what it may do at most.
    pub scopes: Vec<String>,
    /// Whose, with all rights of this moment.
    pub principal: Principal,
}

/// The token of a text, if it may still be used. One query tells whose it is and what they may do, as it does of a session: a
/// role taken or an account suspended shows on the very next request.
///
/// # Errors
/// When the database cannot be reached.
pub async fn find_live(
    executor: impl PgExecutor<'_>,
    token_hash: &[u8],
) -> Result<Option<LiveToken>, Error> {
    let row = sqlx::query!(
        r#"select
            t.id as "id!", t.name as "name!", t.prefix as "prefix!", t.scopes as "scopes!", t.user_id as "user_id!",
            t.username as "username!", t.display_name as "display_name!", t.email, t.user_created_at as "created_at!",
            t.last_login_at, t.time_zone, st.roles as "roles!",
            array(
                select unnest(r.permissions) from user_roles ur join roles r on r.id = ur.role_id
                where ur.user_id = t.user_id
            ) as "permissions!"
        from live_tokens t
        join user_stats st on st.user_id = t.user_id
        where t.token_hash = $1"#,
        token_hash,
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|row| LiveToken {
        id: row.id,
        name: row.name,
        prefix: row.prefix,
        scopes: row.scopes,
        principal: Principal {
            id: UserId(row.user_id),
            username: row.username,
            display_name: row.display_name,
            email: row.email,
            roles: row.roles,
            permissions: Permissions::new(row.permissions),
            status: Status::Active,
            created_at: row.created_at,
            last_login_at: row.last_login_at,
            time_zone: row.time_zone,
        },
    }))
}

/// Words of what a token may do at most, if its owner can use it now.
///
/// # Errors
/// When the database cannot be reached.
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

/// A token to be made.
#[derive(Debug, Clone)]
pub struct NewToken<'a> {
    /// Whose.
    pub user_id: Uuid,
    /// What they call it.
    pub name: &'a str,
    /// How it begins.
    pub prefix: &'a str,
    /// SHA-256 of its text.
    pub token_hash: &'a [u8],
    /// Words of what it may do at most.
    pub scopes: &'a [String],
    /// How long it works; none for ever.
    pub lifetime: Option<Duration>,
}

/// Makes a token. Returns its id, and when it ceases to work.
///
/// # Errors
/// When the database cannot be reached.
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

/// How many tokens of a person are not over.
///
/// # Errors
/// When the database cannot be reached.
pub async fn count_of(executor: impl PgExecutor<'_>, user_id: Uuid) -> Result<i64, Error> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from access_tokens
        where user_id = $1 and revoked_at is null and (expires_at is null or expires_at > now())"#,
        user_id,
    );
    Ok(count.fetch_one(executor).await?)
}

/// The tokens of a user that are not over, the newest first.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list_open(
    executor: impl PgExecutor<'_>,
    user_id: Uuid,
) -> Result<Vec<OpenToken>, Error> {
    Ok(sqlx::query_as!(
        OpenToken,
        "select name, prefix, last_used_at from access_tokens
        where user_id = $1 and revoked_at is null and (expires_at is null or expires_at > now())
        order by id desc",
        user_id,
    )
    .fetch_all(executor)
    .await?)
}

/// A token that may be about to be revoked.
#[derive(Debug, Clone)]
pub struct Target {
    /// Whose.
    pub user_id: Uuid,
    /// What they call it.
    pub name: String,
    /// How it begins.
    pub prefix: String,
}

/// The token of an id, if it has not been revoked.
///
/// # Errors
/// When the database cannot be reached.
pub async fn find(executor: impl PgExecutor<'_>, id: Uuid) -> Result<Option<Target>, Error> {
    Ok(sqlx::query_as!(
        Target,
        "select user_id, name, prefix from access_tokens where id = $1 and revoked_at is null",
        id,
    )
    .fetch_optional(executor)
    .await?)
}

/// Revokes a token. Returns whether it had not been revoked before.
///
/// # Errors
/// When the database cannot be reached.
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

/// Revokes all tokens of a person that are not over. Returns how many.
///
/// # Errors
/// When the database cannot be reached.
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

/// Notes when and from where tokens were last used. A moment older than the one known changes nothing.
///
/// # Errors
/// When the database cannot be reached.
pub async fn set_last_used(
    executor: impl PgExecutor<'_>,
    ids: &[Uuid],
    used: &[OffsetDateTime],
    ips: &[Option<ClientAddress>],
) -> Result<(), Error> {
    let networks = ips
        .iter()
        .map(|ip| ip.map(|address| IpNetwork::from(address.ip())));
    let ips: Vec<Option<IpNetwork>> = networks.collect();
    sqlx::query!(
        "with used as (
            select t.id, least(t.at, now()) as at, t.ip
            from unnest($1::uuid[], $2::timestamptz[], $3::inet[]) as t (id, at, ip)
        ),
        -- In one order, so that two servers that have seen the same tokens cannot wait for each other.
        held as (
            select a.id from access_tokens a where a.id in (select id from used) order by a.id for no key update
        )
        update access_tokens a set last_used_at = used.at, last_used_ip = used.ip
        from used
        where a.id = used.id and a.id in (select id from held)
            and (a.last_used_at is null or a.last_used_at < used.at)",
        ids,
        used,
        &ips as &[Option<IpNetwork>],
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// Removes some tokens that have been over for more than so many days. Returns how many.
///
/// # Errors
/// When the database cannot be reached.
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
