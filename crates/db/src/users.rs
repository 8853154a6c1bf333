//! User accounts.

pub mod account;
mod count;
mod deleted;
mod detail;
mod filter;
pub mod linked;
mod list;
mod matching;
mod memberships;
mod name_claims;
mod named;
mod numbered;
pub mod password;
pub mod pending;
pub mod retain;
pub(crate) mod search;
mod sign_in_name;
mod unnamed;

use domain::users::{CreatedVia, Status, suspension::Suspension};
use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{Backer, Error, error::read_word};

pub use count::{Counts, UserSet, count, list_totals};
pub use deleted::{list_deleted, set_deleted, set_restored};
pub use detail::{find_detail, find_id};
pub use list::list_page;
pub use matching::list_matching;
pub use memberships::{Memberships, list_memberships};
pub use name_claims::{DeletedOwner, NameClaim, find_deleted_owners};
pub use named::{Named, find_named};
pub use numbered::list_numbered;
pub use sign_in_name::find_sign_in_name;
pub use unnamed::list_free_usernames;

/// Properties of an account that a sign-in needs.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The id of the account.
    pub id: Uuid,
    /// Username in its stored form.
    pub username: String,
    /// Full name of the user, for display.
    pub display_name: String,
    /// Email address, if one is known; an unverified one takes precedence.
    pub email: Option<String>,
    /// Whether one of the roles is that of administrators.
    pub is_admin: bool,
    /// Password hash as a PHC string; `None` if no password is set.
    pub password_hash: Option<String>,
    /// Status of the account.
    pub status: Status,
    /// The suspension in force.
    pub suspension: Option<Suspension>,
    /// Whether the suspension is over, by the clock of the database.
    pub suspension_over: bool,
    /// Whether the password is temporary: set by another user or the operator, to be changed at the next sign-in.
    pub must_change_password: bool,
    /// Account that has set the password; `None` for the operator and for the user's own.
    pub password_set_by: Option<Backer>,
    /// Time at which the password was set.
    pub password_changed_at: Option<OffsetDateTime>,
}

/// Returns the account with a username, unless it is deleted.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_credentials(
    executor: impl PgExecutor<'_>,
    username: &str,
) -> Result<Option<Credentials>, Error> {
    let row = sqlx::query!(
        r#"select
            u.id, u.username, u.display_name, coalesce(u.unverified_email, u.email) as email, u.password_hash, u.status,
            u.suspended_reason, u.suspended_until, u.suspended_reason_visible,
            u.must_change_password, u.password_set_by, u.password_set_with, u.password_changed_at,
            coalesce(u.suspended_until <= now(), false) as "suspension_over!",
            exists (select from admins where user_id = u.id) as "is_admin!"
        from users u
        where name_key(u.username) = name_key($1) and u.deleted_at is null"#,
        username,
    )
    .fetch_optional(executor)
    .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let status: Status = read_word(&row.status)?;
    Ok(Some(Credentials {
        id: row.id,
        username: row.username,
        display_name: row.display_name,
        email: row.email,
        is_admin: row.is_admin,
        password_hash: row.password_hash,
        status,
        suspension: (status == Status::Suspended).then_some(Suspension {
            reason: row.suspended_reason,
            until: row.suspended_until,
            show_reason: row.suspended_reason_visible,
            by: None,
        }),
        suspension_over: row.suspension_over,
        must_change_password: row.must_change_password,
        password_set_by: Backer::of(row.password_set_by, row.password_set_with),
        password_changed_at: row.password_changed_at,
    }))
}

/// Returns the form in which usernames are compared: two with the same form are the same account.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn fold_username(executor: impl PgExecutor<'_>, username: &str) -> Result<String, Error> {
    let row = sqlx::query!(r#"select name_key($1) as "folded!""#, username)
        .fetch_one(executor)
        .await?;
    Ok(row.folded)
}

/// Lists the hashes of the temporary passwords that an account has had lately, the latest first.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_known_passwords(
    executor: impl PgExecutor<'_>,
    id: Uuid,
) -> Result<Vec<String>, Error> {
    let hashes = sqlx::query_scalar!(
        r#"select
            case when must_change_password and password_hash <> all(known_password_hashes)
                then password_hash || known_password_hashes else known_password_hashes end as "hashes!"
        from users where id = $1"#,
        id,
    )
    .fetch_optional(executor)
    .await?;
    Ok(hashes.unwrap_or_default())
}

