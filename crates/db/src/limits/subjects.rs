//! Subjects of limits and their names, and limits by id.

use domain::limits::{Limit, LimitSubject};
use sqlx::{PgConnection, PgExecutor, QueryBuilder};
use uuid::Uuid;

use super::{COLUMNS, read};
use crate::Error;

/// Returns the id of the role with a name in lower case.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_role(executor: impl PgExecutor<'_>, name: &str) -> Result<Option<Uuid>, Error> {
    Ok(
        sqlx::query_scalar!("select id from roles where name = $1", name)
            .fetch_optional(executor)
            .await?,
    )
}

/// Returns the name of a role, a group or a user; `None` for other subjects, and if it does not exist.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_name(
    executor: impl PgExecutor<'_>,
    subject: LimitSubject,
) -> Result<Option<String>, Error> {
    Ok(sqlx::query_scalar!(
        "select case $1::text
            when 'role' then (select name from roles where id = $2)
            when 'group' then (select name from groups where id = $2)
            when 'user' then (select username from users where id = $2)
        end as name",
        subject.kind().as_str(),
        subject.id(),
    )
    .fetch_one(executor)
    .await?)
}

/// Retains the group of a limit, if it is one of a group: until the transaction ends, the group is not deleted.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn retain_group(connection: &mut PgConnection, limit: Uuid) -> Result<(), Error> {
    sqlx::query!(
        "select g.id from groups g where g.id = (select l.group_id from limits l where l.id = $1) for key share",
        limit,
    )
    .fetch_optional(connection)
    .await?;
    Ok(())
}

/// Returns the id of the owner of an access token or a virtual key.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_owner(executor: impl PgExecutor<'_>, token: Uuid) -> Result<Option<Uuid>, Error> {
    Ok(
        sqlx::query_scalar!("select user_id from access_tokens where id = $1", token)
            .fetch_optional(executor)
            .await?,
    )
}

/// Returns the ids of access tokens and virtual keys, each with that of its owner. Those that do not exist are left out.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_owners(
    executor: impl PgExecutor<'_>,
    tokens: &[Uuid],
) -> Result<Vec<(Uuid, Uuid)>, Error> {
    let rows = sqlx::query!(
        "select id, user_id from access_tokens where id = any($1)",
        tokens,
    )
    .fetch_all(executor)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.user_id)).collect())
}

/// Lists the limits with some ids, in no particular order.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_by_ids(executor: impl PgExecutor<'_>, ids: &[Uuid]) -> Result<Vec<Limit>, Error> {
    let mut sql = QueryBuilder::new(format!("select {COLUMNS} from limits l where l.id = any("));
    sql.push_bind(ids.to_vec()).push(")");
    let rows = sql.build().fetch_all(executor).await?;
    Ok(rows.iter().map(read).collect::<Result<_, sqlx::Error>>()?)
}

/// Lists at most `most` limits of a group, the first created first.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_of_group(
    executor: impl PgExecutor<'_>,
    group: Uuid,
    most: i64,
) -> Result<Vec<Limit>, Error> {
    let mut sql = QueryBuilder::new(format!(
        "select {COLUMNS} from limits l where l.group_id = "
    ));
    sql.push_bind(group)
        .push(" order by l.id limit ")
        .push_bind(most);
    let rows = sql.build().fetch_all(executor).await?;
    Ok(rows.iter().map(read).collect::<Result<_, sqlx::Error>>()?)
}
