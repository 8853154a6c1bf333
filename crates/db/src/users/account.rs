//! Single accounts, locked for a change, and the data that the policy needs.

use domain::{
    permission::Permissions,
    policy::Target,
    users::{Status, UserId},
};
use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::Error;

/// An account as of now, locked until the transaction ends.
#[derive(Debug, Clone)]
pub struct Account {
    /// The id of the account.
    pub id: Uuid,
    /// Name to sign in with.
    pub username: String,
    /// Full name of the user, for display.
    pub display_name: String,
    /// Email address, if one is known.
    pub email: Option<String>,
    /// Status of the account.
    pub status: Status,
    /// Reason for the suspension.
    pub suspended_reason: Option<String>,
    /// Time at which the suspension ends by itself.
    pub suspended_until: Option<OffsetDateTime>,
    /// Whether the user sees the reason.
    pub suspended_reason_visible: bool,
    /// Whether the suspension is over, by the clock of the database.
    pub suspension_over: bool,
    /// Version of the account, incremented by every change.
    pub version: i32,
    /// Time of the deletion, if the account is deleted.
    pub deleted_at: Option<OffsetDateTime>,
    /// Names of the roles, the most powerful first.
    pub roles: Vec<String>,
    /// Permissions granted by the roles together.
    pub permissions: Permissions,
}

/// Returns the account with an id, deleted or not, and locks its row until the transaction ends.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn lock(connection: &mut PgConnection, id: Uuid) -> Result<Option<Account>, Error> {
    let row = sqlx::query!(
        r#"select
            u.id, u.username, u.display_name, u.email, u.status, u.suspended_reason, u.suspended_until, u.version,
            u.suspended_reason_visible, coalesce(u.suspended_until <= now(), false) as "suspension_over!", u.deleted_at,
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
        // A constraint of the schema allows no other value.
        status: row.status.parse().unwrap_or(Status::Suspended),
        suspended_reason: row.suspended_reason,
        suspended_until: row.suspended_until,
        suspended_reason_visible: row.suspended_reason_visible,
        suspension_over: row.suspension_over,
        version: row.version,
        deleted_at: row.deleted_at,
        roles: row.roles,
        permissions: Permissions::new(row.permissions),
    }))
}

/// Returns the current permissions of a user who can sign in; `None` if the user cannot.
///
/// # Errors
/// Fails if the database cannot be reached.
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

/// Returns the data of an account that the policy needs; `None` if there is no such account.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_target(executor: impl PgExecutor<'_>, id: Uuid) -> Result<Option<Target>, Error> {
    let row = sqlx::query!(
        r#"select
            array(
                select unnest(r.permissions) from user_roles ur join roles r on r.id = ur.role_id
                where ur.user_id = u.id
            ) as "permissions!",
            exists (select 1 from active_admins where user_id = u.id)
            and not exists (select 1 from active_admins where user_id <> u.id) as "is_last_admin!"
        from users u where u.id = $1"#,
        id,
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|row| Target {
        id: UserId(id),
        permissions: Permissions::new(row.permissions),
        is_last_admin: row.is_last_admin,
    }))
}
