//! Passwords of accounts. The version of the account stays: [`set_fields`](super::account::set_fields) increments it, once
//! for a change of both.

use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::{Backer, Error};

/// Maximum number of temporary password hashes stored for one account. Each makes choosing a password slower by one hash.
const KNOWN_MAX: i32 = 5;

/// Sets a password that the user has chosen.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_password(
    connection: &mut PgConnection,
    id: Uuid,
    hash: &str,
) -> Result<(), Error> {
    set_lasting_password(connection, id, hash, None).await
}

/// Sets a lasting password, chosen by another user or, for `None`, by the operator or by the user.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_lasting_password(
    connection: &mut PgConnection,
    id: Uuid,
    hash: &str,
    by: Option<Backer>,
) -> Result<(), Error> {
    let (set_by, set_with) = Backer::columns(by);
    sqlx::query!(
        "update users set
            password_hash = $2, must_change_password = false, password_set_by = $3,
            password_set_with = $4, password_changed_at = now()
        where id = $1",
        id,
        hash,
        set_by,
        set_with,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Sets a temporary password, chosen by another user or, for `None`, by the operator. Its hash is stored beside those of the latest
/// temporary ones.
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

/// Returns the other user who has set the lasting password of an account. None for the operator, and for a password that is temporary or
/// the user's own.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_lasting_backer(
    executor: impl PgExecutor<'_>,
    id: Uuid,
) -> Result<Option<Backer>, Error> {
    let row = sqlx::query!(
        "select password_set_by, password_set_with from users
        where id = $1 and not must_change_password and password_hash is not null",
        id,
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.and_then(|row| Backer::of(row.password_set_by, row.password_set_with)))
}

/// Users whose lasting passwords are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastingOf<'a> {
    /// Those with a role.
    Role(Uuid),
    /// Those with some ids.
    Users(&'a [Uuid]),
}

/// Returns the ids and usernames of users with a lasting password that another user has set, and locks their rows until the transaction
/// ends.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn lock_lasting(
    connection: &mut PgConnection,
    of: LastingOf<'_>,
) -> Result<Vec<(Uuid, String)>, Error> {
    let (role, ids) = match of {
        LastingOf::Role(role) => (Some(role), &[][..]),
        LastingOf::Users(ids) => (None, ids),
    };
    let rows = sqlx::query!(
        "select u.id, u.username from users u
        where u.password_set_by is not null and not u.must_change_password and u.password_hash is not null
            and (u.id = any($2) or u.id in (select r.user_id from user_roles r where r.role_id = $1))
        order by u.id
        for no key update of u",
        role,
        ids,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.username)).collect())
}

/// Clears the password of an account.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn clear_password(executor: impl PgExecutor<'_>, id: Uuid) -> Result<(), Error> {
    sqlx::query!(
        "update users set
            password_hash = null, password_set_by = null, password_set_with = null, password_changed_at = now()
        where id = $1",
        id,
    )
    .execute(executor)
    .await?;
    Ok(())
}
