//! Locks of the rows of limits, and of the holders of balances, which last until the transaction ends.

use domain::limits::{Limit, NewLimit, SubjectKind};
use sqlx::{PgConnection, QueryBuilder};
use uuid::Uuid;

use super::{COLUMNS, OF_ALL_USERS, column, find, read};
use crate::Error;

/// Returns the limit with an id, and locks it.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn lock(connection: &mut PgConnection, id: Uuid) -> Result<Option<Limit>, Error> {
    sqlx::query!("select id from limits where id = $1 for no key update", id)
        .fetch_optional(&mut *connection)
        .await?;
    find(connection, id).await
}

/// Returns the limit of the same subject, metric and model, and locks it.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn lock_same(
    connection: &mut PgConnection,
    limit: &NewLimit,
) -> Result<Option<Limit>, Error> {
    let subject = limit.subject.id();
    let subjects = (limit.subject.kind(), subject.as_slice());
    Ok(lock_same_of(connection, subjects, limit).await?.pop())
}

/// Returns the limits that subjects of a kind have of the same metric and model, and locks them, always in the same order. The default has
/// no ids.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn lock_same_of(
    connection: &mut PgConnection,
    (kind, subjects): (SubjectKind, &[Uuid]),
    limit: &NewLimit,
) -> Result<Vec<Limit>, Error> {
    let mut sql = QueryBuilder::new(format!("select {COLUMNS} from limits l where "));
    // By the column of the kind, which has an index.
    match column(kind) {
        None => sql.push(OF_ALL_USERS),
        Some(column) => sql
            .push(format!("{column} = any("))
            .push_bind(subjects.to_vec())
            .push(")"),
    };
    sql.push(" and l.metric = ")
        .push_bind(limit.metric.as_str())
        .push(" and l.model is not distinct from ")
        .push_bind(limit.model.clone())
        .push(" and l.shared = ")
        .push_bind(limit.shared)
        .push(" order by l.id for no key update of l");
    let rows = sql.build().fetch_all(connection).await?;
    Ok(rows.iter().map(read).collect::<Result<_, sqlx::Error>>()?)
}

/// Retains those of some holders of balances that are groups or tokens: until the transaction ends, none of them is deleted. One that is
/// being deleted is waited for.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn retain_holders(connection: &mut PgConnection, holders: &[Uuid]) -> Result<(), Error> {
    sqlx::query!(
        "select id from (select id from groups where id = any($1) order by id for key share) g
        union all
        select id from (select id from access_tokens where id = any($1) order by id for key share) t",
        holders,
    )
    .fetch_all(connection)
    .await?;
    Ok(())
}
