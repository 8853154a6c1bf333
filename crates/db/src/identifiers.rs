//! Identifiers of users in other systems.

mod list;

use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::Error;

pub use list::{find_username, list_users};

/// Returns the id of the user with an identifier; `None` if there is no such user, or the user is deleted.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_user(
    executor: impl PgExecutor<'_>,
    namespace: &str,
    value: &str,
) -> Result<Option<Uuid>, Error> {
    Ok(sqlx::query_scalar!(
        "select u.id from user_identifiers i join users u on u.id = i.user_id
        where i.namespace = $1 and i.value = $2 and u.deleted_at is null",
        namespace,
        value,
    )
    .fetch_optional(executor)
    .await?)
}

/// Returns the identifier of a user in a namespace.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find(
    executor: impl PgExecutor<'_>,
    user_id: Uuid,
    namespace: &str,
) -> Result<Option<String>, Error> {
    Ok(sqlx::query_scalar!(
        "select value from user_identifiers where user_id = $1 and namespace = $2",
        user_id,
        namespace,
    )
    .fetch_optional(executor)
    .await?)
}

/// Sets the identifier of a user in a namespace.
///
/// # Errors
/// `user_identifiers_value_key` if another user has it.
pub async fn set(
    connection: &mut PgConnection,
    user_id: Uuid,
    namespace: &str,
    value: &str,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into user_identifiers (id, user_id, namespace, value) values (uuid_v7(now()), $1, $2, $3)
        on conflict on constraint user_identifiers_user_id_key do update set value = excluded.value",
        user_id,
        namespace,
        value,
    )
    .execute(connection)
    .await?;
    Ok(())
}
