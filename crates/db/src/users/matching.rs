//! Ids of all users who match a search, for actions on them.

use domain::filter::Filter;
use sqlx::{PgExecutor, QueryBuilder, Row};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    filter::{self, Context, Tables},
    named::Named,
    search::Lookup,
};
use crate::Error;

/// Lists the ids of at most `most` users who match a search and are not deleted, the first created first. `named` are the
/// objects that the search refers to.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_matching(
    executor: impl PgExecutor<'_>,
    search: &Filter,
    named: &Named,
    now: OffsetDateTime,
    most: i64,
) -> Result<Vec<Uuid>, Error> {
    let users = Tables {
        users: true,
        ..Tables::default()
    };
    let tables = Tables::of(search).and(users);
    let mut sql = QueryBuilder::new(format!("select u.id from {} and ", tables.live()));
    let context = Context {
        now,
        named,
        lookup: Lookup::Index,
    };
    filter::push(&mut sql, search, context);
    sql.push(" order by u.id limit ").push_bind(most);
    let rows = sql.build().persistent(false).fetch_all(executor).await?;
    let ids = rows.iter().map(|row| row.try_get(0));
    Ok(ids.collect::<Result<_, _>>()?)
}
