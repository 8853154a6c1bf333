//! The limits in force for a user, and the state of the user.

mod of_users;

use domain::{
    access_tokens::TokenState,
    limits::{LimitSubject, Metric, Period, SubjectKind},
    users::Status,
};
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

/// Columns of a limit in force.
struct InForceRow {
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

/// A user who uses something, with the time of the database.
#[derive(Debug, Clone)]
pub struct MeteredUser {
    /// Name to sign in with; `None` if there is no such user.
    pub username: Option<String>,
    /// Status of the account; `None` if there is no such user.
    pub status: Option<Status>,
    /// Whether the user is deleted.
    pub is_deleted: bool,
    /// Models that the user can use; `None` for all.
    pub models: Option<Vec<String>>,
    /// The token, if there is such a token.
    pub token: Option<MeteredToken>,
    /// Time of the database.
    pub at: OffsetDateTime,
}

/// An access token or a virtual key with which a user uses something.
#[derive(Debug, Clone)]
pub struct MeteredToken {
    /// The id of the owner.
    pub owner: Uuid,
    /// State, without that of the owner.
    pub state: TokenState,
    /// Whether it is a key for a group that the owner has left.
    pub owner_left_group: bool,
    /// Models that it can use; `None` for all.
    pub models: Option<Vec<String>>,
}

/// Returns the state of a user who uses something, with that of the token, and the time.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_user(
    executor: impl PgExecutor<'_>,
    user: Uuid,
    token: Option<Uuid>,
) -> Result<MeteredUser, Error> {
    let row = sqlx::query!(
        r#"select
            clock_timestamp() as "at!", u.username as "username?", u.status as "status?",
            coalesce(u.deleted_at is not null, false) as "is_deleted!", m.models as "models?",
            t.user_id as "token_owner?", t.allowed_models as "token_models?",
            owner_left_group(t.group_id, t.user_id) as "owner_left_group!",
            case
                when t.revoked_at is not null then 'revoked'
                when t.expires_at <= now() then 'expired'
                when t.blocked_at is not null then 'blocked'
                else 'live'
            end as "token_state!"
        from (values ($1::uuid, $2::uuid)) asked (user_id, token_id)
        left join users u on u.id = asked.user_id
        left join allowed_models m on m.user_id = asked.user_id
        left join access_tokens t on t.id = asked.token_id"#,
        user,
        token,
    )
    .fetch_one(executor)
    .await?;
    let state = read_word(&row.token_state)?;
    Ok(MeteredUser {
        username: row.username,
        status: row.status.as_deref().map(read_word).transpose()?,
        is_deleted: row.is_deleted,
        models: row.models,
        token: row.token_owner.map(|owner| MeteredToken {
            owner,
            state,
            owner_left_group: row.owner_left_group,
            models: row.token_models,
        }),
        at: row.at,
    })
}

/// Lists the limits in force for a user, and for an access token in addition.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_in_force(
    executor: impl PgExecutor<'_>,
    user: Uuid,
    token: Option<Uuid>,
) -> Result<Vec<LimitInForce>, Error> {
    let rows = sqlx::query_as!(
        InForceRow,
        r#"select
            id as "id!", holder as "holder!", holder_id as "holder_id!", source as "source!", source_id, metric as "metric!", model,
            amount, soft_amount, warn_at, period, anchor as "anchor!", time_zone as "time_zone!"
        from limits_in_force($1, $2)
        order by metric, model nulls first, holder desc, id"#,
        user,
        token,
    )
    .fetch_all(executor)
    .await?;
    let limits = rows.into_iter().map(LimitInForce::try_from);
    Ok(limits.collect::<Result<_, sqlx::Error>>()?)
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
