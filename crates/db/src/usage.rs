//! Events of usage and their sums by day: writing, and maintenance. Reports are in [`reports`].

pub mod event_ids;
mod filter;
pub mod reports;

pub use filter::UsageFilter;

use domain::{
    limits::Metric,
    usage::{UsageEvent, Use},
};
use serde::Serialize;
use sqlx::{PgConnection, PgExecutor, PgPool};
use time::{OffsetDateTime, UtcOffset};
use uuid::Uuid;

use crate::{Error, limits::balances::Balance};

/// SQLSTATE of a statement that did not get a lock in time.
const LOCK_NOT_AVAILABLE: &str = "55P03";

/// An event to store. Its form in JSON is the one that the database reads.
#[derive(Debug, Clone, Serialize)]
struct NewEvent<'a> {
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    user_id: Option<Uuid>,
    token_id: Option<Uuid>,
    model: Option<&'a str>,
    requests: i64,
    tokens_in: i64,
    tokens_out: i64,
    cost_nanos: i64,
    event_id: Option<&'a str>,
    conversation_id: Option<&'a str>,
}

impl<'a> NewEvent<'a> {
    fn of(used: &'a Use, at: OffsetDateTime, user_id: Option<Uuid>) -> Self {
        Self {
            // PostgreSQL reads offsets of less than 16 hours only.
            at: at.to_offset(UtcOffset::UTC),
            user_id,
            token_id: used.token,
            model: used.model.as_deref(),
            requests: used.amounts.requests,
            tokens_in: used.amounts.tokens_in,
            tokens_out: used.amounts.tokens_out,
            cost_nanos: used.amounts.cost,
            event_id: used.event_id.as_deref(),
            conversation_id: used.conversation_id.as_deref(),
        }
    }
}

/// Returns the time of the database.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_time(executor: impl PgExecutor<'_>) -> Result<OffsetDateTime, Error> {
    Ok(sqlx::query_scalar!(r#"select clock_timestamp() as "at!""#)
        .fetch_one(executor)
        .await?)
}

/// Stores uses, adds them to the sums of their days, which end at 2^53 - 1, and stores locked balances, which have counted them. `user` is
/// `None` if the user does not exist any more. A balance that an administrator changes is stored without uses.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn store(
    connection: &mut PgConnection,
    user: Option<Uuid>,
    events: &[UsageEvent],
    balances: &[Balance],
) -> Result<(), Error> {
    let events: Vec<_> = events
        .iter()
        .map(|event| NewEvent::of(&event.used, event.at, user))
        .collect();
    // Texts, numbers and times always have a JSON form, so the default is never used.
    let events = serde_json::to_value(events).unwrap_or_default();
    let balances = serde_json::to_value(balances).unwrap_or_default();
    sqlx::query!(
        "with counted as (
            update balances b set
                period = c.period, period_start = c.period_start, period_end = c.period_end, used = c.used, granted = c.granted,
                level = c.level, level_at = c.level_at, carried = c.carried
            from jsonb_to_recordset($2) as c (
                holder_id uuid, metric text, model text, period text, period_start timestamptz, period_end timestamptz, used bigint,
                granted bigint, level bigint, level_at timestamptz, carried boolean
            )
            where b.holder_id = c.holder_id and b.metric = c.metric and b.model = c.model
        ), w as (
            select * from jsonb_to_recordset($1) as w (
                at timestamptz, user_id uuid, token_id uuid, model text, requests bigint, tokens_in bigint, tokens_out bigint,
                cost_nanos bigint, event_id text, conversation_id text
            )
        ), stored as (
            insert into usage_events (
                id, at, kind, user_id, token_id, model, requests, tokens_in, tokens_out, cost_nanos, event_id, conversation_id
            )
            select
                uuid_v7(now()), w.at, 'use', w.user_id, w.token_id, w.model, w.requests, w.tokens_in, w.tokens_out, w.cost_nanos,
                w.event_id, w.conversation_id
            from w
        )
        insert into usage_daily as d (day, user_id, model, requests, tokens_in, tokens_out, cost_nanos)
        select
            (w.at at time zone 'UTC')::date, w.user_id, w.model, saturated_day(sum(w.requests)), saturated_day(sum(w.tokens_in)),
            saturated_day(sum(w.tokens_out)), saturated_day(sum(w.cost_nanos))
        from w
        group by 1, 2, 3
        order by 1, 2, 3
        on conflict on constraint usage_daily_key do update set
            requests = saturated_day(d.requests::numeric + excluded.requests),
            tokens_in = saturated_day(d.tokens_in::numeric + excluded.tokens_in),
            tokens_out = saturated_day(d.tokens_out::numeric + excluded.tokens_out),
            cost_nanos = saturated_day(d.cost_nanos::numeric + excluded.cost_nanos)",
        events,
        balances,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A change of a balance by an administrator.
#[derive(Debug, Clone)]
pub struct LedgerEntry<'a> {
    /// The id of the user.
    pub user: Uuid,
    /// Kind: `top_up`, `adjust` or `reset`.
    pub kind: &'a str,
    /// Quantity of the limit.
    pub metric: Metric,
    /// Model of the limit.
    pub model: Option<&'a str>,
    /// Amount that was granted, or added to the used amount.
    pub amount: i64,
    /// Reason.
    pub reason: &'a str,
    /// The id of the actor.
    pub actor: Option<Uuid>,
}

