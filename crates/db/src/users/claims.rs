//! Names and addresses that deleted users still have.

use sqlx::PgExecutor;
use time::OffsetDateTime;

use crate::Error;

/// A name and an address that are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// The name.
    pub username: Option<&'a str>,
    /// The address.
    pub email: Option<&'a str>,
}

/// A deleted user who has a name or an address.
#[derive(Debug, Clone)]
pub struct DeletedOwner {
    /// Number of the account.
    pub number: i64,
    /// When it is removed for good.
    pub purge_after: OffsetDateTime,
    /// Whether the name is theirs.
    pub has_username: bool,
    /// Whether the address is theirs.
    pub has_email: bool,
}

/// Finds the deleted users who have a name or an address.
///
/// # Errors
/// When the database cannot be reached.
pub async fn find_deleted_owners(
    executor: impl PgExecutor<'_>,
    claim: Claim<'_>,
) -> Result<Vec<DeletedOwner>, Error> {
    Ok(sqlx::query_as!(
        DeletedOwner,
        r#"select
            number, purge_after as "purge_after!", coalesce(name_key(username) = name_key($1), false) as "has_username!",
            coalesce(name_key(email) = name_key($2), false) as "has_email!"
        from users
        where deleted_at is not null and purge_after is not null
            and (name_key(username) = name_key($1) or name_key(email) = name_key($2))"#,
        claim.username,
        claim.email,
    )
    .fetch_all(executor)
    .await?)
}
