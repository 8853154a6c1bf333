//! Activity and latest changes for the start page of the panel. No statement here scans a big table.

use domain::{audit::AuditEntry, overview::Day};
use sqlx::PgExecutor;
use time::OffsetDateTime;

use crate::{Error, audit};

/// Number of latest entries in which changes are searched: if most of them are sign-ins, fewer changes are found.
const LOOKED_AT: i64 = 500;

/// Lists `days` UTC days up to that of a time, the earliest first.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_days(
    executor: impl PgExecutor<'_>,
    until: OffsetDateTime,
    days: i32,
) -> Result<Vec<Day>, Error> {
    let rows = sqlx::query!(
        r#"select
            d.day at time zone 'UTC' as "day!",
            (
                select coalesce(sum(t.value), 0)::bigint from user_totals t
                where t.name = 'signed-in:' || to_char(d.day, 'YYYY-MM-DD')
            ) as "sign_ins!",
            (
                select coalesce(sum(t.value), 0)::bigint from user_totals t
                where t.name = 'created:' || to_char(d.day, 'YYYY-MM-DD')
            ) as "created!"
        from (
            select date_trunc('day', $1::timestamptz at time zone 'UTC') - make_interval(days => n) as day
            from generate_series(0, $2::int - 1) as n
        ) as d
        order by d.day"#,
        until,
        days,
    )
    .fetch_all(executor)
    .await?;
    let day = rows.into_iter().map(|row| Day {
        day: row.day,
        sign_ins: u64::try_from(row.sign_ins).unwrap_or_default(),
        created: u64::try_from(row.created).unwrap_or_default(),
    });
    Ok(day.collect())
}

/// Lists the latest changes, the latest first, a bulk action as one. Sign-ins and uses of provider API keys are left out.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_changes(
    executor: impl PgExecutor<'_>,
    most: i64,
) -> Result<Vec<AuditEntry>, Error> {
    let rows = sqlx::query_as!(
        audit::Row,
        r#"select
            id as "id!", at as "at!", actor_id, actor_label as "actor_label!", via as "via!", token_label,
            action as "action!",
            target_kind as "target_kind!", target_id, target_label as "target_label!",
            case when octet_length(changes::text) <= 65536 then changes::text else octet_length(changes::text)::text end
                as "changes!",
            reason, ip, request_id, parent_id
        from (
            select * from audit_events where parent_id is null and at > '-infinity' order by at desc, id desc limit $1
        ) as latest
        where action not in ('session.started', 'api_key.resolved')
        order by at desc, id desc limit $2"#,
        LOOKED_AT,
        most,
    )
    .fetch_all(executor)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}
