//! Data of users in other systems that has no column here.

use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::Error;

/// Returns the data of a user in a namespace as JSON text, which is that of an empty object if nothing is stored; `None` if there is no
/// such user.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find(
    executor: impl PgExecutor<'_>,
    user_id: Uuid,
    namespace: &str,
) -> Result<Option<String>, Error> {
    Ok(sqlx::query_scalar!(
        r#"select coalesce(e.data, '{}')::text as "data!"
        from users u left join user_extensions e on e.user_id = u.id and e.namespace = $2
        where u.id = $1"#,
        user_id,
        namespace,
    )
    .fetch_optional(executor)
    .await?)
}

/// Sets the data of a user in a namespace, an object as JSON text.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set(
    connection: &mut PgConnection,
    user_id: Uuid,
    namespace: &str,
    data: &str,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into user_extensions (id, user_id, namespace, data) values (uuid_v7(now()), $1, $2, $3::text::jsonb)
        on conflict on constraint user_extensions_user_id_key do update set data = excluded.data, updated_at = now()",
        user_id,
        namespace,
        data,
    )
    .execute(connection)
    .await?;
    Ok(())
}
