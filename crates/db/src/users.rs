//! Accounts.

pub mod account;
mod bin;
pub mod change;
mod claims;
mod count;
mod detail;
mod filter;
mod list;
mod search;

use domain::users::{CreatedVia, Status, suspension::Suspension};
use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{Backer, Error};

pub use bin::list_bin;
pub use claims::{Claim, DeletedOwner, find_deleted_owners};
pub use count::{Counts, Of, count, list_totals};
pub use detail::{find_detail, find_id};
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
    /// The suspension in force.
    pub suspension: Option<Suspension>,
    /// Whether it is over, by the database's clock.
    pub suspension_over: bool,
    /// Whether somebody else has chosen the password.
    pub must_change_password: bool,
    /// Who, if they have an account.
    pub password_set_by: Option<Backer>,
    /// When the password was set.
    pub password_changed_at: Option<OffsetDateTime>,
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
        r#"select
            u.id, u.username, u.display_name, coalesce(u.claimed_email, u.email) as email, u.password_hash, u.status, s.roles,
            u.suspended_reason, u.suspended_until, u.suspended_reason_told,
            u.must_change_password, u.password_set_by, u.password_set_with, u.password_changed_at,
            coalesce(u.suspended_until <= now(), false) as "suspension_over!"
        from users u join user_stats s on s.user_id = u.id
        where name_key(u.username) = name_key($1) and u.deleted_at is null"#,
        username,
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|row| {
        // The schema allows no other word.
        let status = row.status.parse().unwrap_or(Status::Suspended);
        Credentials {
            id: row.id,
            username: row.username,
            display_name: row.display_name,
            email: row.email,
            roles: row.roles,
            password_hash: row.password_hash,
            status,
            suspension: (status == Status::Suspended).then_some(Suspension {
                reason: row.suspended_reason,
                until: row.suspended_until,
                tell_reason: row.suspended_reason_told,
                by: None,
            }),
            suspension_over: row.suspension_over,
            must_change_password: row.must_change_password,
            password_set_by: Backer::of(row.password_set_by, row.password_set_with),
            password_changed_at: row.password_changed_at,
        }
    }))
}

/// Returns a username as names are compared: two that come out alike are the same account.
///
/// # Errors
/// When the database cannot be reached.
pub async fn fold_username(executor: impl PgExecutor<'_>, username: &str) -> Result<String, Error> {
    let row = sqlx::query!(r#"select name_key($1) as "folded!""#, username)
        .fetch_one(executor)
        .await?;
    Ok(row.folded)
}

/// Hashes of the passwords of an account that somebody else has chosen lately, the latest first.
///
/// # Errors
/// When the database cannot be reached.
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

/// Notes a sign-in, unless the account was suspended, deleted or given another password since the one that was typed was
/// found right. Whoever does that holds the same row, so that no session slips through. Returns whether it may go on.
///
/// # Errors
/// When the database cannot be reached.
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

/// Whether there is an admin who can sign in.
///
/// # Errors
/// When the database cannot be reached.
pub async fn admin_exists(executor: impl PgExecutor<'_>) -> Result<bool, Error> {
    let row = sqlx::query!(r#"select exists (select 1 from able_admins) as "exists!""#)
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
    /// Whether the password has to be changed at the first sign-in.
    pub must_change_password: bool,
    /// How it comes to be.
    pub created_via: CreatedVia,
    /// Who makes it.
    pub created_by: Option<Backer>,
    /// The skeleton of a name outside of ASCII.
    pub skeleton: Option<&'a str>,
}

/// Lets one transaction at a time take a username of this look.
///
/// # Errors
/// When the database cannot be reached.
pub async fn lock_look(connection: &mut PgConnection, look: &str) -> Result<(), Error> {
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtext('rollcall.looks'), hashtext($1))",
        look
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Whether an account has another name that looks like this one. Two names in ASCII never look alike here: there are too many
/// such pairs, and readers tell their letters apart. A name that is the same is for the constraint to say.
///
/// # Errors
/// When the database cannot be reached.
pub async fn has_lookalike(
    connection: &mut PgConnection,
    username: &str,
    look: &str,
    is_plain: bool,
) -> Result<bool, Error> {
    Ok(sqlx::query_scalar!(
        r#"select exists (
            select from users
            where coalesce(username_skeleton, look_of(username)) = $1 and (not $2 or username_skeleton is not null)
                and name_key(username) <> name_key($3)
        ) as "exists!""#,
        look,
        is_plain,
        username,
    )
    .fetch_one(connection)
    .await?)
}

/// Makes an active account. Its id is returned.
///
/// # Errors
/// `users_username_key` or `users_email_key` when the name or address is taken.
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
