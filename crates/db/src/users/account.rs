//! Single accounts: the lock for a change, the data that the policy needs, and the changes. Each change increments the
//! version of the account.

use domain::{
    permission::Permissions,
    policy::Target,
    users::{Status, UserId},
};
use serde_json::Value;
use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{Error, error::read_word};

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
    /// Whether one of them is that of administrators.
    pub is_admin: bool,
    /// Permissions granted by the roles together.
    pub permissions: Permissions,
}

/// Returns whether an account has a password.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn has_password(executor: impl PgExecutor<'_>, id: Uuid) -> Result<bool, Error> {
    let found = sqlx::query_scalar!(
        r#"select password_hash is not null as "has_password!" from users where id = $1"#,
        id,
    )
    .fetch_optional(executor)
    .await?;
    Ok(found.unwrap_or_default())
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
            exists (select from admins where user_id = u.id) as "is_admin!",
            array(
                select unnest(r.permissions) from user_roles ur join roles r on r.id = ur.role_id
                where ur.user_id = u.id
            ) as "permissions!"
        from users u where u.id = $1 for update of u"#,
        id,
    )
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    Ok(Some(Account {
        id: row.id,
        username: row.username,
        display_name: row.display_name,
        email: row.email,
        status: read_word(&row.status)?,
        suspended_reason: row.suspended_reason,
        suspended_until: row.suspended_until,
        suspended_reason_visible: row.suspended_reason_visible,
        suspension_over: row.suspension_over,
        version: row.version,
        deleted_at: row.deleted_at,
        roles: row.roles,
        is_admin: row.is_admin,
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

/// Fields of an account to replace; absent ones stay.
#[derive(Debug, Clone, Default)]
pub struct UserChanges<'a> {
    /// Full name of the user, for display.
    pub display_name: Option<&'a str>,
    /// Email address; `Some(None)` removes it.
    pub email: Option<Option<&'a str>>,
    /// Profile fields, all of them.
    pub profile: Option<Value>,
    /// Notification preferences, all of them.
    pub notification_preferences: Option<Value>,
    /// Settings that the user has chosen.
    pub settings: Option<Value>,
    /// Numbers of the clients whose data the user can see.
    pub client_list: Option<&'a [i32]>,
}

/// Replaces some fields. Another email address removes the unverified one.
///
/// # Errors
/// `users_email_key` if the address is taken.
pub async fn set_fields(
    connection: &mut PgConnection,
    id: Uuid,
    fields: &UserChanges<'_>,
) -> Result<(), Error> {
    sqlx::query!(
        "update users set
            display_name = coalesce($2, display_name),
            email = case when $3 then $4 else email end,
            unverified_email = case when $3 and $4 is distinct from email then null else unverified_email end,
            unverified_email_resolved_at = case when $3 and $4 is distinct from email then null else unverified_email_resolved_at end,
            profile = coalesce($5, profile),
            notification_preferences = coalesce($6, notification_preferences),
            client_list = coalesce($7, client_list),
            settings = coalesce($8, settings),
            version = version + 1,
            updated_at = now()
        where id = $1",
        id,
        fields.display_name,
        fields.email.is_some(),
        fields.email.flatten(),
        fields.profile,
        fields.notification_preferences,
        fields.client_list,
        fields.settings,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A suspension to set.
#[derive(Debug, Clone)]
pub struct NewSuspension<'a> {
    /// Reason for the suspension.
    pub reason: &'a str,
    /// Time at which it ends by itself; `None` if it has to be lifted.
    pub until: Option<OffsetDateTime>,
    /// Whether the user sees the reason.
    pub show_reason: bool,
    /// The id of the user who suspends the account; `None` for the operator.
    pub by: Option<Uuid>,
}

/// Suspends an account, or changes its suspension.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_suspended(
    connection: &mut PgConnection,
    id: Uuid,
    suspension: &NewSuspension<'_>,
) -> Result<(), Error> {
    sqlx::query!(
        "update users set
            status = 'suspended', suspended_reason = $2, suspended_until = $3, suspended_reason_visible = $4,
            suspended_by = $5, version = version + 1, updated_at = now()
        where id = $1",
        id,
        suspension.reason,
        suspension.until,
        suspension.show_reason,
        suspension.by,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Sets a pending or suspended account to active.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_active(connection: &mut PgConnection, id: Uuid) -> Result<(), Error> {
    sqlx::query!(
        "update users set
            status = 'active', suspended_reason = null, suspended_until = null, suspended_reason_visible = false,
            suspended_by = null, registered_from = null, version = version + 1, updated_at = now()
        where id = $1",
        id,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Lists the ids of at most `most` accounts whose suspension is over.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_suspension_over(
    executor: impl PgExecutor<'_>,
    most: i64,
) -> Result<Vec<Uuid>, Error> {
    let rows = sqlx::query!(
        "select id from users
        where status = 'suspended' and suspended_until <= now() and deleted_at is null
        order by suspended_until limit $1",
        most,
    )
    .fetch_all(executor)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
