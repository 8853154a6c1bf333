//! Roles and their assignment to users.

use domain::permission::Permissions;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::Error;

/// Lists the names of all roles, the most powerful first.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list(executor: impl PgExecutor<'_>) -> Result<Vec<String>, Error> {
    let rows = sqlx::query!("select name from roles order by rank, name")
        .fetch_all(executor)
        .await?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}

/// Lists all roles with their permissions, the most powerful first.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_permissions(
    executor: impl PgExecutor<'_>,
) -> Result<Vec<(String, Permissions)>, Error> {
    let rows = sqlx::query!("select name, permissions from roles order by rank, name")
        .fetch_all(executor)
        .await?;
    let roles = rows
        .into_iter()
        .map(|row| (row.name, Permissions::new(row.permissions)));
    Ok(roles.collect())
}

/// Returns the existing roles among `names`, and their permissions together.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find(
    executor: impl PgExecutor<'_>,
    names: &[String],
) -> Result<(Vec<String>, Permissions), Error> {
    let rows = sqlx::query!(
        "select name, permissions from roles where name = any($1) order by rank, name",
        names,
    )
    .fetch_all(executor)
    .await?;
    let permissions = rows.iter().flat_map(|row| row.permissions.clone());
    let permissions = Permissions::new(permissions.collect());
    Ok((rows.into_iter().map(|row| row.name).collect(), permissions))
}

/// Creates the roles of `names` that do not exist, without any permission. Returns the new ones.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn ensure(connection: &mut PgConnection, names: &[String]) -> Result<Vec<String>, Error> {
    let rows = sqlx::query!(
        "insert into roles (id, name, created_at)
        select uuid_v7(now()), name, now() from unnest($1::text[]) as name
        on conflict (name) do nothing
        returning name",
        names,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}

/// Assigns roles to a user by name. Unknown names are ignored.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn grant(
    connection: &mut PgConnection,
    user_id: Uuid,
    roles: &[String],
    granted_by: Option<Uuid>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into user_roles (user_id, role_id, granted_by, granted_at)
        select $1, id, $3, now() from roles where name = any($2)
        on conflict do nothing",
        user_id,
        roles,
        granted_by,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Revokes all roles of a user except those in `stored`.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn revoke_others(
    connection: &mut PgConnection,
    user_id: Uuid,
    stored: &[String],
) -> Result<(), Error> {
    sqlx::query!(
        "delete from user_roles ur using roles r
        where ur.user_id = $1 and r.id = ur.role_id and r.name <> all($2)",
        user_id,
        stored,
    )
    .execute(connection)
    .await?;
    Ok(())
}
