//! Reports of usage, which read the sums by day and their totals, and the export of the events.

use domain::{
    limits::{Amount, Metric},
    money::Money,
    usage::{
        BalanceEntry, DayUsage, GroupUsage, ModelUsage, StoredEvent, UsageRange, UsageSum,
        UserUsage,
    },
};
use sqlx::{PgExecutor, QueryBuilder, Row, postgres::PgRow};
use time::OffsetDateTime;
use uuid::Uuid;

use super::filter::UsageFilter;
use crate::{Error, error::read_word};

/// Sums of the rows `d`.
const SUMS: &str =
    "saturated(sum(d.requests)) as requests, saturated(sum(d.tokens_in)) as tokens_in,
    saturated(sum(d.tokens_out)) as tokens_out, saturated(sum(d.cost_nanos)) as cost_nanos";
/// Condition on sums: those of deleted users leave days and models without uses behind.
const USED: &str = " having (sum(d.requests), sum(d.tokens_in), sum(d.tokens_out), sum(d.cost_nanos)) <> (0, 0, 0, 0)";
/// Order of reports.
const ORDER: &str = "cost_nanos desc, tokens_in::numeric + tokens_out desc, requests desc";
/// Columns of the events `d`, and their tables.
const EVENT: &str = "d.id, d.at, d.kind, d.user_id, u.username, d.token_id, d.model, d.requests, d.tokens_in, d.tokens_out,
    d.cost_nanos, d.event_id, d.conversation_id, d.note
    from usage_events d left join users u on u.id = d.user_id";

fn read_sum(row: &PgRow) -> Result<UsageSum, sqlx::Error> {
    Ok(UsageSum {
        requests: row.try_get("requests")?,
        tokens_in: row.try_get("tokens_in")?,
        tokens_out: row.try_get("tokens_out")?,
        cost: Money::from_nanos(row.try_get("cost_nanos")?),
    })
}

/// Returns the sums of each day with uses, the first day first.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_days(
    executor: impl PgExecutor<'_>,
    filter: &UsageFilter,
) -> Result<Vec<DayUsage>, Error> {
    let mut sql = QueryBuilder::new(format!(
        "select to_char(d.day, 'YYYY-MM-DD') as day, {SUMS} from {} d",
        filter.table()
    ));
    filter.push(&mut sql);
    sql.push(format!(" group by d.day{USED} order by d.day"));
    let rows = sql.build().persistent(false).fetch_all(executor).await?;
    let days = rows.iter().map(|row| {
        Ok(DayUsage {
            day: row.try_get("day")?,
            usage: read_sum(row)?,
        })
    });
    Ok(days.collect::<Result<_, sqlx::Error>>()?)
}

/// Returns the users with the highest cost, most tokens and most requests.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_users(
    executor: impl PgExecutor<'_>,
    filter: &UsageFilter,
    most: u16,
) -> Result<Vec<UserUsage>, Error> {
    // The sums are sorted before names are joined, so that only those of the result are.
    let mut sql = QueryBuilder::new(format!(
        "select t.*, u.username from (select s.* from (select d.user_id, {SUMS} from usage_daily d"
    ));
    filter.push(&mut sql);
    sql.push(format!(
        " group by d.user_id) s order by {ORDER}, s.user_id limit {most}) t
        left join users u on u.id = t.user_id order by {ORDER}, t.user_id"
    ));
    let rows = sql.build().persistent(false).fetch_all(executor).await?;
    let users = rows.iter().map(|row| {
        Ok(UserUsage {
            id: row.try_get("user_id")?,
            username: row.try_get("username")?,
            usage: read_sum(row)?,
        })
    });
    Ok(users.collect::<Result<_, sqlx::Error>>()?)
}

/// Returns the models with the highest cost, most tokens and most requests.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_models(
    executor: impl PgExecutor<'_>,
    filter: &UsageFilter,
    most: u16,
) -> Result<Vec<ModelUsage>, Error> {
    let mut sql = QueryBuilder::new(format!(
        "select s.* from (select d.model, {SUMS} from {} d",
        filter.table()
    ));
    filter.push(&mut sql);
    sql.push(format!(
        " group by d.model{USED}) s order by {ORDER}, s.model limit {most}"
    ));
    let rows = sql.build().persistent(false).fetch_all(executor).await?;
    let models = rows.iter().map(|row| {
        Ok(ModelUsage {
            model: row.try_get("model")?,
            usage: read_sum(row)?,
        })
    });
    Ok(models.collect::<Result<_, sqlx::Error>>()?)
}

