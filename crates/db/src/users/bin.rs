//! A page of the bin: one statement, served by the index of its one order.

use domain::{
    list::Position,
    users::bin::{BinQuery, DeletedUser},
};
use sqlx::{PgExecutor, Postgres, QueryBuilder, Row, postgres::PgRow};
use time::OffsetDateTime;

use super::{filter, list};
use crate::{Error, list::page_of};

/// The rows of a page, the latest deleted first, and whether there are more beyond it in the direction of reading.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list_bin(
    executor: impl PgExecutor<'_>,
    query: &BinQuery,
    now: OffsetDateTime,
) -> Result<(Vec<DeletedUser>, bool), Error> {
    let mut sql = statement(query, now);
    let page = sql.build().persistent(query.filter.is_empty());
    let rows = page.fetch_all(executor).await?;
    page_of(&rows, query.limit, &query.position, deleted)
}

fn statement(query: &BinQuery, now: OffsetDateTime) -> QueryBuilder<Postgres> {
    let mut sql = QueryBuilder::new(format!(
        "select {}, u.deleted_at, u.purge_after
        from users u join user_stats s on s.user_id = u.id where u.deleted_at is not null and ",
        list::COLUMNS
    ));
    filter::push(&mut sql, &query.filter, now);
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

fn deleted(row: &PgRow) -> Result<DeletedUser, sqlx::Error> {
    Ok(DeletedUser {
        user: list::summary(row)?,
        deleted_at: row.try_get("deleted_at")?,
        purge_after: row.try_get("purge_after")?,
    })
}
