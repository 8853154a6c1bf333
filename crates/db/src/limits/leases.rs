//! Reserved amounts whose use is known later.

use domain::usage::{UsageAmounts, Use};
use serde::Deserialize;
use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::Error;

/// A lease.
#[derive(Debug, Clone)]
pub struct Lease {
    /// The id of the lease.
    pub id: Uuid,
    /// The id of the user.
    pub user_id: Uuid,
    /// The id of the access token.
    pub token_id: Option<Uuid>,
    /// The id of the virtual key that it was reserved with.
    pub key_id: Option<Uuid>,
    /// Ids of the holders whose limits count it.
    pub holders: Vec<Uuid>,
    /// Name of the model.
    pub model: Option<String>,
    /// Reserved number of requests.
    pub requests: i64,
    /// Reserved number of tokens.
    pub tokens: i64,
    /// Reserved cost in units of 1e-9 dollars.
    pub cost: i64,
    /// Time at which its rates were spent.
    pub created_at: OffsetDateTime,
    /// The id of the event.
    pub event_id: String,
    /// Time of its end, unless it has ended before.
    pub expires_at: OffsetDateTime,
    /// Reason of its end: `settled` or `released`.
    pub ended_as: Option<String>,
}

impl Lease {
    /// Returns the reserved amounts.
    #[must_use]
    pub const fn amounts(&self) -> UsageAmounts {
        UsageAmounts {
            requests: self.requests,
            tokens_in: self.tokens,
            tokens_out: 0,
            cost: self.cost,
        }
    }

    /// Returns whether it reserves nothing at a time: it was settled or released, or its time is over.
    #[must_use]
    pub fn has_ended(&self, at: OffsetDateTime) -> bool {
        self.ended_as.is_some() || self.expires_at <= at
    }
}

/// Sums of the leases of a holder with one model. They are also read from JSON.
#[derive(Debug, Clone, Deserialize)]
pub struct Leased {
    /// The id of the holder.
    pub holder_id: Uuid,
    /// Name of the model.
    pub model: Option<String>,
    /// Number of leases.
    pub leases: i64,
    /// Reserved number of requests.
    pub requests: i64,
    /// Reserved number of tokens.
    pub tokens: i64,
    /// Reserved cost.
    pub cost: i64,
    /// Time at which the first of them ends.
    #[serde(with = "time::serde::rfc3339")]
    pub first_end: OffsetDateTime,
}

/// Sums the leases of holders at a time.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn sum(
    executor: impl PgExecutor<'_>,
    holders: &[Uuid],
    at: OffsetDateTime,
) -> Result<Vec<Leased>, Error> {
    Ok(sqlx::query_as!(
        Leased,
        r#"select
            holder_id as "holder_id!", model, leases as "leases!", requests as "requests!", tokens as "tokens!", cost as "cost!",
            first_end as "first_end!"
        from sum_leases($1, $2)"#,
        holders,
        at,
    )
    .fetch_all(executor)
    .await?)
}

/// Creates a lease, whose rates are spent, with the virtual key of the request. Returns its id and its end; `None` if the event has a lease
/// already.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn insert(
    connection: &mut PgConnection,
    (used, key): (&Use, Option<Uuid>),
    holders: &[Uuid],
    seconds: i32,
) -> Result<Option<(Uuid, OffsetDateTime)>, Error> {
    let tokens = used
        .amounts
        .tokens_in
        .saturating_add(used.amounts.tokens_out);
    let row = sqlx::query!(
        "insert into leases (
            id, user_id, token_id, holders, model, requests, tokens, cost_nanos, event_id, expires_at, created_at, key_id,
            key_event_id
        )
        select w.id, $1::uuid, $2::uuid, $3::uuid[], $4::text, $5::bigint, $6::bigint, $7::bigint,
            case when $10::uuid is null then coalesce($8::text, w.id::text) else w.id::text end,
            now() + $9::int * interval '1 second', clock_timestamp(), $10::uuid, case when $10::uuid is not null then $8::text end
        from (select uuid_v7(now()) as id) as w
        on conflict do nothing
        returning id, expires_at",
        used.user,
        used.token,
        holders,
        used.model.as_deref(),
        used.amounts.requests,
        tokens,
        used.amounts.cost,
        used.event_id.as_deref(),
        seconds,
        key,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| (row.id, row.expires_at)))
}

/// Returns the lease of an event, of those that were reserved with the same virtual key, or without one.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_by_event(
    executor: impl PgExecutor<'_>,
    (user, key): (Uuid, Option<Uuid>),
    event_id: &str,
) -> Result<Option<Lease>, Error> {
    Ok(sqlx::query_as!(
        Lease,
        r#"select
            id, user_id, token_id, key_id, holders, model, requests, tokens, cost_nanos as cost, created_at,
            coalesce(key_event_id, event_id) as "event_id!", expires_at, ended_as
        from leases
        where ($3::uuid is null and key_id is null and user_id = $1 and event_id = $2) or (key_id = $3 and key_event_id = $2)"#,
        user,
        event_id,
        key,
    )
    .fetch_optional(executor)
    .await?)
}

/// Returns a lease and locks its row until the transaction ends.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn lock(connection: &mut PgConnection, id: Uuid) -> Result<Option<Lease>, Error> {
    Ok(sqlx::query_as!(
        Lease,
        r#"select
            id, user_id, token_id, key_id, holders, model, requests, tokens, cost_nanos as cost, created_at,
            coalesce(key_event_id, event_id) as "event_id!", expires_at, ended_as
        from leases where id = $1 for update"#,
        id,
    )
    .fetch_optional(connection)
    .await?)
}

/// Ends a lease, as `settled` or `released`.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn end(connection: &mut PgConnection, id: Uuid, ended_as: &str) -> Result<(), Error> {
    sqlx::query!(
        "update leases set ended_at = now(), ended_as = $2 where id = $1",
        id,
        ended_as,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Deletes some leases that ended more than a day ago. Returns their number.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn delete_over(executor: impl PgExecutor<'_>, most: i64) -> Result<u64, Error> {
    let done = sqlx::query!(
        "delete from leases where id in (
            select id from leases where expires_at < now() - interval '1 day' order by expires_at limit $1 for update skip locked
        )",
        most,
    )
    .execute(executor)
    .await?;
    Ok(done.rows_affected())
}
