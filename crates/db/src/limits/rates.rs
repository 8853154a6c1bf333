//! Rates per minute, by the generic cell rate algorithm: a use moves the time up to which the rate is spent, which is at most a minute
//! ahead. A rate whose amount has changed is counted by the new one, by the function `recounted_rate`, which also caps one that is far ahead
//! because the clock was set back.

use domain::limits::Metric;
use serde::Serialize;
use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::Error;

/// A use of a rate. Its form in JSON is the one that the database reads.
#[derive(Debug, Clone, Serialize)]
pub struct RateUse {
    /// The id of the holder.
    pub holder_id: Uuid,
    /// Quantity.
    pub metric: Metric,
    /// Model; empty for all models together.
    pub model: String,
    /// Present amount per minute.
    pub amount: i64,
    /// Microseconds that the use takes at this rate; negative to give some back.
    pub micros: i64,
}

/// A rate of a holder.
#[derive(Debug, Clone)]
pub struct Rate {
    /// The id of the holder.
    pub holder_id: Uuid,
    /// Quantity.
    pub metric: String,
    /// Model; empty for all models together.
    pub model: String,
    /// Microseconds for which it is spent by the present amount; negative if it is not.
    pub ahead: i64,
    /// Whether it is stored by another amount per minute, or for longer than an hour.
    pub is_changed: bool,
}

impl Rate {
    /// Returns whether it is the rate of a holder, a metric and a model.
    #[must_use]
    pub fn has_key(&self, (holder, metric, model): (Uuid, Metric, &str)) -> bool {
        let own = (self.holder_id, self.metric.as_str(), self.model.as_str());
        own == (holder, metric.as_str(), model)
    }
}

/// Moves the times up to which rates are spent. Returns the moved rates. One that would be more than a minute ahead is left out, and not
/// moved, unless the uses are `forced`. Forced uses move it an hour ahead at most: without an end, a member of a group could deny a shared
/// rate to all for as long as it likes. The rates are locked in one order, whichever uses they are for.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn spend(
    connection: &mut PgConnection,
    uses: &[RateUse],
    forced: bool,
) -> Result<Vec<Rate>, Error> {
    // Texts and numbers always have a JSON form, so the default is never used.
    let uses = serde_json::to_value(uses).unwrap_or_default();
    // The time of the statement is the same in all rows, so that an excluded row has its microseconds.
    Ok(sqlx::query_as!(
        Rate,
        r#"insert into rate_limits as r (holder_id, metric, model, spent_until, amount)
        select w.holder_id, w.metric, w.model, statement_timestamp() + w.micros * interval '1 microsecond', w.amount
        from jsonb_to_recordset($1) as w (holder_id uuid, metric text, model text, amount bigint, micros bigint)
        order by w.holder_id, w.metric, w.model
        on conflict (holder_id, metric, model) do update
        set amount = excluded.amount, spent_until = least(
            greatest(recounted_rate(r.spent_until, r.amount, excluded.amount, clock_timestamp()), clock_timestamp())
                + (excluded.spent_until - statement_timestamp()),
            clock_timestamp() + interval '1 hour'
        )
        where $2 or greatest(recounted_rate(r.spent_until, r.amount, excluded.amount, clock_timestamp()), clock_timestamp())
            + (excluded.spent_until - statement_timestamp()) <= clock_timestamp() + interval '1 minute'
        returning
            r.holder_id, r.metric, r.model, (extract(epoch from r.spent_until - clock_timestamp()) * 1000000)::bigint as "ahead!",
            false as "is_changed!""#,
        uses,
        forced,
    )
    .fetch_all(connection)
    .await?)
}

/// Lists the rates of uses as they are at a time, which spends nothing.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list(
    executor: impl PgExecutor<'_>,
    uses: &[RateUse],
    at: OffsetDateTime,
) -> Result<Vec<Rate>, Error> {
    // Texts and numbers always have a JSON form, so the default is never used.
    let uses = serde_json::to_value(uses).unwrap_or_default();
    Ok(sqlx::query_as!(
        Rate,
        r#"select
            r.holder_id, r.metric, r.model,
            (extract(epoch from recounted_rate(r.spent_until, r.amount, w.amount, $2::timestamptz) - $2) * 1000000)::bigint as "ahead!",
            coalesce(r.amount <> w.amount, false) or r.spent_until > $2 + interval '1 hour' as "is_changed!"
        from jsonb_to_recordset($1) as w (holder_id uuid, metric text, model text, amount bigint)
        join rate_limits r on r.holder_id = w.holder_id and r.metric = w.metric and r.model = w.model"#,
        uses,
        at,
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
