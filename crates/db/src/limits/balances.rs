//! What is used of limits in their present periods.

mod sums;

use domain::limits::Metric;
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, PgExecutor, types::Json};
use time::OffsetDateTime;
use uuid::Uuid;

pub use sums::sum_periods;

use super::{Holder, leases::Leased};
use crate::{Error, error::read_word};

/// A balance. Its form in JSON is the one that the database reads and writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    /// The id of the holder.
    pub holder_id: Uuid,
    /// Quantity.
    pub metric: Metric,
    /// Model; empty for all models together.
    pub model: String,
    /// Period with its anchor and time zone.
    pub period: String,
    /// Start of the period.
    #[serde(with = "time::serde::rfc3339")]
    pub period_start: OffsetDateTime,
    /// End of the period.
    #[serde(with = "time::serde::rfc3339::option")]
    pub period_end: Option<OffsetDateTime>,
    /// Used amount.
    pub used: i64,
    /// Top-ups of the period.
    pub granted: i64,
    /// What was left of a limit that refills.
    pub level: Option<i64>,
    /// Time of the level.
    #[serde(with = "time::serde::rfc3339::option")]
    pub level_at: Option<OffsetDateTime>,
    /// Whether uses of another period were kept when the limit changed; `None` if it is not known.
    pub carried: Option<bool>,
}

impl Balance {
    /// Returns the key of the balance.
    #[must_use]
    pub fn key(&self) -> (Uuid, Metric, &str) {
        (self.holder_id, self.metric, &self.model)
    }
}

/// Columns of a balance.
struct BalanceRow {
    holder_id: Uuid,
    metric: String,
    model: String,
    period: String,
    period_start: OffsetDateTime,
    period_end: Option<OffsetDateTime>,
    used: i64,
    granted: i64,
    level: Option<i64>,
    level_at: Option<OffsetDateTime>,
    carried: Option<bool>,
}

impl TryFrom<BalanceRow> for Balance {
    type Error = sqlx::Error;

    fn try_from(row: BalanceRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            holder_id: row.holder_id,
            metric: read_word(&row.metric)?,
            model: row.model,
            period: row.period,
            period_start: row.period_start,
            period_end: row.period_end,
            used: row.used,
            granted: row.granted,
            level: row.level,
            level_at: row.level_at,
            carried: row.carried,
        })
    }
}

/// Locks the balances of holders until the transaction ends, always in the same order, and returns them with the sums of the leases of the
/// holders at a time, which are read under the locks. If one of the needed balances is missing, none is returned or locked.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn lock(
    connection: &mut PgConnection,
    holders: &[Uuid],
    needed: &[(Uuid, Metric, &str)],
    at: OffsetDateTime,
) -> Result<(Vec<Balance>, Vec<Leased>), Error> {
    let ids: Vec<Uuid> = needed.iter().map(|(holder, _, _)| *holder).collect();
    let metrics = needed
        .iter()
        .map(|(_, metric, _)| metric.as_str().to_owned());
    let metrics: Vec<String> = metrics.collect();
    let models = needed.iter().map(|(_, _, model)| (*model).to_owned());
    let models: Vec<String> = models.collect();
    let row = sqlx::query!(
        r#"select locked as "locked?: Json<Vec<Balance>>", leased as "leased?: Json<Vec<Leased>>"
        from lock_balances($1, $2, $3, $4, $5)"#,
        holders,
        &ids,
        &metrics,
        &models,
        at,
    )
    .fetch_one(connection)
    .await?;
    let locked = row.locked.map(|locked| locked.0).unwrap_or_default();
    let leased = row.leased.map(|leased| leased.0).unwrap_or_default();
    Ok((locked, leased))
}

/// Lists the balances of holders.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list(executor: impl PgExecutor<'_>, holders: &[Uuid]) -> Result<Vec<Balance>, Error> {
    let rows = sqlx::query_as!(
        BalanceRow,
        r#"select
            holder_id as "holder_id!", metric, model, period, period_start, period_end, used, granted, level, level_at,
            carried
        from balances
        where holder_id = any($1)
        order by holder_id, metric, model"#,
        holders,
    )
    .fetch_all(executor)
    .await?;
    let balances = rows.into_iter().map(Balance::try_from);
    Ok(balances.collect::<Result<_, sqlx::Error>>()?)
}

/// Returns the id of the user, of the token and of the group. One is set.
const fn ids(holder: Holder) -> (Option<Uuid>, Option<Uuid>, Option<Uuid>) {
    match holder {
        Holder::User(id) => (Some(id), None, None),
        Holder::Token(id) => (None, Some(id), None),
        Holder::Group(id) => (None, None, Some(id)),
    }
}

/// Creates a balance, unless another request has created it, or the token or the group does not exist any more. These are
/// [retained](super::retain_holders).
///
/// # Errors
/// A foreign key if the user does not exist.
pub async fn insert(
    connection: &mut PgConnection,
    holder: Holder,
    balance: &Balance,
) -> Result<(), Error> {
    let (user, token, group) = ids(holder);
    sqlx::query!(
        "insert into balances (
            user_id, token_id, group_id, metric, model, period, period_start, period_end, used, granted, level, level_at, carried
        )
        select
            $1::uuid, $2::uuid, $3::uuid, $4::text, $5::text, $6::text, $7::timestamptz, $8::timestamptz, $9::bigint, $10::bigint,
            $11::bigint, $12::timestamptz, $13::boolean
        where $1 is not null or exists (select from access_tokens where id = $2) or exists (select from groups where id = $3)
        on conflict (holder_id, metric, model) do nothing",
        user,
        token,
        group,
        balance.metric.as_str(),
        balance.model,
        balance.period,
        balance.period_start,
        balance.period_end,
        balance.used,
        balance.granted,
        balance.level,
        balance.level_at,
        balance.carried,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Deletes a locked balance that no limit governs any more: it is created again from the events if one does. A limit can have been set again
/// since the caller has read the limits, but the uses of a user take turns, so none of the user or the user's tokens has counted against it.
/// Uses of other members can have counted against one that a group shares, so that this governs the balance.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn delete(
    connection: &mut PgConnection,
    (holder, metric, model): (Uuid, Metric, &str),
) -> Result<(), Error> {
    sqlx::query!(
        "delete from balances b
        where b.holder_id = $1 and b.metric = $2 and b.model = $3
            and not exists (
                select from limits l
                where l.group_id = $1 and l.shared and l.metric = $2 and coalesce(l.model, '') = $3 and l.amount is not null
            )",
        holder,
        metric.as_str(),
        model,
    )
    .execute(connection)
    .await?;
    Ok(())
}
