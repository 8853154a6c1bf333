//! Access of users to resources. Explanation and enforcement read the same view, `resource_access`.

use domain::{
    access_check::{AccessPath, AccessThrough},
    resources::GrantLevel,
};
use sqlx::PgExecutor;
use uuid::Uuid;

use crate::{Error, error::read_word};

/// A user and a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The id of the user.
    pub user: Uuid,
    /// The id of the resource.
    pub resource: Uuid,
}

/// Resources that a user reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// All: the user is an active administrator.
    All,
    /// Those that the user with this id owns or is granted, if any.
    Of(Uuid),
}

/// Returns which resources a user reaches, for a list of them. An administrator reaches all or none, which one row of the view shows.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_reach(executor: impl PgExecutor<'_>, user: Uuid) -> Result<Reach, Error> {
    let reaches_all = sqlx::query_scalar!(
        r#"select exists (
            select from resource_access where user_id = $1 and through = 'admin' and blocked_by is null
        ) as "reaches_all!""#,
        user,
    )
    .fetch_one(executor)
    .await?;
    Ok(if reaches_all {
        Reach::All
    } else {
        Reach::Of(user)
    })
}

/// Returns whether a user reaches a resource at a level.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn reaches(
    executor: impl PgExecutor<'_>,
    pair: Pair,
    level: GrantLevel,
) -> Result<bool, Error> {
    Ok(sqlx::query_scalar!(
        r#"select exists (
            select from resource_access_of($1, $2) where blocked_by is null and (level = 'write' or $3 = 'read')
        ) as "reaches!""#,
        pair.user,
        pair.resource,
        level.as_str(),
    )
    .fetch_one(executor)
    .await?)
}

/// Lists the ways in which users reach resources, for each pair in the order of these, in one statement. There are none to resources of
/// clients that the viewer does not see; without a viewer they are not limited.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_paths(
    executor: impl PgExecutor<'_>,
    pairs: &[Pair],
    viewer: Option<Uuid>,
) -> Result<Vec<Vec<AccessPath>>, Error> {
    let users: Vec<Uuid> = pairs.iter().map(|pair| pair.user).collect();
    let resources: Vec<Uuid> = pairs.iter().map(|pair| pair.resource).collect();
    let rows = sqlx::query!(
        r#"select
            w.place as "place!", a.level as "level!", a.through as "through!", a.group_id as "group_id?", g.name as "group_name?",
            a.blocked_by as "blocked_by?", a.granted_at as "granted_at?",
            (select b.username from users b where b.id = a.granted_by) as granted_by
        from unnest($1::uuid[], $2::uuid[]) with ordinality as w (user_id, resource_id, place)
        cross join lateral resource_access_of(w.user_id, w.resource_id) a
        left join groups g on g.id = a.group_id
        where $3::uuid is null
            or exists (select from resources r where r.id = w.resource_id and sees_client($3::uuid, r.client_id))
        order by w.place, a.blocked_by nulls first, a.level desc, a.through, name_key(g.name)"#,
        users.as_slice(),
        resources.as_slice(),
        viewer,
    )
    .fetch_all(executor)
    .await?;
    let mut paths: Vec<Vec<AccessPath>> = vec![Vec::new(); pairs.len()];
    for row in rows {
        let through = match row.through.as_str() {
            "owner" => AccessThrough::Owner,
            "user" => AccessThrough::User,
            "everyone" => AccessThrough::Everyone,
            "admin" => AccessThrough::Admin,
            _ => AccessThrough::Group {
                id: row.group_id.unwrap_or_default(),
                name: row.group_name.unwrap_or_default(),
            },
        };
        let blocked_by = row.blocked_by.as_deref().map(read_word).transpose()?;
        let path = AccessPath {
            through,
            level: read_word(&row.level)?,
            blocked_by,
            granted_by: row.granted_by,
            granted_at: row.granted_at,
        };
        let index = usize::try_from(row.place - 1).unwrap_or(usize::MAX);
        if let Some(paths) = paths.get_mut(index) {
            paths.push(path);
        }
    }
    Ok(paths)
}
