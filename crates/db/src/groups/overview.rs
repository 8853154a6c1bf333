//! Groups as the panel shows them: numbers and managers in a list, and the groups of a manager.

use std::collections::HashMap;

use domain::{
    groups::{GroupDetails, GroupResource},
    list::UnfilteredQuery,
};
use sqlx::{PgExecutor, QueryBuilder, Row};
use uuid::Uuid;

use crate::{
    Error,
    error::read_word,
    keyset::{self, Column, Keyset},
    resources::push_seen,
};

/// Number of managers that a list names.
const NAMED_MANAGERS: i64 = 3;

/// Returns the numbers of features and the managers of groups, and whether they are being deleted, by their ids.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_details(
    executor: impl PgExecutor<'_>,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, GroupDetails>, Error> {
    let rows = sqlx::query!(
        r#"select
            g.id,
            (select count(*) from jsonb_object_keys(g.features)) as "features!",
            array(
                select u.username
                from group_members m join users u on u.id = m.user_id and u.deleted_at is null
                where m.group_id = g.id and m.is_manager
                order by m.user_id limit $2
            ) as "managers!",
            (
                select count(*)
                from group_members m join users u on u.id = m.user_id and u.deleted_at is null
                where m.group_id = g.id and m.is_manager
            ) as "manager_count!",
            exists (
                select from jobs j
                where j.kind in ('delete_role', 'delete_group', 'delete_feature') and j.state in ('queued', 'running')
                    and j.params ->> 'object_id' = g.id::text
            ) as "being_deleted!"
        from groups g where g.id = any($1)"#,
        ids,
        NAMED_MANAGERS,
    )
    .fetch_all(executor)
    .await?;
    let number = |count: i64| u64::try_from(count).unwrap_or_default();
    let details = rows.into_iter().map(|row| {
        let details = GroupDetails {
            features: number(row.features),
            managers: row.managers,
            manager_count: number(row.manager_count),
            being_deleted: row.being_deleted,
        };
        (row.id, details)
    });
    Ok(details.collect())
}

/// Returns whether a user who manages a group can create password links in it; `None` for a user who does not manage it.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_manager(
    executor: impl PgExecutor<'_>,
    group_id: Uuid,
    user_id: Uuid,
) -> Result<Option<bool>, Error> {
    Ok(sqlx::query_scalar!(
        "select password_links from group_members where group_id = $1 and user_id = $2 and is_manager",
        group_id,
        user_id,
    )
    .fetch_optional(executor)
    .await?)
}

/// Lists the resources of a page that are granted to a group and that the viewer sees, the first created first. The flag is true if
/// there are more in the direction of reading.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_resources(
    executor: impl PgExecutor<'_>,
    group_id: Uuid,
    viewer: Option<Uuid>,
    query: &UnfilteredQuery,
) -> Result<(Vec<GroupResource>, bool), Error> {
    let mut sql = QueryBuilder::new(
        "select g.resource_id, r.kind, r.name, r.active, g.level, g.granted_at,
            (select b.username from users b where b.id = g.granted_by) as granted_by
        from resource_grants g join resources r on r.id = g.resource_id
        where g.group_id = ",
    );
    sql.push_bind(group_id);
    push_seen(&mut sql, viewer);
    let id = Column::id("g.resource_id");
    let page = Keyset::new(id, false, &query.position, query.limit);
    page.push(&mut sql);
    let rows = sql.build().persistent(false).fetch_all(executor).await?;
    page.read(&rows, |row| {
        let level: &str = row.try_get("level")?;
        Ok(GroupResource {
            id: row.try_get("resource_id")?,
            kind: row.try_get("kind")?,
            name: row.try_get("name")?,
            active: row.try_get("active")?,
            level: read_word(level)?,
            granted_by: row.try_get("granted_by")?,
            granted_at: row.try_get("granted_at")?,
        })
    })
}

/// Counts the same resources, up to one more than [`EXACT_TOTAL_MAX`](domain::list::EXACT_TOTAL_MAX).
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn count_resources(
    executor: impl PgExecutor<'_>,
    group_id: Uuid,
    viewer: Option<Uuid>,
) -> Result<u64, Error> {
    let mut sql = keyset::counting(
        "resource_grants g join resources r on r.id = g.resource_id where g.group_id = ",
    );
    sql.push_bind(group_id);
    push_seen(&mut sql, viewer);
    keyset::count(executor, sql).await
}
