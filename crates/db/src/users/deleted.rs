//! Deletion and restoring of users, and pages of deleted users: one statement, served by the index for their only order.

use std::time::Duration;

use domain::users::deleted::{DeletedQuery, DeletedUser, LostAccess};
use sqlx::{PgConnection, PgExecutor, Postgres, QueryBuilder, Row, postgres::PgRow};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    filter::{self, Context, Tables},
    list,
    named::Named,
    search::Lookup,
};
use crate::{
    Error,
    keyset::{Column, Keyset},
    roles::Roles,
};

/// Marks an account as deleted, to be purged after the retention. Returns the time of the purge.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_deleted(
    connection: &mut PgConnection,
    id: Uuid,
    by: Option<Uuid>,
    retention: Duration,
) -> Result<OffsetDateTime, Error> {
    let row = sqlx::query!(
        r#"update users set
            deleted_at = coalesce(deleted_at, now()), deleted_by = coalesce(deleted_by, $2),
            purge_after = now() + make_interval(secs => $3), version = version + 1, updated_at = now()
        where id = $1
        returning purge_after as "purge_after!""#,
        id,
        by,
        retention.as_secs_f64(),
    )
    .fetch_one(connection)
    .await?;
    Ok(row.purge_after)
}

/// Restores a deleted account. Returns what its user had and was deleted meanwhile.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_restored(connection: &mut PgConnection, id: Uuid) -> Result<LostAccess, Error> {
    let rows = sqlx::query!(
        r#"with restored as (
            update users set
                deleted_at = null, deleted_by = null, purge_after = null, version = version + 1, updated_at = now()
            where id = $1
        ), lost as (
            delete from lost_access where user_id = $1 returning kind, name
        )
        select kind as "kind!", name as "name!" from lost order by kind, name_key(name), name"#,
        id,
    )
    .fetch_all(connection)
    .await?;
    let mut lost = LostAccess::default();
    for row in rows {
        match row.kind.as_str() {
            "group" => lost.groups.push(row.name),
            "role" => lost.roles.push(row.name),
            _ => lost.resources.push(row.name),
        }
    }
    Ok(lost)
}

/// Lists the users of a page, the latest deletion first. The flag is true if there are more in the direction of reading.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_deleted(
    executor: impl PgExecutor<'_>,
    query: &DeletedQuery,
    named: &Named,
    now: OffsetDateTime,
) -> Result<(Vec<DeletedUser>, bool), Error> {
    let mut sql = statement(query, named, now);
    let statement = sql.build().persistent(query.filter.is_empty());
    let rows = statement.fetch_all(executor).await?;
    page(query).read(&rows, |found| row(found, &named.roles))
}

/// Returns the page that a query asks for.
const fn page(query: &DeletedQuery) -> Keyset<'_> {
    Keyset::new(Column::id("u.id"), true, &query.position, query.limit)
        .by(Some(Column::time("u.deleted_at")))
}

fn statement(query: &DeletedQuery, named: &Named, now: OffsetDateTime) -> QueryBuilder<Postgres> {
    let tables = Tables {
        stats: true,
        spend: true,
        ..Tables::of(&query.filter)
    };
    let mut sql = QueryBuilder::new(format!(
        "select {}, u.deleted_at, u.purge_after from {} and ",
        list::COLUMNS,
        deleted(tables)
    ));
    let context = Context {
        now,
        named,
        lookup: Lookup::Index,
    };
    filter::push(&mut sql, &query.filter, context);
    page(query).push(&mut sql);
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

fn row(row: &PgRow, roles: &Roles) -> Result<DeletedUser, sqlx::Error> {
    Ok(DeletedUser {
        user: list::summary(row, roles)?,
        deleted_at: row.try_get("deleted_at")?,
        purge_after: row.try_get("purge_after")?,
    })
}
