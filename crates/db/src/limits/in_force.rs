//! The limits in force for users and tokens.

mod of_users;

use domain::limits::{LimitSubject, Metric, Period, SubjectKind};
use serde::Deserialize;
use sqlx::PgExecutor;
use time::OffsetDateTime;
use uuid::Uuid;

pub use of_users::{LimitedUser, list_in_force_of, list_totals_in_force, list_users};

use super::read_period;
use crate::{Error, error::read_word};

/// Holder of a balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holder {
    /// A user.
    User(Uuid),
    /// An access token.
    Token(Uuid),
    /// All members of a group together.
    Group(Uuid),
}

impl Holder {
    /// Returns the id of the holder.
    #[must_use]
    pub const fn id(self) -> Uuid {
        match self {
            Self::User(id) | Self::Token(id) | Self::Group(id) => id,
        }
    }
}

/// A limit in force for a user or a token.
#[derive(Debug, Clone)]
pub struct LimitInForce {
    /// The id of the limit.
    pub id: Uuid,
    /// Holder of its balance.
    pub holder: Holder,
    /// Subject of the limit that decides.
    pub subject: LimitSubject,
    /// Quantity that it is about.
    pub metric: Metric,
    /// Model that it is about.
    pub model: Option<String>,
    /// Amount in its units; `None` if it is unlimited.
    pub amount: Option<i64>,
    /// Amount from which a use is reported.
    pub soft_amount: Option<i64>,
    /// Percentage of the amount from which a use is reported.
    pub warn_at: Option<i16>,
    /// Period of requests, tokens and cost.
    pub period: Option<Period>,
    /// Start of the first period.
    pub anchor: OffsetDateTime,
    /// Time zone of the periods.
    pub time_zone: String,
}

/// Columns of a limit in force. They are also read from JSON.
#[derive(Debug, Deserialize)]
pub(super) struct InForceRow {
    id: Uuid,
    holder: String,
    holder_id: Uuid,
    source: String,
    source_id: Option<Uuid>,
    metric: String,
    model: Option<String>,
    amount: Option<i64>,
    soft_amount: Option<i64>,
    warn_at: Option<i16>,
    period: Option<String>,
    #[serde(with = "time::serde::rfc3339")]
    anchor: OffsetDateTime,
    time_zone: String,
}

impl TryFrom<InForceRow> for LimitInForce {
    type Error = sqlx::Error;

    fn try_from(row: InForceRow) -> Result<Self, sqlx::Error> {
        let kind: SubjectKind = read_word(&row.source)?;
        Ok(Self {
            id: row.id,
            holder: match row.holder.as_str() {
                "group" => Holder::Group(row.holder_id),
                "token" => Holder::Token(row.holder_id),
                _ => Holder::User(row.holder_id),
            },
            subject: LimitSubject::of(kind, row.source_id).unwrap_or(LimitSubject::Default),
            metric: read_word(&row.metric)?,
            model: row.model,
            amount: row.amount,
            soft_amount: row.soft_amount,
            warn_at: row.warn_at,
            period: read_period(row.period.as_deref())?,
            anchor: row.anchor,
            time_zone: row.time_zone,
        })
    }
}

/// Lists the limits of the access tokens and the virtual keys of a user that have neither expired nor been revoked. Each binds in
/// addition to those of the user.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_of_tokens(
    executor: impl PgExecutor<'_>,
    user: Uuid,
) -> Result<Vec<LimitInForce>, Error> {
    let rows = sqlx::query_as!(
        InForceRow,
        r#"select
            l.id, 'token' as "holder!", l.token_id as "holder_id!", 'token' as "source!", l.token_id as source_id, l.metric, l.model,
            l.amount, l.soft_amount, l.warn_at, l.period, l.anchor, l.time_zone
        from access_tokens t
        join limits l on l.token_id = t.id
        where t.user_id = $1 and t.revoked_at is null and coalesce(t.expires_at > now(), true)"#,
        user,
    )
    .fetch_all(executor)
    .await?;
    let limits = rows.into_iter().map(LimitInForce::try_from);
    Ok(limits.collect::<Result<_, sqlx::Error>>()?)
}

/// Lists the limits of some access tokens and virtual keys, also of those that have ended.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_by_tokens(
    executor: impl PgExecutor<'_>,
    tokens: &[Uuid],
) -> Result<Vec<LimitInForce>, Error> {
    let rows = sqlx::query_as!(
        InForceRow,
        r#"select
            id, 'token' as "holder!", token_id as "holder_id!", 'token' as "source!", token_id as source_id, metric, model, amount,
            soft_amount, warn_at, period, anchor, time_zone
        from limits
        where token_id = any($1)"#,
        tokens,
    )
    .fetch_all(executor)
    .await?;
    let limits = rows.into_iter().map(LimitInForce::try_from);
    Ok(limits.collect::<Result<_, sqlx::Error>>()?)
}
