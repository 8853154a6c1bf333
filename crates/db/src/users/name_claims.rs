//! Usernames and email addresses that deleted users still hold.

use sqlx::PgExecutor;
use time::OffsetDateTime;

use crate::Error;

/// A requested username and email address.
#[derive(Debug, Clone, Copy)]
pub struct NameClaim<'a> {
    /// Requested username.
    pub username: Option<&'a str>,
    /// Requested email address.
    pub email: Option<&'a str>,
}

/// A deleted user who holds a requested username or address.
#[derive(Debug, Clone)]
pub struct DeletedOwner {
    /// Number of the user.
    pub number: i64,
    /// Time after which the user is purged.
    pub purge_after: OffsetDateTime,
    /// Whether the user holds the username, as username or as address.
    pub has_username: bool,
    /// Whether the user holds the address, as address or as username.
    pub has_email: bool,
}

/// Finds the deleted users who hold a username or an address.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_deleted_owners(
    executor: impl PgExecutor<'_>,
    claim: NameClaim<'_>,
) -> Result<Vec<DeletedOwner>, Error> {
    Ok(sqlx::query_as!(
        DeletedOwner,
        r#"select
            number, purge_after as "purge_after!",
            coalesce(name_key(username) = name_key($1) or name_key(email) = name_key($1), false) as "has_username!",
            coalesce(name_key(username) = name_key($2) or name_key(email) = name_key($2), false) as "has_email!"
        from users
        where deleted_at is not null and purge_after is not null
            and (name_key(username) in (name_key($1), name_key($2)) or name_key(email) in (name_key($1), name_key($2)))"#,
        claim.username,
        claim.email,
    )
    .fetch_all(executor)
    .await?)
}
