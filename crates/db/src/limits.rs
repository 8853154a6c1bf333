//! Limits, and those in force for a user. What is used of them is in [`balances`], [`rates`] and [`leases`].

pub mod balances;
mod in_force;
pub mod leases;
mod locks;
mod metered;
pub mod models;
pub mod rates;
pub mod subjects;

use domain::{
    limits::{Amount, Limit, LimitSubject, Metric, NewLimit, Period, SubjectKind},
    list::UnfilteredQuery,
};
use sqlx::{PgConnection, PgExecutor, Postgres, QueryBuilder, Row, postgres::PgRow};
use uuid::Uuid;

pub use in_force::{
    Holder, LimitInForce, LimitedUser, list_by_tokens, list_in_force_of, list_of_tokens,
    list_totals_in_force, list_users,
};
pub use locks::{lock, lock_same, lock_same_of, retain_holders};
pub use metered::{MeteredToken, MeteredUser, find_user, retain_user};

use crate::{
    Error,
    error::read_word,
    keyset::{self, Column, Keyset},
};

/// Columns of a limit with the name of its subject.
const COLUMNS: &str = "l.id, case
        when l.role_id is not null then 'role' when l.group_id is not null then 'group'
        when l.user_id is not null then 'user' when l.token_id is not null then 'token' else 'default'
    end as subject_kind,
    coalesce(l.role_id, l.group_id, l.user_id, l.token_id) as subject_id,
    case
        when l.role_id is not null then (select r.name from roles r where r.id = l.role_id)
        when l.group_id is not null then (select g.name from groups g where g.id = l.group_id)
        when l.user_id is not null then (select u.username from users u where u.id = l.user_id)
        when l.token_id is not null then (select t.name from access_tokens t where t.id = l.token_id)
    end as subject_name,
    l.shared, l.metric, l.model, l.amount, l.soft_amount, l.warn_at, l.period, l.anchor, l.time_zone, l.version, l.created_at,
    l.updated_at";

/// Condition on the default, which has no subject.
const OF_ALL_USERS: &str = "num_nonnulls(l.role_id, l.group_id, l.user_id, l.token_id) = 0";

/// Returns the column with the ids of the subjects of a kind. The default has none.
const fn column(kind: SubjectKind) -> Option<&'static str> {
    match kind {
        SubjectKind::Default => None,
        SubjectKind::Role => Some("l.role_id"),
        SubjectKind::Group => Some("l.group_id"),
        SubjectKind::User => Some("l.user_id"),
        SubjectKind::Token => Some("l.token_id"),
    }
}

/// Conditions on listed limits.
#[derive(Debug, Clone, Copy, Default)]
pub struct LimitFilter {
    /// Kind of the subject.
    pub kind: Option<SubjectKind>,
    /// The id of the subject.
    pub subject: Option<Uuid>,
    /// Quantity.
    pub metric: Option<Metric>,
}

impl LimitFilter {
    fn push(self, sql: &mut QueryBuilder<Postgres>) {
        match self.kind.map(column) {
            None => {}
            Some(None) => {
                sql.push(" and ").push(OF_ALL_USERS);
            }
            Some(Some(column)) => {
                sql.push(format!(" and {column} is not null"));
            }
        }
        if let Some(id) = self.subject {
            // By column, because each has an index.
            let columns = ["l.role_id", "l.group_id", "l.user_id", "l.token_id"];
            for (column, joint) in columns.into_iter().zip([" and (", " or ", " or ", " or "]) {
                sql.push(format!("{joint}{column} = ")).push_bind(id);
            }
            sql.push(")");
        }
        if let Some(metric) = self.metric {
            sql.push(" and l.metric = ").push_bind(metric.as_str());
        }
    }
}

/// Lists the limits of a page, the first created first. The flag is true if there are more in the direction of reading.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_page(
    executor: impl PgExecutor<'_>,
    query: &UnfilteredQuery,
    filter: LimitFilter,
) -> Result<(Vec<Limit>, bool), Error> {
    let mut sql = QueryBuilder::new(format!("select {COLUMNS} from limits l where true"));
    filter.push(&mut sql);
    let page = Keyset::new(Column::id("l.id"), false, &query.position, query.limit);
    page.push(&mut sql);
    let rows = sql.build().persistent(false).fetch_all(executor).await?;
    page.read(&rows, read)
}

/// Counts the matching limits, up to one more than [`EXACT_TOTAL_MAX`](domain::list::EXACT_TOTAL_MAX).
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn count(executor: impl PgExecutor<'_>, filter: LimitFilter) -> Result<u64, Error> {
    let mut sql = keyset::counting("limits l where true");
    filter.push(&mut sql);
    keyset::count(executor, sql).await
}

