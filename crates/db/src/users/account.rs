//! One account while a change of it is decided about.

use domain::{
    access::Permissions,
    rules::Standing,
    users::{Status, UserId},
};
use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::Error;

/// An account as of now, locked until the transaction ends.
#[derive(Debug, Clone)]
pub struct Account {
    /// Id.
    pub id: Uuid,
    /// Name to sign in with.
    pub username: String,
    /// Full name.
    pub display_name: String,
    /// Address, if one is known.
    pub email: Option<String>,
    /// Whether it can be used.
    pub status: Status,
    /// Why it is suspended.
    pub suspended_reason: Option<String>,
    /// When a suspension ends by itself.
    pub suspended_until: Option<OffsetDateTime>,
    /// Whether the person is told why.
    pub suspended_reason_told: bool,
    /// Whether the suspension is over, by the database's clock.
    pub suspension_over: bool,
    /// Counts edits.
    pub version: i32,
    /// When it was put into the bin.
    pub deleted_at: Option<OffsetDateTime>,
    /// Names of the roles, the most powerful first.
    pub roles: Vec<String>,
    /// What the roles permit.
    pub permissions: Permissions,
}

/// The account of an id, in the bin or not. Nobody else changes it until the transaction ends.
///
/// # Errors
/// When the database cannot be reached.
pub async fn lock(connection: &mut PgConnection, id: Uuid) -> Result<Option<Account>, Error> {
    let row = sqlx::query!(
        r#"select
            u.id, u.username, u.display_name, u.email, u.status, u.suspended_reason, u.suspended_until, u.version,
            u.suspended_reason_told, coalesce(u.suspended_until <= now(), false) as "suspension_over!", u.deleted_at,
            array(
                select r.name from user_roles ur join roles r on r.id = ur.role_id
                where ur.user_id = u.id order by r.rank, r.name
            ) as "roles!",
            array(
                select unnest(r.permissions) from user_roles ur join roles r on r.id = ur.role_id
                where ur.user_id = u.id
            ) as "permissions!"
        from users u where u.id = $1 for update of u"#,
        id,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| Account {
        id: row.id,
        username: row.username,
        display_name: row.display_name,
        email: row.email,
        // The schema allows no other word.
        status: row.status.parse().unwrap_or(Status::Suspended),
        suspended_reason: row.suspended_reason,
        suspended_until: row.suspended_until,
        suspended_reason_told: row.suspended_reason_told,
        suspension_over: row.suspension_over,
        version: row.version,
        deleted_at: row.deleted_at,
        roles: row.roles,
        permissions: Permissions::new(row.permissions),
    }))
}

/// What somebody who can sign in may do as of now. Nothing if they cannot.
///
/// # Errors
/// When the database cannot be reached.
pub async fn find_permissions(
    executor: impl PgExecutor<'_>,
    id: Uuid,
) -> Result<Option<Permissions>, Error> {
    let row = sqlx::query!(
        r#"select array(
            select unnest(r.permissions) from user_roles ur join roles r on r.id = ur.role_id
            where ur.user_id = u.id
        ) as "permissions!"
        from users u where u.id = $1 and u.status = 'active' and u.deleted_at is null"#,
        id,
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|row| Permissions::new(row.permissions)))
}

/// What rules have to know of an account. Nothing if there is none.
///
/// # Errors
/// When the database cannot be reached.
pub async fn find_standing(
    executor: impl PgExecutor<'_>,
    id: Uuid,
) -> Result<Option<Standing>, Error> {
    let row = sqlx::query!(
        r#"select
            array(
                select unnest(r.permissions) from user_roles ur join roles r on r.id = ur.role_id
                where ur.user_id = u.id
            ) as "permissions!",
            exists (select 1 from able_admins where user_id = u.id)
            and not exists (select 1 from able_admins where user_id <> u.id) as "is_last_admin!"
        from users u where u.id = $1"#,
        id,
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|row| Standing {
        id: UserId(id),
        permissions: Permissions::new(row.permissions),
        is_last_admin: row.is_last_admin,
    }))
}
