//! Conditions on what users spend and have left.

use domain::{
    filter::{OverLimit, SpendRange},
    limits::Metric,
    money::Money,
    users::spend::month_number,
};
use sqlx::{Postgres, QueryBuilder};
use time::OffsetDateTime;

/// Order by the costs of the latest month, in the form of its index.
pub(in crate::users) const SPEND_RANK: &str = "spend_rank(p.month, p.nanos)";

/// Appends a condition on the costs of the present month. Costs of another month count as none.
pub(super) fn push_spend(sql: &mut QueryBuilder<Postgres>, range: SpendRange, now: OffsetDateTime) {
    let month = month_number(now);
    let (min, max) = range.bounds();
    let least = min.map_or(0, Money::nanos);
    if least > 0 {
        sql.push(format!("({SPEND_RANK} >= spend_rank("))
            .push_bind(month)
            .push(", ")
            .push_bind(least)
            .push(") and p.month = ")
            .push_bind(month)
            .push(" and p.nanos >= ")
            .push_bind(least);
    } else {
        sql.push("(true");
    }
    if let Some(max) = max {
        sql.push(" and case when p.month = ")
            .push_bind(month)
            .push(" then p.nanos else 0 end <= ")
            .push_bind(max.nanos());
    }
    sql.push(")");
}

/// Appends the condition that nothing is left of a limit, at the time of the database, as uses are counted.
pub(super) fn push_over(sql: &mut QueryBuilder<Postgres>, limit: OverLimit) {
    let metric = match limit {
        OverLimit::Budget => Metric::Cost,
        OverLimit::Requests => Metric::Requests,
    };
    sql.push("s.user_id in (select o.user_id from users_over_limit(")
        .push_bind(metric.as_str())
        .push(", now()) o)");
}
