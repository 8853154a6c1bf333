//! Locks that retain accounts: until the transaction ends, none of them is deleted permanently, deleted or restored. Two transactions can
//! retain one account at the same time, unless one of them retains it alone, as uses do. A change that touches rows of users, but not their
//! accounts, takes them before these rows, in the order of ids, because the permanent deletion of a user locks the account first and then
//! everything that refers to it. [`retain_user`](crate::limits::retain_user) retains the user of a use, alone, and reads it.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::Error;

/// Retains the users with some ids.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn users(connection: &mut PgConnection, ids: &[Uuid]) -> Result<(), Error> {
    sqlx::query!(
        "select id from users where id = any($1) order by id for key share",
        ids,
    )
    .fetch_all(connection)
    .await?;
    Ok(())
}

/// Retains the users with some ids for one transaction at a time.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn users_alone(connection: &mut PgConnection, ids: &[Uuid]) -> Result<(), Error> {
    sqlx::query!(
        "select id from users where id = any($1) order by id for no key update",
        ids
    )
    .fetch_all(connection)
    .await?;
    Ok(())
}

/// Retains the user of a lease for one transaction at a time, if there is such a lease.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn user_of_lease(connection: &mut PgConnection, lease: Uuid) -> Result<(), Error> {
    sqlx::query!(
        "select u.id from users u where u.id = (select l.user_id from leases l where l.id = $1) for no key update",
        lease,
    )
    .fetch_optional(connection)
    .await?;
    Ok(())
}

/// Retains at most `most` members of a group, deleted ones included. Returns their ids.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn members(
    connection: &mut PgConnection,
    group: Uuid,
    most: i64,
) -> Result<Vec<Uuid>, Error> {
    Ok(sqlx::query_scalar!(
        "select u.id from users u
        where u.id in (select m.user_id from group_members m where m.group_id = $1)
        order by u.id limit $2 for key share",
        group,
        most,
    )
    .fetch_all(connection)
    .await?)
}

/// Retains the members of a group for one transaction at a time, deleted ones included.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn members_alone(connection: &mut PgConnection, group: Uuid) -> Result<(), Error> {
    sqlx::query!(
        "select u.id from users u
        where u.id in (select m.user_id from group_members m where m.group_id = $1)
        order by u.id for no key update",
        group,
    )
    .fetch_all(connection)
    .await?;
    Ok(())
}

/// Retains at most `most` users of a role, deleted ones included. Returns their ids.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn users_of_role(
    connection: &mut PgConnection,
    role: Uuid,
    most: i64,
) -> Result<Vec<Uuid>, Error> {
    Ok(sqlx::query_scalar!(
        "select u.id from users u
        where u.id in (select ur.user_id from user_roles ur where ur.role_id = $1)
        order by u.id limit $2 for key share",
        role,
        most,
    )
    .fetch_all(connection)
    .await?)
}

/// Retains the owner of a resource and the users with a grant to it, deleted ones included. Returns their ids.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn users_of_resource(
    connection: &mut PgConnection,
    resource: Uuid,
) -> Result<Vec<Uuid>, Error> {
    Ok(sqlx::query_scalar!(
        "select u.id from users u
        where u.id in (
            select r.owner_id from resources r where r.id = $1
            union all
            select g.user_id from resource_grants g where g.resource_id = $1
        )
        order by u.id for key share",
        resource,
    )
    .fetch_all(connection)
    .await?)
}
