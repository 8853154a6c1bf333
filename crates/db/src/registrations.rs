//! Registrations: accounts that users create themselves, pending approvals and unverified email addresses.

mod list;

use domain::{
    client_address::ClientAddress,
    users::{CreatedVia, Status},
};
use sqlx::{PgConnection, PgExecutor, types::ipnetwork::IpNetwork};
use uuid::Uuid;

pub use list::{count, list};

use crate::Error;

/// An account that a user creates.
#[derive(Debug, Clone)]
pub struct NewRegistration<'a> {
    /// Name to sign in with.
    pub username: &'a str,
    /// Full name of the user, for display.
    pub display_name: &'a str,
    /// Email address as entered. Another account may have it: that is not checked here.
    pub unverified_email: Option<&'a str>,
    /// Password hash as a PHC string.
    pub password_hash: &'a str,
    /// Initial status of the account.
    pub status: Status,
    /// Way in which the account is created.
    pub created_via: CreatedVia,
    /// The id of the user who has sent the invitation.
    pub created_by: Option<Uuid>,
    /// IP address of the client, if it is stored.
    pub from: Option<ClientAddress>,
    /// Skeleton of a username with characters outside of ASCII, for comparing its look.
    pub skeleton: Option<&'a str>,
}

/// Inserts an account. Returns its id.
///
/// # Errors
/// `users_username_key` if the username is taken.
pub async fn insert(
    connection: &mut PgConnection,
    user: &NewRegistration<'_>,
) -> Result<Uuid, Error> {
    let row = sqlx::query!(
        "insert into users (
            id, username, display_name, unverified_email, password_hash, password_changed_at, status, created_via,
            created_by, registered_from, username_skeleton, created_at, updated_at
        ) values (uuid_v7(now()), $1, $2, $3, $4, now(), $5, $6, $7, $8, $9, now(), now())
        returning id",
        user.username,
        user.display_name,
        user.unverified_email,
        user.password_hash,
        user.status.as_str(),
        user.created_via.as_str(),
        user.created_by,
        user.from.map(|address| IpNetwork::from(address.ip())),
        user.skeleton,
    )
    .fetch_one(connection)
    .await?;
    Ok(row.id)
}

/// Returns the number of pending registrations, from the totals.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn count_pending(executor: impl PgExecutor<'_>) -> Result<u64, Error> {
    let row = sqlx::query!(
        r#"select coalesce(sum(value), 0)::bigint as "waiting!" from user_totals where name = 'status:pending'"#
    )
    .fetch_one(executor)
    .await?;
    Ok(u64::try_from(row.waiting).unwrap_or_default())
}

/// Approves a pending registration and deletes the address of its client.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_approved(connection: &mut PgConnection, id: Uuid) -> Result<(), Error> {
    sqlx::query!(
        "update users set
            status = 'active', registered_from = null, approved_at = now(), version = version + 1, updated_at = now()
        where id = $1",
        id,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Returns an approved registration to pending. Its email address is unverified again, because a pending account reserves none.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_pending(connection: &mut PgConnection, id: Uuid) -> Result<(), Error> {
    sqlx::query!(
        "update users set
            status = 'pending', approved_at = null, email = null, unverified_email = coalesce(unverified_email, email),
            unverified_email_resolved_at = null, version = version + 1, updated_at = now()
        where id = $1",
        id,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// State of an account since its registration was approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SinceApproval {
    /// Whether the user has signed in, or has chosen another password.
    pub is_used: bool,
    /// Whether the account was changed. The resolution of the email address does not count.
    pub is_changed: bool,
}

/// Returns the state of an account since its approval; `None` if it is not an approved registration.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_since_approval(
    executor: impl PgExecutor<'_>,
    id: Uuid,
) -> Result<Option<SinceApproval>, Error> {
    Ok(sqlx::query_as!(
        SinceApproval,
        r#"select
            (last_login_at is not null or last_active_at is not null or coalesce(password_changed_at > approved_at, false))
                as "is_used!",
            (updated_at <> approved_at or status <> 'active' or deleted_at is not null) as "is_changed!"
        from users where id = $1 and approved_at is not null"#,
        id,
    )
    .fetch_optional(executor)
    .await?)
}

/// A rejected registration whose username is requested.
#[derive(Debug, Clone)]
pub struct RejectedOwner {
    /// The id of the account.
    pub id: Uuid,
    /// Username in its stored form.
    pub username: String,
}

/// Locks the rejected registration that holds a username, if it owns no data.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn lock_rejected(
    connection: &mut PgConnection,
    username: &str,
) -> Result<Option<RejectedOwner>, Error> {
    Ok(sqlx::query_as!(
        RejectedOwner,
        "select u.id, u.username from users u
        where name_key(u.username) = name_key($1) and u.status = 'pending' and u.deleted_at is not null
            and not exists (select from personas p where p.user_id = u.id)
            and not exists (select from annotations a where a.user_id = u.id)
            and not exists (select from conversations c where c.user_id = u.id)
        for update of u",
        username,
    )
    .fetch_optional(connection)
    .await?)
}

/// An unverified email address that a user has entered.
#[derive(Debug, Clone)]
pub struct UnverifiedEmail {
    /// The id of the account.
    pub user_id: Uuid,
    /// Name to sign in with.
    pub username: String,
    /// Current email address of the account.
    pub known_as: Option<String>,
    /// The unverified address.
    pub email: String,
}

/// Returns the next unverified address that is not resolved yet, of one user or of any, and locks the account. Only active accounts are
/// considered: a pending or suspended one takes no address from others.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn take_unverified_email(
    connection: &mut PgConnection,
    of: Option<Uuid>,
) -> Result<Option<UnverifiedEmail>, Error> {
    Ok(sqlx::query_as!(
        UnverifiedEmail,
        r#"select id as user_id, username, email as known_as, unverified_email as "email!" from users
        where unverified_email is not null and unverified_email_resolved_at is null and status = 'active' and deleted_at is null
            and ($1::uuid is null or id = $1)
        order by id limit 1 for update skip locked"#,
        of,
    )
    .fetch_optional(connection)
    .await?)
}

/// Sets an unverified address as that of the account, unless another account has it, also as its username; then it stays unverified.
/// Returns whether the address was free. `updated_at` stays, because the user can see it.
///
/// # Errors
/// `users_email_key` if another account takes the address at the same time.
pub async fn resolve(
    connection: &mut PgConnection,
    unverified: &UnverifiedEmail,
) -> Result<bool, Error> {
    let row = sqlx::query!(
        r#"update users u set
            email = case when a.free then $2 else u.email end,
            unverified_email = case when a.free then null else u.unverified_email end,
            unverified_email_resolved_at = case when a.free then null else now() end,
            version = u.version + 1
        from (
            select not exists (
                select 1 from users o where o.email is not null and name_key(o.email) = name_key($2) and o.id <> $1
            ) and not exists (
                select 1 from users o where name_key(o.username) = name_key($2) and o.id <> $1
            ) as free
        ) a
        where u.id = $1
        returning a.free as "free!""#,
        unverified.user_id,
        unverified.email,
    )
    .fetch_one(connection)
    .await?;
    Ok(row.free)
}
