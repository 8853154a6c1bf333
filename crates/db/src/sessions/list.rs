//! Pages of sessions: one statement, served by the index for the order or for the filter.

use domain::{
    sessions::{Session, SessionEnd, SessionUser, list::SessionsQuery},
    users::UserId,
};
use sqlx::{PgExecutor, QueryBuilder, Row, postgres::PgRow, types::ipnetwork::IpNetwork};
use time::OffsetDateTime;

use super::SessionQueryFilter;
use crate::{
    Error,
    keyset::{self, Column, Keyset},
};

/// Columns of the list, from a view of sessions `s`.
pub(super) const COLUMNS: &str = "
    s.id, s.user_id, s.username, s.display_name, coalesce(s.device, 'Unknown device') as device, s.user_agent, s.ip,
    s.created_at, s.last_seen_at, s.ends_at, s.expires_at, s.ended_at, s.ended_reason, s.ended_by";

/// Number of active sessions, and the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// Number of active sessions: sessions that are not marked as ended, without those that have expired but are not marked yet.
    pub live: u64,
    /// Time of the database.
    pub now: OffsetDateTime,
}

/// Returns the number of active sessions, from the totals.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_totals(executor: impl PgExecutor<'_>) -> Result<Totals, Error> {
    let row = sqlx::query!(
        r#"select
            now() as "now!",
            (
                select coalesce(sum(value), 0) from user_totals where name = 'sessions'
            )::bigint - (
                select count(*) from sessions
                where ended_at is null and least(idle_expires_at, expires_at) <= now() and user_id is not null
            ) as "live!""#
    )
    .fetch_one(executor)
    .await?;
    Ok(Totals {
        live: u64::try_from(row.live).unwrap_or_default(),
        now: row.now,
    })
}

/// Lists the sessions of a page in the requested order. The flag is true if there are more in the direction of reading.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_page(
    executor: impl PgExecutor<'_>,
    query: &SessionsQuery,
    asked: &SessionQueryFilter<'_>,
) -> Result<(Vec<Session>, bool), Error> {
    let mut sql = QueryBuilder::new(format!(
        "select {COLUMNS} from {} s where true",
        view(query)
    ));
    asked.push(&mut sql);
    if query.ended {
        asked.push_first_end(&mut sql);
    } else {
        asked.push_ends_of_order(&mut sql, query.sort.is_by_seen());
    }
    let page = page(query).cached(query.filter.is_empty());
    page.push(&mut sql);
    // A cached plan for other values of a filter may be a hundred times slower, so that a filtered statement is planned each time.
    let statement = sql.build().persistent(query.filter.is_empty());
    let rows = statement.fetch_all(executor).await?;
    page.read(&rows, session)
}

/// Counts the matching sessions, up to one more than [`EXACT_TOTAL_MAX`](domain::list::EXACT_TOTAL_MAX).
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn count(
    executor: impl PgExecutor<'_>,
    query: &SessionsQuery,
    asked: &SessionQueryFilter<'_>,
) -> Result<u64, Error> {
    let counted = if query.ended {
        "ended_sessions"
    } else {
        "countable_sessions"
    };
    let mut sql = keyset::counting(&format!("{counted} s where true"));
    asked.push(&mut sql);
    keyset::count(executor, sql).await
}

/// Lists the distinct device names. The query skips from one to the next in their index.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_devices(executor: impl PgExecutor<'_>) -> Result<Vec<String>, Error> {
    let devices = sqlx::query_scalar!(
        r#"with recursive known as (
            (select device from sessions where device is not null order by device limit 1)
            union all
            select (select s.device from sessions s where s.device > k.device order by s.device limit 1)
            from known k where k.device is not null
        )
        select device as "device!" from known where device is not null"#
    )
    .fetch_all(executor)
    .await?;
    Ok(devices)
}

const fn view(query: &SessionsQuery) -> &'static str {
    if query.ended {
        "ended_sessions"
    } else {
        "live_sessions"
    }
}

/// Returns the page that a query asks for.
const fn page(query: &SessionsQuery) -> Keyset<'_> {
    let (key, descending) = match (query.ended, query.sort.is_by_seen()) {
        (true, _) => ("s.ended_at", true),
        (false, true) => ("s.last_seen_at", query.sort.descends()),
        (false, false) => ("s.created_at", query.sort.descends()),
    };
    Keyset::new(Column::id("s.id"), descending, &query.position, query.limit)
        .by(Some(Column::time(key)))
}

/// Decodes a row of [`COLUMNS`].
pub(super) fn session(row: &PgRow) -> Result<Session, sqlx::Error> {
    let ended_at: Option<OffsetDateTime> = row.try_get("ended_at")?;
    let reason: Option<&str> = row.try_get("ended_reason")?;
    let reason = reason.map(str::parse).transpose();
    let reason =
        reason.map_err(|unknown: domain::users::Unknown| sqlx::Error::Decode(unknown.into()))?;
    let by: Option<String> = row.try_get("ended_by")?;
    let network: Option<IpNetwork> = row.try_get("ip")?;
    Ok(Session {
        id: row.try_get("id")?,
        user: SessionUser {
            id: UserId(row.try_get("user_id")?),
            username: row.try_get("username")?,
            display_name: row.try_get("display_name")?,
        },
        device: row.try_get("device")?,
        user_agent: row.try_get("user_agent")?,
        ip_address: network.map(|network| network.ip()),
        created_at: row.try_get("created_at")?,
        last_seen_at: row.try_get("last_seen_at")?,
        idle_expires_at: row.try_get("ends_at")?,
        expires_at: row.try_get("expires_at")?,
        end: ended_at
            .zip(reason)
            .map(|(at, reason)| SessionEnd { at, reason, by }),
    })
}
