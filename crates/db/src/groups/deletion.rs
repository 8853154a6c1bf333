//! Effect of the deletion of a group: what its members lose with it, and what is deleted.

use domain::{
    groups::{GRANTS_CHECKED, GroupDeletion, MEMBERS_CHECKED},
    resources::GrantLevel,
};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::{Error, error::read_word};

/// A member of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The id of the user.
    pub id: Uuid,
    /// Name to sign in with.
    pub username: String,
    /// Whether the user manages the group.
    pub is_manager: bool,
}

/// A grant to a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupGrant {
    /// The id of the resource.
    pub id: Uuid,
    /// Name of the resource.
    pub name: String,
    /// Level of the grant.
    pub level: GrantLevel,
}

/// Counts what the deletion of a group affects. What members lose is counted for the first ones and the first grants only, so that the
/// time does not grow with the group.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn count(connection: &mut PgConnection, id: Uuid) -> Result<GroupDeletion, Error> {
    let row = sqlx::query!(
        r#"select
            (select coalesce(sum(members), 0)::bigint from group_totals where group_id = $1) as "members!",
            (select count(*) from resource_grants where group_id = $1) as "grants!",
            (select count(*) from limits where group_id = $1) as "limits!""#,
        id,
    )
    .fetch_one(&mut *connection)
    .await?;
    let number = |count: i64| u64::try_from(count).unwrap_or_default();
    Ok(GroupDeletion {
        members: number(row.members),
        features: number(count_lost_features(&mut *connection, id).await?),
        resources: number(count_lost_resources(&mut *connection, id).await?),
        grants: number(row.grants),
        limits: number(row.limits),
    })
}

/// Counts the features of a group that a member has neither by default nor through another group. An admin has all of them anyway.
async fn count_lost_features(executor: impl PgExecutor<'_>, id: Uuid) -> Result<i64, Error> {
    Ok(sqlx::query_scalar!(
        r#"with checked as materialized (
            select m.user_id
            from group_members m
            join users u on u.id = m.user_id and u.deleted_at is null
            where m.group_id = $1 and not exists (select from admins a where a.user_id = m.user_id)
            order by m.user_id limit $2
        ), other as (
            select f.key, count(distinct c.user_id) as users
            from checked c
            join group_members m on m.user_id = c.user_id and m.group_id <> $1
            join groups g on g.id = m.group_id
            cross join jsonb_object_keys(g.features) as f (key)
            group by f.key
        )
        select count(*) as "count!"
        from groups g
        join features f on g.features ? f.key and not f.default_value
        left join other o on o.key = f.key
        where g.id = $1 and coalesce(o.users, 0) < (select count(*) from checked)"#,
        id,
        MEMBERS_CHECKED.cast_signed(),
    )
    .fetch_one(executor)
    .await?)
}

/// Counts the resources to which a member has access through a group, and neither as the owner nor through another grant of this level: to
/// the user, to another group or to everyone. An admin has access anyway, and a user of other clients has none.
async fn count_lost_resources(executor: impl PgExecutor<'_>, id: Uuid) -> Result<i64, Error> {
    Ok(sqlx::query_scalar!(
        r#"with checked as materialized (
            select m.user_id, u.client_list
            from group_members m
            join users u on u.id = m.user_id and u.deleted_at is null
            where m.group_id = $1 and not exists (select from admins a where a.user_id = m.user_id)
            order by m.user_id limit $2
        ), memberships as materialized (
            select c.user_id, m.group_id
            from checked c join group_members m on m.user_id = c.user_id and m.group_id <> $1
        ), granted as materialized (
            select g.resource_id, g.level, r.owner_id, r.client_id
            from (
                select resource_id, level from resource_grants where group_id = $1 order by resource_id limit $3
            ) g
            join resources r on r.id = g.resource_id
        ), other as (
            select g.resource_id, c.user_id
            from granted g join checked c on c.user_id = g.owner_id
            union
            select g.resource_id, c.user_id
            from granted g join checked c on not in_clients(g.client_id, c.client_list)
            where g.client_id is not null
            union
            select g.resource_id, c.user_id
            from granted g
            join resource_grants o on o.resource_id = g.resource_id and o.level in ('write', g.level)
            join checked c on c.user_id = o.user_id
            union
            select g.resource_id, m.user_id
            from granted g
            join resource_grants o on o.resource_id = g.resource_id and o.level in ('write', g.level)
            join memberships m on m.group_id = o.group_id
        )
        select count(*) as "count!"
        from granted g
        where (select count(*) from other o where o.resource_id = g.resource_id) < (select count(*) from checked)
            and not exists (
                select from resource_grants e
                where e.resource_id = g.resource_id and e.user_id is null and e.group_id is null
                    and e.level in ('write', g.level)
            )"#,
        id,
        MEMBERS_CHECKED.cast_signed(),
        GRANTS_CHECKED.cast_signed(),
    )
    .fetch_one(executor)
    .await?)
}

/// Lists at most `most` members of a group, without deleted ones.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_members(
    executor: impl PgExecutor<'_>,
    id: Uuid,
    most: u64,
) -> Result<Vec<Member>, Error> {
    Ok(sqlx::query_as!(
        Member,
        "select u.id, u.username, m.is_manager
        from group_members m join users u on u.id = m.user_id and u.deleted_at is null
        where m.group_id = $1 order by m.user_id limit $2",
        id,
        most.cast_signed(),
    )
    .fetch_all(executor)
    .await?)
}

/// Lists at most `most` grants of a group.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_grants(
    executor: impl PgExecutor<'_>,
    id: Uuid,
    most: u64,
) -> Result<Vec<GroupGrant>, Error> {
    let rows = sqlx::query!(
        "select r.id, r.name, g.level
        from resource_grants g join resources r on r.id = g.resource_id
        where g.group_id = $1 order by g.resource_id limit $2",
        id,
        most.cast_signed(),
    )
    .fetch_all(executor)
    .await?;
    let grants = rows.into_iter().map(|row| {
        Ok::<_, sqlx::Error>(GroupGrant {
            id: row.id,
            name: row.name,
            level: read_word(&row.level)?,
        })
    });
    Ok(grants.collect::<Result<_, _>>()?)
}
