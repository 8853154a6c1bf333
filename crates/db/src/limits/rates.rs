//! Rates per minute, by the generic cell rate algorithm: a use moves the time up to which the rate is spent, which is at most a minute
//! ahead.

use domain::limits::Metric;
use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::Error;

/// Moves the time up to which a rate is spent by some microseconds. Returns false, and changes nothing, if it would be more than a minute
/// ahead and the use is not `forced`.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn take(
    connection: &mut PgConnection,
    (holder, metric, model): (Uuid, Metric, &str),
    micros: i64,
    forced: bool,
) -> Result<bool, Error> {
    let taken = sqlx::query!(
        "insert into rate_limits as r (holder_id, metric, model, spent_until)
        values ($1, $2, $3, clock_timestamp() + $4::bigint * interval '1 microsecond')
        on conflict (holder_id, metric, model) do update
        set spent_until = greatest(r.spent_until, clock_timestamp()) + $4::bigint * interval '1 microsecond'
        where $5 or greatest(r.spent_until, clock_timestamp()) + $4::bigint * interval '1 microsecond'
            <= clock_timestamp() + interval '1 minute'
        returning holder_id",
        holder,
        metric.as_str(),
        model,
        micros,
        forced,
    )
    .fetch_optional(connection)
    .await?;
    Ok(taken.is_some())
}

/// Lists the times up to which the rates of holders are spent.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list(
    executor: impl PgExecutor<'_>,
    holders: &[Uuid],
) -> Result<Vec<(Uuid, String, String, OffsetDateTime)>, Error> {
    let rows = sqlx::query!(
        "select holder_id, metric, model, spent_until from rate_limits where holder_id = any($1)",
        holders,
    )
    .fetch_all(executor)
    .await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|row| (row.holder_id, row.metric, row.model, row.spent_until))
        .collect())
}

/// Deletes some rates that are not spent. Returns their number.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn delete_over(executor: impl PgExecutor<'_>, most: i64) -> Result<u64, Error> {
    let done = sqlx::query!(
        "delete from rate_limits r
        using (
            select holder_id, metric, model from rate_limits
            where spent_until < now() - interval '1 hour' order by spent_until limit $1 for update skip locked
        ) o
        where r.holder_id = o.holder_id and r.metric = o.metric and r.model = o.model",
        most,
    )
    .execute(executor)
    .await?;
    Ok(done.rows_affected())
}