fn read(row: &PgRow) -> Result<Limit, sqlx::Error> {
    let kind: SubjectKind = read_word(row.try_get("subject_kind")?)?;
    let subject = LimitSubject::of(kind, row.try_get("subject_id")?);
    let metric: Metric = read_word(row.try_get("metric")?)?;
    let amount: Option<i64> = row.try_get("amount")?;
    let soft_amount: Option<i64> = row.try_get("soft_amount")?;
    Ok(Limit {
        id: row.try_get("id")?,
        subject: subject.unwrap_or(LimitSubject::Default),
        subject_name: row.try_get("subject_name")?,
        shared: row.try_get("shared")?,
        metric,
        model: row.try_get("model")?,
        amount: amount.map(|units| Amount::of(metric, units)),
        soft_amount: soft_amount.map(|units| Amount::of(metric, units)),
        warn_at: row.try_get("warn_at")?,
        period: read_period(row.try_get("period")?)?,
        anchor: row.try_get("anchor")?,
        time_zone: row.try_get("time_zone")?,
        version: row.try_get("version")?,
        created_at: row.try_get("created_at")?,
        updated_at: row.try_get("updated_at")?,
    })
}

fn read_period(text: Option<&str>) -> Result<Option<Period>, sqlx::Error> {
    let period = text.map(str::parse::<Period>).transpose();
    period.map_err(|error| sqlx::Error::Decode(error.into()))
}

/// Returns the limit with an id.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find(executor: impl PgExecutor<'_>, id: Uuid) -> Result<Option<Limit>, Error> {
    let mut sql = QueryBuilder::new(format!("select {COLUMNS} from limits l where l.id = "));
    sql.push_bind(id);
    let row = sql.build().fetch_optional(executor).await?;
    Ok(row.as_ref().map(read).transpose()?)
}

/// Ids of the subject of a limit, in the order of the columns.
struct SubjectIds {
    role: Option<Uuid>,
    group: Option<Uuid>,
    user: Option<Uuid>,
    token: Option<Uuid>,
}

impl From<LimitSubject> for SubjectIds {
    fn from(subject: LimitSubject) -> Self {
        let of = |kind: SubjectKind| subject.id().filter(|_| subject.kind() == kind);
        Self {
            role: of(SubjectKind::Role),
            group: of(SubjectKind::Group),
            user: of(SubjectKind::User),
            token: of(SubjectKind::Token),
        }
    }
}

/// Creates a limit, whose periods begin now. Returns its id.
///
/// # Errors
/// `limits_subject_key` if another request has created it meanwhile, and a foreign key of the subject if that does not exist.
pub async fn insert(connection: &mut PgConnection, limit: &NewLimit) -> Result<Uuid, Error> {
    let ids = SubjectIds::from(limit.subject);
    let period = limit.period.map(|period| period.to_string());
    let seconds = limit.period.map(|period| period.seconds(limit.amount));
    Ok(sqlx::query_scalar!(
        "insert into limits (
            id, role_id, group_id, user_id, token_id, shared, metric, model, amount, soft_amount, warn_at, period, period_seconds,
            anchor, time_zone, created_at, updated_at
        )
        values (uuid_v7(now()), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, date_trunc('second', now()), $13, now(), now())
        returning id",
        ids.role,
        ids.group,
        ids.user,
        ids.token,
        limit.shared,
        limit.metric.as_str(),
        limit.model.as_deref(),
        limit.amount,
        limit.soft_amount,
        limit.warn_at,
        period,
        seconds,
        limit.time_zone,
    )
    .fetch_one(connection)
    .await?)
}

/// Replaces a limit, and increments the version. Its periods begin now if their length changes.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set(connection: &mut PgConnection, id: Uuid, limit: &NewLimit) -> Result<(), Error> {
    let period = limit.period.map(|period| period.to_string());
    let seconds = limit.period.map(|period| period.seconds(limit.amount));
    sqlx::query!(
        "update limits set
            amount = $2, soft_amount = $3, warn_at = $4,
            anchor = case when period is distinct from $5 then date_trunc('second', now()) else anchor end,
            period = $5, period_seconds = $6, time_zone = $7, version = version + 1, updated_at = now()
        where id = $1",
        id,
        limit.amount,
        limit.soft_amount,
        limit.warn_at,
        period,
        seconds,
        limit.time_zone,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Deletes a limit.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn delete(connection: &mut PgConnection, id: Uuid) -> Result<(), Error> {
    sqlx::query!("delete from limits where id = $1", id)
        .execute(connection)
        .await?;
    Ok(())
}
