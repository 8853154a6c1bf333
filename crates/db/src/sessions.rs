//! Sessions. Only the hash of the cookie's value is stored.

pub mod changes;
pub mod children;
mod filter;
mod list;
mod live;
pub mod retention;
pub mod revoke;

use std::time::Duration;

pub use domain::sessions::EndReason;
use domain::{
    access::Principal, client_address::ClientAddress, permission::Permissions, users::UserId,
};
use serde_json::Value;
use sqlx::{PgConnection, PgExecutor, types::ipnetwork::IpNetwork};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::Error;

pub use filter::SessionQueryFilter;
pub use list::{Totals, count, find_totals, list_devices, list_page};
pub use live::{find_live_by_id, list_live_of};

/// A session to insert.
#[derive(Debug, Clone)]
pub struct NewSession<'a> {
    /// Public id of the session.
    pub id: Uuid,
    /// SHA-256 of the cookie's value.
    pub token_hash: &'a [u8],
    /// The id of the owner.
    pub user_id: Uuid,
    /// Other data that is stored with it.
    pub data: Value,
    /// IP address of the client.
    pub ip: Option<ClientAddress>,
    /// `User-Agent` header of the browser.
    pub user_agent: Option<&'a str>,
    /// Browser and operating system, in words.
    pub device: &'a str,
    /// Time without a request after which it expires.
    pub idle: Duration,
    /// Time after which it expires at the latest.
    pub lifetime: Duration,
}

/// An active session with its owner as of now.
#[derive(Debug, Clone)]
pub struct LiveSession {
    /// Public id of the session.
    pub id: Uuid,
    /// Data that is stored with it.
    pub data: Value,
    /// Time at which it expires at the latest.
    pub expires_at: OffsetDateTime,
    /// The owner, with the permissions as of now.
    pub principal: Principal,
    /// Whether there are flash messages that were not shown yet.
    pub has_flashes: bool,
}

/// Returns the session of a cookie if it is active. The same query returns the owner and the permissions: a revoked role or a suspended
/// account takes effect at the next request.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_live(
    executor: impl PgExecutor<'_>,
    token_hash: &[u8],
) -> Result<Option<LiveSession>, Error> {
    let row = sqlx::query!(
        r#"select
            s.id as "id!", s.data as "data!", s.expires_at as "expires_at!", s.user_id as "user_id!",
            s.username as "username!", s.display_name as "display_name!", s.email, s.time_zone,
            array(
                select r.name from user_roles ur join roles r on r.id = ur.role_id
                where ur.user_id = s.user_id order by r.rank, r.name
            ) as "roles!",
            exists (select from admins where user_id = s.user_id) as "is_admin!",
            array(
                select unnest(r.permissions) from user_roles ur join roles r on r.id = ur.role_id
                where ur.user_id = s.user_id
            ) as "permissions!",
            exists (select from flashes f where f.session_id = s.id and f.shown_at is null) as "has_flashes!"
        from live_sessions s
        where s.token_hash = $1"#,
        token_hash,
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|row| LiveSession {
        id: row.id,
        data: row.data,
        expires_at: row.expires_at,
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
        has_flashes: row.has_flashes,
    }))
}

/// Inserts a session.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn insert(connection: &mut PgConnection, session: &NewSession<'_>) -> Result<(), Error> {
    sqlx::query!(
        "insert into sessions (
            id, token_hash, user_id, data, ip, user_agent, device, created_at, last_seen_at, idle_expires_at, expires_at
        ) values ($1, $2, $3, $4, $5, $6, $7, now(), now(), now() + make_interval(secs => $8),
            now() + make_interval(secs => $9))",
        session.id,
        session.token_hash,
        session.user_id,
        session.data,
        session.ip.map(|address| IpNetwork::from(address.ip())),
        session.user_agent,
        session.device,
        session.idle.as_secs_f64(),
        session.lifetime.as_secs_f64(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Changes the data that is stored with a session. It is an `update`, so that an ended session is not restored. Returns whether there was
/// one.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_data(
    executor: impl PgExecutor<'_>,
    token_hash: &[u8],
    data: &Value,
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "update sessions set data = $2 where token_hash = $1 and ended_at is null",
        token_hash,
        data,
    )
    .execute(executor)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Replaces the secret of a session: the earlier one finds no session any more. Returns the id of the session, and the time at which it
/// expires at the latest; `None` if it has ended.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_token(
    executor: impl PgExecutor<'_>,
    token_hash: &[u8],
    replacement: &[u8],
) -> Result<Option<(Uuid, OffsetDateTime)>, Error> {
    let row = sqlx::query!(
        "update sessions set token_hash = $2 where token_hash = $1 and ended_at is null
        returning id, expires_at",
        token_hash,
        replacement,
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|row| (row.id, row.expires_at)))
}

/// Signs out a session. One that has ended already stays with its first reason.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_logged_out(executor: impl PgExecutor<'_>, token_hash: &[u8]) -> Result<(), Error> {
    sqlx::query!(
        "update sessions set ended_at = now(), ended_reason = 'logout', ended_by = user_id
        where token_hash = $1 and ended_at is null",
        token_hash,
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// Stores the time of the last request of sessions and of their owners. The idle timeout starts again, with the length that the session was
/// created with. A time before the stored one changes nothing.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_last_seen(
    executor: impl PgExecutor<'_>,
    ids: &[Uuid],
    seen: &[OffsetDateTime],
) -> Result<(), Error> {
    sqlx::query!(
        "with seen as (
            select t.id, least(max(t.at), now()) as at
            from unnest($1::uuid[], $2::timestamptz[]) as t (id, at)
            group by t.id
        ),
        -- The person before their sessions, as everywhere, so that two who lock both cannot wait for each other.
        held as (
            select u.id from users u
            where u.id in (select s.user_id from sessions s join seen on seen.id = s.id)
            order by u.id for no key update
        ),
        touched as (
            update sessions s
            set last_seen_at = seen.at, idle_expires_at = seen.at + (s.idle_expires_at - s.last_seen_at)
            from seen
            where s.id = seen.id and s.ended_at is null and s.last_seen_at < seen.at
                and s.user_id in (select id from held)
            returning s.user_id, seen.at
        )
        update users u
        set last_active_at = t.at
        from (select user_id, max(at) as at from touched group by user_id) t
        where u.id = t.user_id and (u.last_active_at is null or u.last_active_at < t.at)",
        ids,
        seen,
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// Marks at most `most` sessions as ended whose time has expired. Returns their number.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_expired(executor: impl PgExecutor<'_>, most: i64) -> Result<u64, Error> {
    let done = sqlx::query!(
        "update sessions set ended_at = now(), ended_reason = 'expired'
        where id in (
            select id from sessions
            where ended_at is null and least(idle_expires_at, expires_at) <= now()
            order by least(idle_expires_at, expires_at)
            limit $1 for update skip locked
        )",
        most,
    )
    .execute(executor)
    .await?;
    Ok(done.rows_affected())
}

/// Revokes all sessions of a user. Returns their number.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_ended_of(
    connection: &mut PgConnection,
    user_id: Uuid,
    reason: EndReason,
    by: Option<Uuid>,
) -> Result<u64, Error> {
    let done = sqlx::query!(
        "update sessions set ended_at = now(), ended_reason = $2, ended_by = $3
        where user_id = $1 and ended_at is null",
        user_id,
        reason.as_str(),
        by,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}
