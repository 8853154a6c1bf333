//! Parts of the list of resources that only the panel shows: names of owners and clients, grants, and numbers of resources by kind.

use domain::resources::{KindTotal, ResourceDeletion};
use sqlx::{PgExecutor, QueryBuilder, Row};
use uuid::Uuid;

use super::ResourceFilter;
use crate::Error;

/// Names and grants of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surroundings {
    /// The id of the resource.
    pub id: Uuid,
    /// Username of the owner.
    pub owner: Option<String>,
    /// Name of the client.
    pub client: Option<String>,
    /// Numbers of users and groups with grants.
    pub granted: ResourceDeletion,
}

/// Returns the names and grants of resources.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_surroundings(
    executor: impl PgExecutor<'_>,
    ids: &[Uuid],
) -> Result<Vec<Surroundings>, Error> {
    let rows = sqlx::query!(
        r#"select
            r.id as "id!", u.username as "owner?", c.name as "client?",
            g.users as "users!", g.groups as "groups!", g.members as "members!", g.everyone as "everyone!"
        from resources r
        left join users u on u.id = r.owner_id
        left join clients c on c.id = r.client_id
        cross join lateral (
            select
                count(*) filter (where x.user_id is not null) as users,
                count(*) filter (where x.group_id is not null) as groups,
                coalesce(sum((select sum(t.members) from group_totals t where t.group_id = x.group_id)), 0)::bigint as members,
                count(*) filter (where x.user_id is null and x.group_id is null) > 0 as everyone
            from resource_grants x where x.resource_id = r.id
        ) g
        where r.id = any($1)"#,
        ids,
    )
    .fetch_all(executor)
    .await?;
    let number = |count: i64| u64::try_from(count).unwrap_or_default();
    let found = rows.into_iter().map(|row| Surroundings {
        id: row.id,
        owner: row.owner,
        client: row.client,
        granted: ResourceDeletion {
            users: number(row.users),
            groups: number(row.groups),
            members: number(row.members),
            everyone: row.everyone,
        },
    });
    Ok(found.collect())
}

/// Counts the matching resources by kind.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn count_by_kind(
    executor: impl PgExecutor<'_>,
    filter: ResourceFilter<'_>,
) -> Result<Vec<KindTotal>, Error> {
    let mut sql = QueryBuilder::new("select r.kind, count(*) as count from resources r where true");
    filter.push(&mut sql);
    sql.push(" group by r.kind order by r.kind");
    let rows = sql.build().persistent(false).fetch_all(executor).await?;
    let totals = rows.iter().map(|row| {
        let count: i64 = row.try_get("count")?;
        Ok::<_, sqlx::Error>(KindTotal {
            kind: row.try_get("kind")?,
            count: u64::try_from(count).unwrap_or_default(),
        })
    });
    Ok(totals.collect::<Result<_, _>>()?)
}
