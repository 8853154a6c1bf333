//! Sums of what holders have used, from the events.

use domain::limits::Metric;
use serde::Serialize;
use sqlx::PgExecutor;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Balance, ids};
use crate::{Error, limits::Holder};

/// A balance whose period is summed. Its form in JSON is the one that the database reads.
#[derive(Debug, Clone, Serialize)]
struct Summed<'a> {
    position: usize,
    user_id: Option<Uuid>,
    token_id: Option<Uuid>,
    group_id: Option<Uuid>,
    metric: Metric,
    model: &'a str,
    #[serde(with = "time::serde::rfc3339")]
    since: OffsetDateTime,
}

/// Returns the used amounts and the top-ups of holders since their balances' periods began, from the events, in the order of the balances.
/// The members of a group can have most of all events, so after the first day theirs are read from the sums by day.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn sum_periods(
    executor: impl PgExecutor<'_>,
    balances: &[(Holder, &Balance)],
) -> Result<Vec<(i64, i64)>, Error> {
    if balances.is_empty() {
        return Ok(Vec::new());
    }
    let asked: Vec<_> = balances
        .iter()
        .enumerate()
        .map(|(position, (holder, balance))| {
            let (user_id, token_id, group_id) = ids(*holder);
            Summed {
                position,
                user_id,
                token_id,
                group_id,
                metric: balance.metric,
                model: &balance.model,
                since: balance.period_start,
            }
        })
        .collect();
    // Texts, numbers and times always have a JSON form, so the default is never used.
    let asked = serde_json::to_value(asked).unwrap_or_default();
    let rows = sqlx::query!(
        r#"select s.used as "used!", s.granted as "granted!"
        from jsonb_to_recordset($1) as w (position int, user_id uuid, token_id uuid, group_id uuid, metric text, model text, since timestamptz)
        cross join lateral (
            select p.used, p.granted from period_usage(w.user_id, w.token_id, w.metric, w.model, w.since) p where w.group_id is null
            union all
            select saturated(coalesce(sum(v.amount), 0)), 0::bigint
            from (
                select e.model, e.requests, e.tokens_in, e.tokens_out, e.cost_nanos
                from group_members m join usage_events e on e.user_id = m.user_id
                where m.group_id = w.group_id and e.kind = 'use' and e.at >= w.since
                    and e.at < ((w.since at time zone 'UTC')::date + 1)::timestamp at time zone 'UTC'
                union all
                select d.model, d.requests, d.tokens_in, d.tokens_out, d.cost_nanos
                from group_members m join usage_daily d on d.user_id = m.user_id
                where m.group_id = w.group_id and d.day > (w.since at time zone 'UTC')::date
            ) e
            cross join lateral (
                select case w.metric
                    when 'requests' then e.requests when 'tokens' then e.tokens_in + e.tokens_out when 'cost' then e.cost_nanos else 0
                end as amount
            ) v
            where w.model = '' or e.model = w.model
            having w.group_id is not null
        ) s
        order by w.position"#,
        asked,
    )
    .fetch_all(executor)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.used, row.granted))
        .collect())
}
