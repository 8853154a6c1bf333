//! Usernames of users who sign in with an email address.

use sqlx::PgExecutor;

use crate::Error;

/// Returns the username of the owner of a verified email address. Without an owner it is that of the one user who has only entered the
/// address; None if there are several, or if the text is itself a username.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_sign_in_name(
    executor: impl PgExecutor<'_>,
    email: &str,
) -> Result<Option<String>, Error> {
    if !email.contains('@') {
        return Ok(None);
    }
    let names = sqlx::query_scalar!(
        r#"with named as (
            select 1 from users where name_key(username) = name_key($1) and deleted_at is null
        ),
        verified as (
            select username from users
            where email is not null and name_key(email) = name_key($1) and deleted_at is null
        ),
        entered as (
            select username from users
            where unverified_email is not null and name_key(unverified_email) = name_key($1) and deleted_at is null
            limit 2
        )
        select username as "username!" from verified
        union all
        select username from entered where not exists (select from named) and not exists (select from verified)"#,
        email,
    );
    let mut names = names.fetch_all(executor).await?;
    Ok(names.pop().filter(|_| names.is_empty()))
}
