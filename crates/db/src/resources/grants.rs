//! Grants of access to resources.

use std::collections::HashMap;

use domain::resources::{Grant, GrantDraft, GrantSubject, GrantTarget, ResourceDeletion};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::{Error, error::read_word};

/// Lists at most `most` grants of a resource: to everyone, then to groups by name, then to users by name. Those to deleted users are
/// left out.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list(
    executor: impl PgExecutor<'_>,
    resource_id: Uuid,
    most: i64,
) -> Result<Vec<Grant>, Error> {
    let rows = sqlx::query!(
        r#"select
            x.user_id, x.group_id, x.level as "level!", x.granted_at as "granted_at!", u.username as "username?", g.name as "group_name?",
            (select coalesce(sum(t.members), 0)::bigint from group_totals t where t.group_id = x.group_id) as "members!",
            (select b.username from users b where b.id = x.granted_by) as granted_by
        from resource_grants x
        left join users u on u.id = x.user_id
        left join groups g on g.id = x.group_id
        where x.resource_id = $1 and u.deleted_at is null
        order by x.user_id is not null, x.group_id is not null, name_key(g.name), name_key(u.username)
        limit $2"#,
        resource_id,
        most,
    )
    .fetch_all(executor)
    .await?;
    let grants = rows.into_iter().map(|row| {
        let subject = match (row.user_id, row.group_id) {
            (Some(id), _) => GrantSubject::User {
                id,
                username: row.username.unwrap_or_default(),
            },
            (None, Some(id)) => GrantSubject::Group {
                id,
                name: row.group_name.unwrap_or_default(),
                members: u64::try_from(row.members).unwrap_or_default(),
            },
            (None, None) => GrantSubject::Everyone,
        };
        Ok::<_, sqlx::Error>(Grant {
            subject,
            level: read_word(&row.level)?,
            granted_by: row.granted_by,
            granted_at: row.granted_at,
        })
    });
    Ok(grants.collect::<Result<_, _>>()?)
}

/// Adds a grant, or changes the level of the one that the subject has. Returns false if it has the same one already.
///
/// # Errors
/// `resource_grants_user_id_fkey` or `resource_grants_group_id_fkey` if the subject does not exist.
pub async fn put(
    connection: &mut PgConnection,
    resource_id: Uuid,
    grant: &GrantDraft,
    granted_by: Option<Uuid>,
) -> Result<bool, Error> {
    let (user_id, group_id) = grant.subject.ids();
    let done = sqlx::query!(
        "insert into resource_grants as g (resource_id, user_id, group_id, level, granted_by, granted_at)
        values ($1, $2, $3, $4, $5, now())
        on conflict (resource_id, user_id, group_id)
        do update set level = excluded.level, granted_by = excluded.granted_by, granted_at = excluded.granted_at
        where g.level <> excluded.level",
        resource_id,
        user_id,
        group_id,
        grant.level.as_str(),
        granted_by,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Revokes the grant of a subject. Returns false if there is none.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn delete(
    connection: &mut PgConnection,
    resource_id: Uuid,
    subject: GrantTarget,
) -> Result<bool, Error> {
    let (user_id, group_id) = subject.ids();
    let done = sqlx::query!(
        "delete from resource_grants
        where resource_id = $1 and user_id is not distinct from $2 and group_id is not distinct from $3",
        resource_id,
        user_id,
        group_id,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Counts the users and groups that lose access when a resource is deleted.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn count_deletion(
    executor: impl PgExecutor<'_>,
    resource_id: Uuid,
) -> Result<ResourceDeletion, Error> {
    let row = sqlx::query!(
        r#"select
            count(*) filter (where g.user_id is not null) as "users!",
            count(*) filter (where g.group_id is not null) as "groups!",
            coalesce(sum((select sum(t.members) from group_totals t where t.group_id = g.group_id)), 0)::bigint as "members!",
            count(*) filter (where g.user_id is null and g.group_id is null) > 0 as "everyone!"
        from resource_grants g where g.resource_id = $1"#,
        resource_id,
    )
    .fetch_one(executor)
    .await?;
    let number = |count: i64| u64::try_from(count).unwrap_or_default();
    Ok(ResourceDeletion {
        users: number(row.users),
        groups: number(row.groups),
        members: number(row.members),
        everyone: row.everyone,
    })
}

/// Returns the names of users and groups by their ids.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_names(
    executor: impl PgExecutor<'_>,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, String>, Error> {
    let rows = sqlx::query!(
        r#"select id as "id!", username as "name!" from users where id = any($1)
        union all
        select id, name from groups where id = any($1)"#,
        ids,
    )
    .fetch_all(executor)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

/// Returns the id of the group with a name.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_group(executor: impl PgExecutor<'_>, name: &str) -> Result<Option<Uuid>, Error> {
    Ok(sqlx::query_scalar!(
        "select id from groups where name_key(name) = name_key($1)",
        name
    )
    .fetch_optional(executor)
    .await?)
}
