//! How many users there are, and how many of them match: kept totals, and a count that stops where it is shown to stop.

use domain::{filter::Filter, list::EXACT_TOTAL_MAX, users::page::Totals};
use sqlx::{PgExecutor, QueryBuilder, Row};
use time::OffsetDateTime;

use super::{
    filter::{self, Context, Tables},
    search::Lookup,
};
use crate::Error;

/// Where the count of a search stands among the totals.
const MATCHING: &str = "matching";

/// Among whom is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// Everybody but those in the bin.
    List,
    /// Those in the bin.
    Bin,
}

/// What was counted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    /// How many there are.
    pub totals: Totals,
    /// How many match the search, counted up to one more than [`EXACT_TOTAL_MAX`]. None without a search.
    pub matching: Option<u64>,
}

/// Every total that is kept of accounts and sessions, by its name.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list_totals(executor: impl PgExecutor<'_>) -> Result<Vec<(String, i64)>, Error> {
    let rows = sqlx::query!(
        r#"select name, sum(value)::bigint as "value!" from user_totals
        where name not like 'signed-in:%' group by name order by name"#
    )
    .fetch_all(executor)
    .await?;
    Ok(rows.into_iter().map(|row| (row.name, row.value)).collect())
}

/// The totals, and how many users match, in one statement.
///
/// # Errors
/// When the database cannot be reached.
pub async fn count(
    executor: impl PgExecutor<'_>,
    search: &Filter,
    of: Of,
    now: OffsetDateTime,
) -> Result<Counts, Error> {
    let mut sql = QueryBuilder::new(
        "select name, sum(value)::bigint as value from user_totals
        where name in ('users', 'role:admin', 'status:suspended', 'status:pending', 'deleted') group by name",
    );
    if !search.is_empty() {
        // A join that is not needed would cost more than the rest.
        let tables = Tables::of(search);
        let tables = match of {
            Of::List => tables.live(),
            Of::Bin => super::bin::deleted(tables),
        };
        let context = Context {
            now,
            lookup: Lookup::Index,
        };
        sql.push(format!(
            " union all select '{MATCHING}', count(*) from (select 1 from {tables} and "
        ));
        filter::push(&mut sql, search, context);
        sql.push(format!(" limit {}) as matched", EXACT_TOTAL_MAX + 1));
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