/// Returns the groups whose members have the highest cost, most tokens and most requests.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_groups(
    executor: impl PgExecutor<'_>,
    filter: &UsageFilter,
    most: u16,
) -> Result<Vec<GroupUsage>, Error> {
    let mut sql = QueryBuilder::new(format!(
        "select s.*, g.name from (
            select m.group_id, {SUMS} from usage_daily d join group_members m on m.user_id = d.user_id"
    ));
    filter.push(&mut sql);
    sql.push(format!(
        " group by m.group_id) s join groups g on g.id = s.group_id order by {ORDER}, s.group_id limit {most}"
    ));
    let rows = sql.build().persistent(false).fetch_all(executor).await?;
    let groups = rows.iter().map(|row| {
        Ok(GroupUsage {
            id: row.try_get("group_id")?,
            name: row.try_get("name")?,
            usage: read_sum(row)?,
        })
    });
    Ok(groups.collect::<Result<_, sqlx::Error>>()?)
}

/// Lists the changes of balances of a user in some days, the latest first.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_entries(
    executor: impl PgExecutor<'_>,
    user: Uuid,
    days: UsageRange,
    most: i64,
) -> Result<Vec<BalanceEntry>, Error> {
    let rows = sqlx::query!(
        r#"select
            e.at, e.kind, e.metric as "metric!", e.model, e.requests + e.tokens_in + e.cost_nanos as "amount!",
            coalesce(e.note, '') as "reason!", a.username as "actor?"
        from usage_events e
        left join users a on a.id = e.actor_id
        where e.user_id = $1 and e.kind <> 'use' and e.at >= $2::date::timestamp at time zone 'UTC'
            and e.at < ($3::date + 1)::timestamp at time zone 'UTC'
        order by e.at desc, e.id desc
        limit $4"#,
        user,
        days.from,
        days.to,
        most,
    )
    .fetch_all(executor)
    .await?;
    let entries = rows.into_iter().map(|row| {
        let metric: Metric = read_word(&row.metric)?;
        Ok(BalanceEntry {
            at: row.at,
            kind: row.kind,
            metric,
            model: row.model,
            amount: Amount::of(metric, row.amount),
            reason: row.reason,
            actor: row.actor,
        })
    });
    Ok(entries.collect::<Result<_, sqlx::Error>>()?)
}

/// Lists the events of an export after one of them, the first first. Events that are stored later are not in it.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_events(
    executor: impl PgExecutor<'_>,
    filter: &UsageFilter,
    (stored_before, after): (OffsetDateTime, Option<(OffsetDateTime, Uuid)>),
    most: u16,
) -> Result<Vec<StoredEvent>, Error> {
    let mut sql = QueryBuilder::new(format!("select {EVENT} where d.at >= ("));
    sql.push_bind(filter.days.from)
        .push(")::date::timestamp at time zone 'UTC' and d.at < ((")
        .push_bind(filter.days.to)
        .push(")::date + 1)::timestamp at time zone 'UTC' and d.created_at <= ")
        .push_bind(stored_before);
    filter.push_rest(&mut sql);
    if let Some((at, id)) = after {
        sql.push(" and d.at >= ")
            .push_bind(at)
            .push(" and (d.at, d.id) > (")
            .push_bind(at)
            .push(", ")
            .push_bind(id)
            .push(")");
    }
    sql.push(format!(" order by d.at, d.id limit {most}"));
    let rows = sql.build().persistent(false).fetch_all(executor).await?;
    let events = rows.iter().map(read_event);
    Ok(events.collect::<Result<_, sqlx::Error>>()?)
}

/// Lists the newest uses of a user, without changes by administrators.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_newest(
    executor: impl PgExecutor<'_>,
    user: Uuid,
    most: u16,
) -> Result<Vec<StoredEvent>, Error> {
    let mut sql = QueryBuilder::new(format!(
        "select {EVENT} where d.kind = 'use' and d.user_id = "
    ));
    sql.push_bind(user)
        .push(format!(" order by d.at desc, d.id desc limit {most}"));
    let rows = sql.build().persistent(false).fetch_all(executor).await?;
    let events = rows.iter().map(read_event);
    Ok(events.collect::<Result<_, sqlx::Error>>()?)
}

fn read_event(row: &PgRow) -> Result<StoredEvent, sqlx::Error> {
    Ok(StoredEvent {
        id: row.try_get("id")?,
        at: row.try_get("at")?,
        kind: row.try_get("kind")?,
        user_id: row.try_get("user_id")?,
        username: row.try_get("username")?,
        token_id: row.try_get("token_id")?,
        model: row.try_get("model")?,
        requests: row.try_get("requests")?,
        tokens_in: row.try_get("tokens_in")?,
        tokens_out: row.try_get("tokens_out")?,
        cost: Money::from_nanos(row.try_get("cost_nanos")?),
        event_id: row.try_get("event_id")?,
        conversation_id: row.try_get("conversation_id")?,
        note: row.try_get("note")?,
    })
}
