//! Number of users, and of those who match a search: stored totals, and a count that stops at a limit.

use domain::{filter::Filter, users::page::Totals};
use sqlx::{PgExecutor, QueryBuilder, Row};
use time::OffsetDateTime;

use super::{
    filter::{self, Context, Tables},
    search::Lookup,
};
use crate::{Error, keyset};

/// Name of the search's count in the result, beside the totals.
const MATCHING: &str = "matching";

/// Set of users that is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserSet {
    /// Users that are not deleted.
    List,
    /// Deleted users.
    Deleted,
}

/// Result of a count.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    /// Number of users by status.
    pub totals: Totals,
    /// Number of users who match the search, up to one more than [`EXACT_TOTAL_MAX`](domain::list::EXACT_TOTAL_MAX); `None` without a
    /// search.
    pub matching: Option<u64>,
}

/// Lists the stored totals of accounts and sessions, by name.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_totals(executor: impl PgExecutor<'_>) -> Result<Vec<(String, i64)>, Error> {
    let rows = sqlx::query!(
        r#"select name, sum(value)::bigint as "value!" from user_totals
        where name not like 'signed-in:%' group by name order by name"#
    )
    .fetch_all(executor)
    .await?;
    Ok(rows.into_iter().map(|row| (row.name, row.value)).collect())
}

/// Returns the totals and the number of matching users, in one statement.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn count(
    executor: impl PgExecutor<'_>,
    search: &Filter,
    of: UserSet,
    now: OffsetDateTime,
) -> Result<Counts, Error> {
    let mut sql = QueryBuilder::new(
        "select name, sum(value)::bigint as value from user_totals
        where name in ('users', 'role:admin', 'status:suspended', 'status:pending', 'deleted') group by name",
    );
    if !search.is_empty() {
        // Only the tables that the search needs are joined: another join would cost more than the rest.
        let tables = Tables::of(search);
        let tables = match of {
            UserSet::List => tables.live(),
            UserSet::Deleted => super::deleted::deleted(tables),
        };
        let context = Context {
            now,
            lookup: Lookup::Index,
        };
        sql.push(format!(
            " union all select '{MATCHING}', count(*) from (select 1 from {tables} and "
        ));
        filter::push(&mut sql, search, context);
        keyset::push_cap(&mut sql);
    }
    let mut counts = Counts::default();
    for row in sql
        .build()
        .persistent(search.is_empty())
        .fetch_all(executor)
        .await?
    {
        let value = u64::try_from(row.try_get::<i64, _>("value")?).unwrap_or_default();
        match row.try_get("name")? {
            "users" => counts.totals.users = value,
            "role:admin" => counts.totals.admins = value,
            "status:suspended" => counts.totals.suspended = value,
            "status:pending" => counts.totals.pending = value,
            "deleted" => counts.totals.deleted = value,
            MATCHING => counts.matching = Some(value),
            _ => {}
        }
    }
    Ok(counts)
}