/// Stores a change of a balance. It counts in no sum of uses.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn insert_entry(
    connection: &mut PgConnection,
    entry: &LedgerEntry<'_>,
    at: OffsetDateTime,
) -> Result<(), Error> {
    let of = |metric: Metric| {
        if entry.metric == metric {
            entry.amount
        } else {
            0
        }
    };
    sqlx::query!(
        "insert into usage_events (id, at, kind, user_id, model, metric, requests, tokens_in, cost_nanos, note, actor_id)
        values (uuid_v7(now()), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        at,
        entry.kind,
        entry.user,
        entry.model,
        entry.metric.as_str(),
        of(Metric::Requests),
        of(Metric::Tokens),
        of(Metric::Cost),
        entry.reason,
        entry.actor,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Creates the partitions of this month and of the two after it.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn ensure_partitions(pool: &PgPool) -> Result<(), Error> {
    sqlx::query!("select ensure_usage_partitions(now())")
        .execute(pool)
        .await?;
    Ok(())
}

/// Drops the partitions of the months that ended more than some days ago. Returns their number, 0 if another transaction uses the table of
/// the events: uses would wait behind a lock that waits, so the next run tries again.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn drop_partitions(pool: &PgPool, days: i32) -> Result<i32, Error> {
    let mut transaction = pool.begin().await?;
    sqlx::query!("set local lock_timeout = '50ms'")
        .execute(&mut *transaction)
        .await?;
    let dropped = sqlx::query_scalar!(
        r#"select drop_usage_partitions(now() - $1::int * interval '1 day') as "dropped!""#,
        days,
    )
    .fetch_one(&mut *transaction)
    .await;
    match dropped {
        Ok(dropped) => {
            transaction.commit().await?;
            Ok(dropped)
        }
        Err(error) if is_locked(&error) => {
            transaction.rollback().await?;
            Ok(0)
        }
        Err(error) => Err(error.into()),
    }
}

/// Deletes some events without a partition of their month, if that ended more than some days ago. Returns their number.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn delete_unpartitioned(
    executor: impl PgExecutor<'_>,
    days: i32,
    most: i64,
) -> Result<u64, Error> {
    let done = sqlx::query!(
        "delete from usage_events_default where ctid = any(array(
            select ctid from usage_events_default
            where at < date_trunc('month', (now() - $1::int * interval '1 day') at time zone 'UTC') at time zone 'UTC'
            order by at limit $2
            for update skip locked
        ))",
        days,
        most,
    )
    .execute(executor)
    .await?;
    Ok(done.rows_affected())
}

/// Returns whether a statement did not get a lock in time.
fn is_locked(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| code == LOCK_NOT_AVAILABLE)
}

/// Merges the shards of some totals of days that are over, to which few uses are added any more. Returns the number of merged rows.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn merge_shards(executor: impl PgExecutor<'_>, most: i64) -> Result<u64, Error> {
    let merged = sqlx::query_scalar!(
        r#"with moved as (
            delete from usage_daily_totals where ctid = any(array(
                select ctid from usage_daily_totals
                where shard >= 0 and day < (now() at time zone 'UTC')::date - 1
                order by day limit $1
                for update skip locked
            ))
            returning day, model, requests, tokens_in, tokens_out, cost_nanos
        ), stored as (
            insert into usage_daily_totals as t (day, model, shard, requests, tokens_in, tokens_out, cost_nanos)
            select
                day, model, -1, saturated(sum(requests)), saturated(sum(tokens_in)), saturated(sum(tokens_out)),
                saturated(sum(cost_nanos))
            from moved
            group by day, model
            order by day, model
            on conflict on constraint usage_daily_totals_key do update set
                requests = saturated(t.requests::numeric + excluded.requests),
                tokens_in = saturated(t.tokens_in::numeric + excluded.tokens_in),
                tokens_out = saturated(t.tokens_out::numeric + excluded.tokens_out),
                cost_nanos = saturated(t.cost_nanos::numeric + excluded.cost_nanos)
        )
        select count(*) as "merged!" from moved"#,
        most,
    )
    .fetch_one(executor)
    .await?;
    Ok(merged.unsigned_abs())
}
