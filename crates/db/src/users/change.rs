//! Changes of one account. Each increments the account's version.

use std::time::Duration;

use serde_json::Value;
use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{Backer, Error};

/// Maximum number of temporary password hashes stored for one account. Each makes choosing a password slower by one hash.
const KNOWN_MAX: i32 = 5;

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

/// Sets a password that the user has chosen. The version stays: [`set_fields`] increments it, once for a change of both.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_password(
    connection: &mut PgConnection,
    id: Uuid,
    hash: &str,
) -> Result<(), Error> {
    sqlx::query!(
        "update users set
            password_hash = $2, must_change_password = false, password_set_by = null,
            password_set_with = null, password_changed_at = now()
        where id = $1",
        id,
        hash,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Sets a temporary password, chosen by another user or, for `None`, by the operator. Its hash is stored beside those of the latest
/// temporary ones. The version stays: [`set_fields`] increments it.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_temporary_password(
    connection: &mut PgConnection,
    id: Uuid,
    hash: &str,
    by: Option<Backer>,
) -> Result<(), Error> {
    let (set_by, set_with) = Backer::columns(by);
    sqlx::query!(
        "update users set
            password_hash = $2, must_change_password = true, password_set_by = $3, password_set_with = $5,
            known_password_hashes = (array[$2::text] || known_password_hashes)[1:$4],
            password_changed_at = now()
        where id = $1",
        id,
        hash,
        set_by,
        KNOWN_MAX,
        set_with,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Clears a temporary password that another user has set. One of the operator stays. Returns whether there was one.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn clear_temporary_password(
    connection: &mut PgConnection,
    id: Uuid,
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "update users set password_hash = null, password_changed_at = now()
        where id = $1 and must_change_password and password_set_by is not null and password_hash is not null",
        id,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
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

/// Marks an account as deleted, to be purged after the retention. Returns the time of the purge.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_deleted(
    connection: &mut PgConnection,
    id: Uuid,
    by: Option<Uuid>,
    retention: Duration,
) -> Result<OffsetDateTime, Error> {
    let row = sqlx::query!(
        r#"update users set
            deleted_at = coalesce(deleted_at, now()), deleted_by = coalesce(deleted_by, $2),
            purge_after = now() + make_interval(secs => $3), version = version + 1, updated_at = now()
        where id = $1
        returning purge_after as "purge_after!""#,
        id,
        by,
        retention.as_secs_f64(),
    )
    .fetch_one(connection)
    .await?;
    Ok(row.purge_after)
}

/// Restores a deleted account.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_restored(connection: &mut PgConnection, id: Uuid) -> Result<(), Error> {
    sqlx::query!(
        "update users set
            deleted_at = null, deleted_by = null, purge_after = null, version = version + 1, updated_at = now()
        where id = $1",
        id,
    )
    .execute(connection)
    .await?;
    Ok(())
}
