//! Accounts.

mod count;
mod filter;
mod list;

use domain::users::{CreatedVia, Status};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::Error;

pub use count::{Counts, count};
pub use list::list_page;

/// What signing in has to know of an account.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Id.
    pub id: Uuid,
    /// Name as the person wrote it.
    pub username: String,
    /// Full name.
    pub display_name: String,
    /// Address, if one is known.
    pub email: Option<String>,
    /// Names of the roles.
    pub roles: Vec<String>,
    /// PHC string; none if no password was ever set.
    pub password_hash: Option<String>,
    /// `pending`, `active` or `suspended`.
    pub status: Status,
}

/// The account of a name, unless it is in the bin.
///
/// # Errors
/// When the database cannot be reached.
pub async fn find_credentials(
    executor: impl PgExecutor<'_>,
    username: &str,
) -> Result<Option<Credentials>, Error> {
    let row = sqlx::query!(
        "select u.id, u.username, u.display_name, u.email, u.password_hash, u.status, s.roles
        from users u join user_stats s on s.user_id = u.id
        where lower(u.username) = lower($1) and u.deleted_at is null",
        username,
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|row| Credentials {
        id: row.id,
        username: row.username,
        display_name: row.display_name,
        email: row.email,
        roles: row.roles,
        password_hash: row.password_hash,
        // The schema allows no other word.
        status: row.status.parse().unwrap_or(Status::Suspended),
    }))
}

/// Replaces a password hash by one of the same password with today's parameters, unless it was changed meanwhile.
///
/// # Errors
/// When the database cannot be reached.
pub async fn set_rehashed(
    executor: impl PgExecutor<'_>,
    id: Uuid,
    old: &str,
    new: &str,
) -> Result<(), Error> {
    sqlx::query!(
        "update users set password_hash = $3 where id = $1 and password_hash = $2",
        id,
        old,
        new
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// Notes a sign-in.
///
/// # Errors
/// When the database cannot be reached.
pub async fn set_last_login(connection: &mut PgConnection, id: Uuid) -> Result<(), Error> {
    sqlx::query!(
        "update users set last_login_at = now(), last_active_at = now() where id = $1",
        id
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Whether there is an admin who can sign in.
///
/// # Errors
/// When the database cannot be reached.
pub async fn admin_exists(executor: impl PgExecutor<'_>) -> Result<bool, Error> {
    let row = sqlx::query!(
        r#"select exists (
            select 1 from user_roles ur
            join roles r on r.id = ur.role_id and r.name = 'admin'
            join users u on u.id = ur.user_id
            where u.status = 'active' and u.deleted_at is null and u.password_hash is not null
        ) as "exists!""#
    )
    .fetch_one(executor)
    .await?;
    Ok(row.exists)
}

/// Whether there is any account, in the bin or not.
///
/// # Errors
/// When the database cannot be reached.
pub async fn any_exists(executor: impl PgExecutor<'_>) -> Result<bool, Error> {
    let row = sqlx::query!(r#"select exists (select 1 from users) as "exists!""#)
        .fetch_one(executor)
        .await?;
    Ok(row.exists)
}

/// Lets one transaction at a time decide about the number of admins. Held until it ends.
///
/// # Errors
/// When the database cannot be reached.
pub async fn lock_admins(connection: &mut PgConnection) -> Result<(), Error> {
    sqlx::query!("select pg_advisory_xact_lock(hashtext('rollcall.admins'))")
        .execute(connection)
        .await?;
    Ok(())
}

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewUser<'a> {
    /// Name to sign in with.
    pub username: &'a str,
    /// Full name.
    pub display_name: &'a str,
    /// Address, if one is known.
    pub email: Option<&'a str>,
    /// PHC string.
    pub password_hash: Option<&'a str>,
    /// How it comes to be.
    pub created_via: CreatedVia,
}

/// Makes an active account. Its id is returned.
///
/// # Errors
/// `users_username_key` or `users_email_key` when the name or address is taken.
pub async fn insert(connection: &mut PgConnection, user: &NewUser<'_>) -> Result<Uuid, Error> {
    let row = sqlx::query!(
        "insert into users (
            id, username, display_name, email, password_hash, password_changed_at, created_via, created_at, updated_at
        ) values (
            uuid_v7(now()), $1, $2, $3, $4, case when $4::text is null then null else now() end, $5, now(), now()
        ) returning id",
        user.username,
        user.display_name,
        user.email,
        user.password_hash,
        user.created_via.as_str(),
    )
    .fetch_one(connection)
    .await?;
    Ok(row.id)
}

/// Gives roles by name. Names that do not exist give nothing.
///
/// # Errors
/// When the database cannot be reached.
pub async fn grant_roles(
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
