//! Pages of deleted users: one statement, served by the index for their only order.

use domain::{
    list::Position,
    users::deleted::{DeletedQuery, DeletedUser},
};
use sqlx::{PgExecutor, Postgres, QueryBuilder, Row, postgres::PgRow};
use time::OffsetDateTime;

use super::{
    filter::{self, Context, Tables},
    list,
    search::Lookup,
};
use crate::{Error, list::page_of};

/// Lists the users of a page, the latest deletion first. The flag is true if there are more in the direction of reading.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_deleted(
    executor: impl PgExecutor<'_>,
    query: &DeletedQuery,
    now: OffsetDateTime,
) -> Result<(Vec<DeletedUser>, bool), Error> {
    let mut sql = statement(query, now);
    let page = sql.build().persistent(query.filter.is_empty());
    let rows = page.fetch_all(executor).await?;
    page_of(&rows, query.limit, &query.position, row)
}

fn statement(query: &DeletedQuery, now: OffsetDateTime) -> QueryBuilder<Postgres> {
    let tables = Tables {
        stats: true,
        ..Tables::of(&query.filter)
    };
    let mut sql = QueryBuilder::new(format!(
        "select {}, u.deleted_at, u.purge_after from {} and ",
        list::COLUMNS,
        deleted(tables)
    ));
    let context = Context {
        now,
        lookup: Lookup::Index,
    };
    filter::push(&mut sql, &query.filter, context);
    let (beyond, direction) = match query.position {
        Position::First | Position::After(_) => ("<", "desc"),
        Position::Before(_) => (">", "asc"),
    };
    if let Position::After(cursor) | Position::Before(cursor) = &query.position {
        sql.push(format!(" and (u.deleted_at, u.id) {beyond} ("))
            .push_bind(cursor.time())
            .push(", ")
            .push_bind(cursor.id)
            .push(")");
    }
    sql.push(format!(
        " order by u.deleted_at {direction}, u.id {direction} limit {}",
        query.limit + 1
    ));
    sql
}

/// Returns the joined tables, and the condition that their users are deleted.
pub(super) fn deleted(tables: Tables) -> String {
    let tables = Tables {
        users: true,
        ..tables
    };
    format!("{} where u.deleted_at is not null", tables.joined())
}

fn row(row: &PgRow) -> Result<DeletedUser, sqlx::Error> {
    Ok(DeletedUser {
        user: list::summary(row)?,
        deleted_at: row.try_get("deleted_at")?,
        purge_after: row.try_get("purge_after")?,
    })
}
