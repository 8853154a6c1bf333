//! Usernames that no account has.

use sqlx::PgExecutor;

use crate::Error;

/// Lists the first of some usernames that no account has, deleted or not, in their order.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_free_usernames(
    executor: impl PgExecutor<'_>,
    candidates: &[String],
    most: i64,
) -> Result<Vec<String>, Error> {
    Ok(sqlx::query_scalar!(
        r#"select c.name as "name!" from unnest($1::text[]) with ordinality as c (name, position)
        where not exists (select from users u where name_key(u.username) = name_key(c.name))
        order by c.position limit $2"#,
        candidates,
        most,
    )
    .fetch_all(executor)
    .await?)
}
