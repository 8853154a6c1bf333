//! What people do with their own account: their sessions one by one, and what they set for themselves.

use std::{net::IpAddr, time::Duration};

use domain::filter::Days;
use sqlx::{PgConnection, PgExecutor};
use time::Date;
use uuid::Uuid;

use crate::{Error, sessions::EndReason};

/// The SQLSTATE of an invalid parameter value, such as the name of a time zone that there is not.
const UNKNOWN_ZONE: &str = "22023";

/// A session that somebody wants to end.
#[derive(Debug, Clone)]
pub struct FoundSession {
    /// Whose.
    pub user_id: Option<Uuid>,
    /// From where.
    pub ip: Option<IpAddr>,
    /// What the browser calls itself.
    pub user_agent: Option<String>,
    /// On what, in the words of the lists.
    pub device: String,
    /// Whether it can still be used.
    pub is_live: bool,
}

/// The session of a public id, ended or not.
///
/// # Errors
/// When the database cannot be reached.
pub async fn find_session(
    executor: impl PgExecutor<'_>,
    id: Uuid,
) -> Result<Option<FoundSession>, Error> {
    let row = sqlx::query!(
        r#"select
            user_id, ip, user_agent, coalesce(device, 'Unknown device') as "device!",
            ended_at is null and idle_expires_at > now() and expires_at > now() as "is_live!"
        from sessions where id = $1"#,
        id,
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|row| FoundSession {
        user_id: row.user_id,
        ip: row.ip.map(|network| network.ip()),
        user_agent: row.user_agent,
        device: row.device,
        is_live: row.is_live,
    }))
}

/// How long a session was started for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetimes {
    /// It ends when not seen for so long.
    pub idle: Duration,
    /// It ends at the latest after so long.
    pub lifetime: Duration,
}

/// How long a session was started for. Nothing if there is none of this id.
///
/// # Errors
/// When the database cannot be reached.
pub async fn find_lifetimes(
    executor: impl PgExecutor<'_>,
    id: Uuid,
) -> Result<Option<Lifetimes>, Error> {
    let row = sqlx::query!(
        r#"select
            extract(epoch from idle_expires_at - last_seen_at)::float8 as "idle!",
            extract(epoch from expires_at - created_at)::float8 as "lifetime!"
        from sessions where id = $1"#,
        id,
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|row| Lifetimes {
        idle: Duration::from_secs_f64(row.idle.max(0.0)),
        lifetime: Duration::from_secs_f64(row.lifetime.max(0.0)),
    }))
}

/// Ends one session. Returns whether it had not ended already.
///
/// # Errors
/// When the database cannot be reached.
pub async fn set_ended(
    connection: &mut PgConnection,
    id: Uuid,
    reason: EndReason,
    by: Uuid,
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "update sessions set ended_at = now(), ended_reason = $2, ended_by = $3
        where id = $1 and ended_at is null",
        id,
        reason.as_str(),
        by,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Ends all sessions of a person but one, at their own wish. Returns how many.
///
/// # Errors
/// When the database cannot be reached.
pub async fn set_others_ended(
    connection: &mut PgConnection,
    user_id: Uuid,
    kept: Uuid,
    reason: EndReason,
) -> Result<u64, Error> {
    let done = sqlx::query!(
        "update sessions set ended_at = now(), ended_reason = $3, ended_by = $1
        where user_id = $1 and id <> $2 and ended_at is null",
        user_id,
        kept,
        reason.as_str(),
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Keeps an address as claimed by the person, beside the one that the account has; or takes both away. When the account was
/// changed is for what else changes with it.
///
/// # Errors
/// When the database cannot be reached.
pub async fn set_claimed_email(
    connection: &mut PgConnection,
    id: Uuid,
    email: Option<&str>,
) -> Result<(), Error> {
    sqlx::query!(
        "update users set
            claimed_email = $2,
            claim_settled_at = null,
            email = case when $2::text is null then null else email end
        where id = $1",
        id,
        email,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Names of the time zones that are called after places, and of UTC, in alphabetical order.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list_time_zones(executor: impl PgExecutor<'_>) -> Result<Vec<String>, Error> {
    let rows = sqlx::query!(
        r#"select name as "name!" from pg_timezone_names
        where name = 'UTC' or split_part(name, '/', 1) in (
            'Africa', 'America', 'Antarctica', 'Arctic', 'Asia', 'Atlantic', 'Australia', 'Europe', 'Indian', 'Pacific'
        )
        order by name collate "C""#,
    )
    .fetch_all(executor)
    .await?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}

/// The first instants of days in a time zone, also where midnight is left out or comes twice. None in a zone that PostgreSQL
/// does not know (any more).
///
/// # Errors
/// When the database cannot be reached.
pub async fn list_days(
    executor: impl PgExecutor<'_>,
    time_zone: &str,
    days: &[Date],
) -> Result<Days, Error> {
    let listed = sqlx::query!(
        r#"select
            day as "day!",
            -- The instant after the last one of the day before.
            (day::timestamp - interval '1 microsecond') at time zone $1::text + interval '1 microsecond' as "start!"
        from unnest($2::date[]) as day"#,
        time_zone,
        days,
    )
    .fetch_all(executor)
    .await;
    match listed {
        Ok(rows) => Ok(rows.into_iter().map(|row| (row.day, row.start)).collect()),
        Err(sqlx::Error::Database(denied)) if denied.code().as_deref() == Some(UNKNOWN_ZONE) => {
            Ok(Days::default())
        }
        Err(error) => Err(error.into()),
    }
}
