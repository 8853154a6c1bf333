//! Groups with all fields, as the clients of other systems read them: without pages.

use domain::groups::Group;
use sqlx::PgExecutor;
use uuid::Uuid;

use super::GroupRow;
use crate::Error;

/// Maximum number of groups, and of members of one group, that a list without pages has.
const MOST: i64 = 10_000;

/// Lists the groups by name: all, or those of a user.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list(
    executor: impl PgExecutor<'_>,
    member: Option<Uuid>,
) -> Result<Vec<Group>, Error> {
    let rows = sqlx::query_as!(
        GroupRow,
        r#"select
            g.id, g.name, g.description,
            array(select key from jsonb_object_keys(g.features) as key order by key collate "C") as "features!",
            g.data::text as "data!", g.meta::text as "meta!", g.external_id, g.created_by, g.version, g.created_at, g.updated_at,
            (select coalesce(sum(t.members), 0)::bigint from group_totals t where t.group_id = g.id) as "members!"
        from groups g
        where $1::uuid is null or g.id in (select m.group_id from group_members m where m.user_id = $1)
        order by g.name collate "und-x-icu", g.id limit $2"#,
        member,
        MOST,
    )
    .fetch_all(executor)
    .await?;
    Ok(rows.into_iter().map(Group::from).collect())
}

/// Lists the ids of the members of a group who are not deleted.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_member_ids(
    executor: impl PgExecutor<'_>,
    group: Uuid,
) -> Result<Vec<Uuid>, Error> {
    Ok(sqlx::query_scalar!(
        "select m.user_id from group_members m join users u on u.id = m.user_id
        where m.group_id = $1 and u.deleted_at is null order by m.user_id limit $2",
        group,
        MOST,
    )
    .fetch_all(executor)
    .await?)
}
