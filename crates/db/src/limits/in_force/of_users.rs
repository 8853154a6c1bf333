//! The limits in force for several users, and the states of these.

use sqlx::PgExecutor;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{InForceRow, LimitInForce};
use crate::Error;

/// A user with limits.
#[derive(Debug, Clone)]
pub struct LimitedUser {
    /// The id of the user.
    pub id: Uuid,
    /// Name to sign in with.
    pub username: String,
    /// Whether the user is deleted.
    pub is_deleted: bool,
}

/// Columns of a limit in force with its user.
struct OfUserRow {
    user_id: Uuid,
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

impl OfUserRow {
    fn into_limit(self) -> Result<(Uuid, LimitInForce), sqlx::Error> {
        let row = InForceRow {
            id: self.id,
            holder: self.holder,
            holder_id: self.holder_id,
            source: self.source,
            source_id: self.source_id,
            metric: self.metric,
            model: self.model,
            amount: self.amount,
            soft_amount: self.soft_amount,
            warn_at: self.warn_at,
            period: self.period,
            anchor: self.anchor,
            time_zone: self.time_zone,
        };
        Ok((self.user_id, LimitInForce::try_from(row)?))
    }
}

/// Lists the users with some ids, in no particular order.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_users(
    executor: impl PgExecutor<'_>,
    ids: &[Uuid],
) -> Result<Vec<LimitedUser>, Error> {
    Ok(sqlx::query_as!(
        LimitedUser,
        r#"select id, username, deleted_at is not null as "is_deleted!" from users where id = any($1)"#,
        ids,
    )
    .fetch_all(executor)
    .await?)
}

/// Lists the limits in force for users, each with the user.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_in_force_of(
    executor: impl PgExecutor<'_>,
    users: &[Uuid],
) -> Result<Vec<(Uuid, LimitInForce)>, Error> {
    let rows = sqlx::query_as!(
        OfUserRow,
        r#"select
            u.id as "user_id!", f.id as "id!", f.holder as "holder!", f.holder_id as "holder_id!", f.source as "source!", f.source_id,
            f.metric as "metric!", f.model, f.amount, f.soft_amount, f.warn_at, f.period, f.anchor as "anchor!",
            f.time_zone as "time_zone!"
        from unnest($1::uuid[]) as u (id)
        cross join lateral limits_in_force(u.id, null) f"#,
        users,
    )
    .fetch_all(executor)
    .await?;
    let limits = rows.into_iter().map(OfUserRow::into_limit);
    Ok(limits.collect::<Result<_, sqlx::Error>>()?)
}

/// Lists the limits in force for users on cost and requests of all models together, each with the user.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_totals_in_force(
    executor: impl PgExecutor<'_>,
    users: &[Uuid],
) -> Result<Vec<(Uuid, LimitInForce)>, Error> {
    let rows = sqlx::query_as!(
        OfUserRow,
        r#"select
            u.id as "user_id!", f.id as "id!", f.holder as "holder!", f.holder_id as "holder_id!", f.source as "source!", f.source_id,
            f.metric as "metric!", f.model, f.amount, f.soft_amount, f.warn_at, f.period, f.anchor as "anchor!",
            f.time_zone as "time_zone!"
        from unnest($1::uuid[]) as u (id)
        cross join lateral limits_in_force(u.id, null) f
        where f.metric in ('requests', 'cost') and f.model is null"#,
        users,
    )
    .fetch_all(executor)
    .await?;
    let limits = rows.into_iter().map(OfUserRow::into_limit);
    Ok(limits.collect::<Result<_, sqlx::Error>>()?)
}