/// Replaces a password hash by one of the same password with the current parameters, unless it was changed meanwhile.
///
/// # Errors
/// Fails if the database cannot be reached.
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

/// Stores the time of a sign-in, unless the account was suspended, deleted or given another password since the password check. Those
/// changes lock the same row, so that no session is created beside them. Returns whether the sign-in can proceed.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_last_login(
    connection: &mut PgConnection,
    id: Uuid,
    password_changed_at: Option<OffsetDateTime>,
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "update users set last_login_at = now(), last_active_at = now()
        where id = $1 and status = 'active' and deleted_at is null and password_changed_at is not distinct from $2",
        id,
        password_changed_at,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Returns whether an admin who can sign in exists.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn admin_exists(executor: impl PgExecutor<'_>) -> Result<bool, Error> {
    let row = sqlx::query!(r#"select exists (select 1 from active_admins) as "exists!""#)
        .fetch_one(executor)
        .await?;
    Ok(row.exists)
}

/// Locks out other transactions that decide about the number of admins, until this one ends.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn lock_admins(connection: &mut PgConnection) -> Result<(), Error> {
    sqlx::query!("select pg_advisory_xact_lock(hashtext('rollcall.admins'))")
        .execute(connection)
        .await?;
    Ok(())
}

/// An account to insert.
#[derive(Debug, Clone)]
pub struct NewUser<'a> {
    /// Name to sign in with.
    pub username: &'a str,
    /// Full name of the user, for display.
    pub display_name: &'a str,
    /// Email address, if one is known.
    pub email: Option<&'a str>,
    /// Password hash as a PHC string.
    pub password_hash: Option<&'a str>,
    /// Whether the password has to be changed at the first sign-in.
    pub must_change_password: bool,
    /// Way in which the account is created.
    pub created_via: CreatedVia,
    /// Account that creates it; `None` for the operator.
    pub created_by: Option<Backer>,
    /// Skeleton of a username with characters outside of ASCII, for comparing its look.
    pub skeleton: Option<&'a str>,
}

/// Locks out other transactions that take a username of this look, until this one ends.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn lock_look(connection: &mut PgConnection, look: &str) -> Result<(), Error> {
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtext('rollcall.looks'), hashtext($1))",
        look
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Returns whether another account's username looks like this one. Two names in ASCII never count as alike: there are too many such pairs,
/// and readers can distinguish their letters. An equal name is left to the unique constraint.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn has_lookalike(
    connection: &mut PgConnection,
    username: &str,
    look: &str,
    is_plain: bool,
) -> Result<bool, Error> {
    Ok(sqlx::query_scalar!(
        r#"select exists (
            select from users
            where coalesce(username_skeleton, skeleton_of(username)) = $1 and (not $2 or username_skeleton is not null)
                and name_key(username) <> name_key($3)
        ) as "exists!""#,
        look,
        is_plain,
        username,
    )
    .fetch_one(connection)
    .await?)
}

/// Inserts an active account. Returns its id.
///
/// # Errors
/// `users_username_key` or `users_email_key` if the username or the address is taken.
pub async fn insert(connection: &mut PgConnection, user: &NewUser<'_>) -> Result<Uuid, Error> {
    let (created_by, created_with) = Backer::columns(user.created_by);
    let row = sqlx::query!(
        "insert into users (
            id, username, display_name, email, password_hash, password_changed_at, must_change_password, password_set_by,
            password_set_with, known_password_hashes, created_via, created_by, username_skeleton, created_at, updated_at
        ) values (
            uuid_v7(now()), $1, $2, $3, $4, case when $4::text is null then null else now() end, $5,
            case when $5 then $7::uuid end, case when $5 then $9::uuid end,
            case when $5 then array[$4::text] else '{}' end, $6, $7, $8, now(), now()
        ) returning id",
        user.username,
        user.display_name,
        user.email,
        user.password_hash,
        user.must_change_password,
        user.created_via.as_str(),
        created_by,
        user.skeleton,
        created_with,
    )
    .fetch_one(connection)
    .await?;
    Ok(row.id)
}
