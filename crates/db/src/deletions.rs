//! Deletions of roles, groups and features on which many rows depend, as jobs in small batches. The row of the job is locked for each batch,
//! so that one replica at a time works on an object.

use domain::jobs::JobKind;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::Error;

/// An object that is deleted, by its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Object {
    /// A role.
    Role(Uuid),
    /// A group.
    Group(Uuid),
    /// A feature, by its key.
    Feature(String),
}

impl Object {
    const fn kind(&self) -> JobKind {
        match self {
            Self::Role(_) => JobKind::DeleteRole,
            Self::Group(_) => JobKind::DeleteGroup,
            Self::Feature(_) => JobKind::DeleteFeature,
        }
    }

    fn id(&self) -> String {
        match self {
            Self::Role(id) | Self::Group(id) => id.to_string(),
            Self::Feature(key) => key.clone(),
        }
    }
}

/// A deletion in progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deletion {
    /// The id of the job.
    pub id: Uuid,
    /// The object that is deleted.
    pub object: Object,
    /// Number of rows changed so far.
    pub done: i64,
}

/// Queues the deletion of an object with its name and the number of rows that depend on it. Returns the id of the job.
///
/// # Errors
/// Fails if the deletion is queued already, or if the database cannot be reached.
pub async fn queue(
    connection: &mut PgConnection,
    object: &Object,
    name: &str,
    total: u64,
) -> Result<Uuid, Error> {
    Ok(sqlx::query_scalar!(
        "insert into jobs (id, kind, params, total, created_at)
        values (uuid_v7(now()), $1, jsonb_build_object('object_id', $2::text, 'name', $3::text), $4, now())
        returning id",
        object.kind().as_str(),
        object.id(),
        name,
        i64::try_from(total).unwrap_or(i64::MAX),
    )
    .fetch_one(connection)
    .await?)
}

/// Returns whether the object with an id, or the feature with a key, is being deleted.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn is_running(executor: impl PgExecutor<'_>, object_id: &str) -> Result<bool, Error> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from running_deletions where object_id = $1) as "is_running!""#,
        object_id,
    )
    .fetch_one(executor)
    .await?)
}

/// Lists the ids of the roles or groups, or the keys of the features, that jobs of a kind are deleting.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_running(
    executor: impl PgExecutor<'_>,
    kind: JobKind,
) -> Result<Vec<String>, Error> {
    Ok(sqlx::query_scalar!(
        r#"select object_id as "object_id!" from running_deletions where kind = $1"#,
        kind.as_str(),
    )
    .fetch_all(executor)
    .await?)
}

/// Returns the first of these roles that is being deleted, by its name.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_role(
    executor: impl PgExecutor<'_>,
    names: &[String],
) -> Result<Option<String>, Error> {
    Ok(sqlx::query_scalar!(
        "select r.name from roles r
        join running_deletions d on d.object_id = r.id::text
        where r.name = any($1)
        order by r.name limit 1",
        names,
    )
    .fetch_optional(executor)
    .await?)
}

/// Locks the oldest deletion that no other replica works on, or that of one object, until the transaction ends. `defer` are the ids of jobs
/// to skip.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn take(
    connection: &mut PgConnection,
    of: Option<&str>,
    defer: &[Uuid],
) -> Result<Option<Deletion>, Error> {
    let row = sqlx::query!(
        r#"select id as "id!", kind as "kind!", object_id as "object_id!", done as "done!" from running_deletions
        where ($1::text is null or object_id = $1) and id <> all ($2::uuid[])
        order by created_at limit 1 for update skip locked"#,
        of,
        defer,
    )
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let id = || row.object_id.parse::<Uuid>();
    let object = match row.kind.as_str() {
        "delete_role" => id().map(Object::Role),
        "delete_group" => id().map(Object::Group),
        _ => Ok(Object::Feature(row.object_id.clone())),
    };
    Ok(Some(Deletion {
        id: row.id,
        object: object.map_err(|error| sqlx::Error::Decode(error.into()))?,
        done: row.done,
    }))
}

/// Stops giving a feature that is being deleted to all users.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn disable_feature(connection: &mut PgConnection, key: &str) -> Result<(), Error> {
    sqlx::query!(
        "update features set default_value = false, version = version + 1, updated_at = now() where key = $1",
        key,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Removes a feature that is being deleted from at most `most` groups. Returns their number.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn remove_feature(
    connection: &mut PgConnection,
    key: &str,
    most: i64,
) -> Result<u64, Error> {
    let done = sqlx::query!(
        "update groups set features = features - $1::text, version = version + 1, updated_at = now()
        where id in (select id from groups where features ? $1::text order by id limit $2 for update)",
        key,
        most,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Removes all features from a group that is being deleted.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn remove_features(connection: &mut PgConnection, group: Uuid) -> Result<(), Error> {
    sqlx::query!(
        "update groups set features = '{}', version = version + 1, updated_at = now() where id = $1",
        group,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Revokes at most `most` grants of a group that is being deleted. Returns their number.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn revoke_grants(
    connection: &mut PgConnection,
    group: Uuid,
    most: i64,
) -> Result<u64, Error> {
    let done = sqlx::query!(
        "delete from resource_grants where group_id = $1 and resource_id in (
            select resource_id from resource_grants where group_id = $1 order by resource_id limit $2 for update
        )",
        group,
        most,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Removes [retained](crate::users::retain) users from a group that is being deleted, as its deletion does.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn remove_members(
    connection: &mut PgConnection,
    group: Uuid,
    retained: &[Uuid],
) -> Result<(), Error> {
    sqlx::query!(
        "with removed as (
            delete from group_members where group_id = $1 and user_id = any($2) returning user_id, group_id
        )
        insert into lost_access (user_id, kind, object_id, name)
        select d.user_id, 'group', g.id, g.name
        from removed d
        join groups g on g.id = d.group_id
        join users u on u.id = d.user_id and u.deleted_at is not null
        on conflict do nothing",
        group,
        retained,
    )
    .execute(connection)
    .await?;
    Ok(())
}
