//! Users' own accounts: single sessions, the unverified email address and the time zone.

use std::{net::IpAddr, time::Duration};

use domain::{filter::Days, offsets::Offsets};
use sqlx::{PgConnection, PgExecutor};
use time::{Date, UtcOffset};
use uuid::Uuid;

use crate::{Error, sessions::EndReason};

/// SQLSTATE of an invalid parameter value, such as the name of an unknown time zone.
const UNKNOWN_ZONE: &str = "22023";

/// A session that is about to be revoked.
#[derive(Debug, Clone)]
pub struct FoundSession {
    /// The id of the user; `None` if the session has none.
    pub user_id: Option<Uuid>,
    /// IP address of the client.
    pub ip: Option<IpAddr>,
    /// `User-Agent` header of the browser.
    pub user_agent: Option<String>,
    /// Device in the words of the lists.
    pub device: String,
    /// Whether the session is active.
    pub is_live: bool,
}

/// Returns the session with a public id, ended or not.
///
/// # Errors
/// Fails if the database cannot be reached.
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

/// Idle timeout and maximum age of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetimes {
    /// Time without a request after which the session expires.
    pub idle: Duration,
    /// Time after the sign-in at which the session expires at the latest.
    pub lifetime: Duration,
}

/// Returns the idle timeout and the maximum age with which a session was created; `None` if no session has this id.
///
/// # Errors
/// Fails if the database cannot be reached.
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

/// Revokes a session. Returns false if it had ended already.
///
/// # Errors
/// Fails if the database cannot be reached.
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

/// Revokes all sessions of a user except `stored`, on the user's own request. Returns their number.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_others_ended(
    connection: &mut PgConnection,
    user_id: Uuid,
    stored: Uuid,
    reason: EndReason,
) -> Result<u64, Error> {
    let done = sqlx::query!(
        "update sessions set ended_at = now(), ended_reason = $3, ended_by = $1
        where user_id = $1 and id <> $2 and ended_at is null",
        user_id,
        stored,
        reason.as_str(),
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Stores an unverified address beside that of the account; `None` removes both. `updated_at` stays: the statement that changes the other
/// fields sets it.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_unverified_email(
    connection: &mut PgConnection,
    id: Uuid,
    email: Option<&str>,
) -> Result<(), Error> {
    sqlx::query!(
        "update users set
            unverified_email = $2,
            unverified_email_resolved_at = null,
            email = case when $2::text is null then null else email end
        where id = $1",
        id,
        email,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Lists the names of the time zones that are named after places, and of UTC, in alphabetical order.
///
/// # Errors
/// Fails if the database cannot be reached.
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

/// Returns the first instants of days in a time zone, also where midnight is skipped or occurs twice. The result is empty if PostgreSQL
/// does not know the zone (any more).
///
/// # Errors
/// Fails if the database cannot be reached.
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

/// Lists the changes of a time zone's UTC offset from 2000 to 2060, and the offset at the beginning of 2000. The result is empty if
/// PostgreSQL does not know the zone (any more).
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_offsets(
    executor: impl PgExecutor<'_>,
    time_zone: &str,
) -> Result<Offsets, Error> {
    let listed = sqlx::query!(
        r#"with days as (
            select day
            from generate_series(
                timestamptz '2000-01-01 00:00Z', timestamptz '2060-01-01 00:00Z', interval '24 hours'
            ) as day
            where (day at time zone $1::text) - (day at time zone 'UTC')
                <> ((day + interval '24 hours') at time zone $1::text) - ((day + interval '24 hours') at time zone 'UTC')
        ), changes as (
            select timestamptz '2000-01-01 00:00Z' as start
            union all
            -- Offsets change at full quarters of an hour.
            select step as start
            from days
            cross join lateral generate_series(
                day + interval '15 minutes', day + interval '24 hours', interval '15 minutes'
            ) as step
            where (step at time zone $1::text) - (step at time zone 'UTC')
                <> ((step - interval '15 minutes') at time zone $1::text)
                    - ((step - interval '15 minutes') at time zone 'UTC')
        )
        select
            start as "start!",
            extract(epoch from (start at time zone $1::text) - (start at time zone 'UTC'))::int4 as "seconds!"
        from changes
        order by start"#,
        time_zone,
    )
    .fetch_all(executor)
    .await;
    match listed {
        Ok(rows) => Ok(rows
            .into_iter()
            .filter_map(|row| Some((row.start, UtcOffset::from_whole_seconds(row.seconds).ok()?)))
            .collect()),
        Err(sqlx::Error::Database(denied)) if denied.code().as_deref() == Some(UNKNOWN_ZONE) => {
            Ok(Offsets::default())
        }
        Err(error) => Err(error.into()),
    }
}
