//! Rates per minute, by the generic cell rate algorithm: a use moves the time up to which the rate is spent, which is at most a minute
//! ahead.

use domain::limits::Metric;
use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::Error;

/// A rate of a holder.
#[derive(Debug, Clone)]
pub struct Rate {
    /// The id of the holder.
    pub holder_id: Uuid,
    /// Quantity.
    pub metric: String,
    /// Model; empty for all models together.
    pub model: String,
    /// Time up to which it is spent.
    pub spent_until: OffsetDateTime,
    /// Amount per minute that the time was counted by; `None` if it is not known.
    pub amount: Option<i64>,
}

/// Moves the time up to which a rate of some amount per minute is spent by some microseconds. Returns the microseconds that it is ahead
/// then; `None`, and changes nothing, if it would be more than a minute ahead and the use is not `forced`. Forced uses move it an hour ahead
/// at most: without an end, a member of a group could deny a shared rate to all for as long as it likes.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn take(
    connection: &mut PgConnection,
    (holder, metric, model): (Uuid, Metric, &str),
    (micros, amount): (i64, i64),
    forced: bool,
) -> Result<Option<i64>, Error> {
    Ok(sqlx::query_scalar!(
        r#"insert into rate_limits as r (holder_id, metric, model, spent_until, amount)
        values ($1, $2, $3, clock_timestamp() + $4::bigint * interval '1 microsecond', $5)
        on conflict (holder_id, metric, model) do update
        set amount = $5, spent_until = least(
            greatest(r.spent_until, clock_timestamp()) + $4::bigint * interval '1 microsecond', clock_timestamp() + interval '1 hour'
        )
        where $6 or greatest(r.spent_until, clock_timestamp()) + $4::bigint * interval '1 microsecond'
            <= clock_timestamp() + interval '1 minute'
        returning (extract(epoch from r.spent_until - clock_timestamp()) * 1000000)::bigint as "ahead!""#,
        holder,
        metric.as_str(),
        model,
        micros,
        amount,
        forced,
    )
    .fetch_optional(connection)
    .await?)
}

/// Moves the time up to which a rate is spent back by some microseconds. Returns the microseconds that it is ahead then, which can be
/// negative; `None` if nothing is stored.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn give_back(
    connection: &mut PgConnection,
    (holder, metric, model): (Uuid, Metric, &str),
    micros: i64,
) -> Result<Option<i64>, Error> {
    Ok(sqlx::query_scalar!(
        r#"update rate_limits set spent_until = spent_until - $4::bigint * interval '1 microsecond'
        where holder_id = $1 and metric = $2 and model = $3
        returning (extract(epoch from spent_until - clock_timestamp()) * 1000000)::bigint as "ahead!""#,
        holder,
        metric.as_str(),
        model,
        micros,
    )
    .fetch_optional(connection)
    .await?)
}

/// Stores the time up to which a rate is spent by another amount per minute, unless another request has changed it meanwhile.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn convert(
    connection: &mut PgConnection,
    (holder, metric, model): (Uuid, Metric, &str),
    (before, after): (OffsetDateTime, OffsetDateTime),
    amount: i64,
) -> Result<(), Error> {
    sqlx::query!(
        "update rate_limits set spent_until = $5, amount = $6
        where holder_id = $1 and metric = $2 and model = $3 and spent_until = $4",
        holder,
        metric.as_str(),
        model,
        before,
        after,
        amount,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Lists the rates of holders.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list(executor: impl PgExecutor<'_>, holders: &[Uuid]) -> Result<Vec<Rate>, Error> {
    Ok(sqlx::query_as!(
        Rate,
        "select holder_id, metric, model, spent_until, amount from rate_limits where holder_id = any($1)",
        holders,
    )
    .fetch_all(executor)
    .await?)
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
