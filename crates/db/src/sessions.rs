//! Sessions. Of the cookie's value only the hash is here.

pub mod changes;
mod filter;
pub mod keep;
mod list;
mod live;
pub mod revoke;

use std::time::Duration;

pub use domain::sessions::EndReason;
use domain::{
    access::{Permissions, Principal},
    client_address::ClientAddress,
    users::{Status, UserId},
};
use serde_json::Value;
use sqlx::{PgConnection, PgExecutor, types::ipnetwork::IpNetwork};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::Error;

pub use filter::Asked;
pub use list::{Totals, count, find_totals, list_devices, list_page};
pub use live::{find_live_by_id, list_live_of};

/// A session to be started: who, from where, for how long.
#[derive(Debug, Clone)]
pub struct NewSession<'a> {
    /// Public id.
    pub id: Uuid,
    /// SHA-256 of the cookie's value.
    pub token_hash: &'a [u8],
    /// Whose.
    pub user_id: Uuid,
    /// Anything else that is kept with it.
    pub data: Value,
    /// From where.
    pub ip: Option<ClientAddress>,
    /// What the browser calls itself.
    pub user_agent: Option<&'a str>,
    /// The same in words.
    pub device: &'a str,
    /// Ends when not seen for so long.
    pub idle: Duration,
    /// Ends at the latest after so long.
    pub lifetime: Duration,
}

/// A session that may be used, and whose it is as of now.
#[derive(Debug, Clone)]
pub struct LiveSession {
    /// Public id.
    pub id: Uuid,
    /// What is kept with it.
    pub data: Value,
    /// Ends at the latest.
    pub expires_at: OffsetDateTime,
    /// Whose, with the rights of this moment.
    pub principal: Principal,
    /// Whether messages wait for their page.
    pub has_flashes: bool,
}

/// The session of a cookie, if it may still be used. One query tells who it is and what they may do: a role taken or an
/// account suspended shows on the very next request.
///
/// # Errors
/// When the database cannot be reached.
pub async fn find_live(
    executor: impl PgExecutor<'_>,
    token_hash: &[u8],
) -> Result<Option<LiveSession>, Error> {
    let row = sqlx::query!(
        r#"select
            s.id as "id!", s.data as "data!", s.expires_at as "expires_at!", s.user_id as "user_id!",
            s.username as "username!", s.display_name as "display_name!", s.email,
            s.user_created_at as "created_at!", s.last_login_at, s.time_zone, st.roles as "roles!",
            array(
                select unnest(r.permissions) from user_roles ur join roles r on r.id = ur.role_id
                where ur.user_id = s.user_id
            ) as "permissions!",
            exists (select from flashes f where f.session_id = s.id and f.shown_at is null) as "has_flashes!"
        from live_sessions s
        join user_stats st on st.user_id = s.user_id
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
            permissions: Permissions::new(row.permissions),
            status: Status::Active,
            created_at: row.created_at,
            last_login_at: row.last_login_at,
            time_zone: row.time_zone,
        },
        has_flashes: row.has_flashes,
    }))
}

/// Starts a session.
///
/// # Errors
/// When the database cannot be reached.
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

/// Changes what is kept with a session. An `update`: a session that has ended stays so. Returns whether there was one.
///
/// # Errors
/// When the database cannot be reached.
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

/// Ends a session at its owner's wish. One that has ended keeps its first reason.
///
/// # Errors
/// When the database cannot be reached.
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

/// Notes when sessions and their owners were last seen. The idle time begins anew; its length is the one that the session
/// was started with. A moment older than the one known changes nothing.
///
/// # Errors
/// When the database cannot be reached.
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

/// Ends the sessions whose time is over, some at a time. Returns how many.
///
/// # Errors
/// When the database cannot be reached.
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

/// Ends all sessions of a person. Returns how many.
///
/// # Errors
/// When the database cannot be reached.
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
