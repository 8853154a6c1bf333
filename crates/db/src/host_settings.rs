//! Settings of the host application that have no meaning here.

use sqlx::{PgConnection, PgExecutor};

use crate::Error;

/// Returns the settings in a namespace as JSON text; `None` if nothing is stored.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find(executor: impl PgExecutor<'_>, namespace: &str) -> Result<Option<String>, Error> {
    Ok(sqlx::query_scalar!(
        r#"select data::text as "data!" from host_settings where namespace = $1"#,
        namespace,
    )
    .fetch_optional(executor)
    .await?)
}

/// Returns the settings in a namespace as [`find`] does, and locks them until the transaction ends. A namespace without any gets an empty
/// object.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn lock(connection: &mut PgConnection, namespace: &str) -> Result<String, Error> {
    sqlx::query!(
        "insert into host_settings (namespace, data) values ($1, '{}') on conflict (namespace) do nothing",
        namespace,
    )
    .execute(&mut *connection)
    .await?;
    Ok(sqlx::query_scalar!(
        r#"select data::text as "data!" from host_settings where namespace = $1 for update"#,
        namespace,
    )
    .fetch_one(connection)
    .await?)
}

/// Sets the settings in a namespace that are locked, an object as JSON text.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set(connection: &mut PgConnection, namespace: &str, data: &str) -> Result<(), Error> {
    sqlx::query!(
        "update host_settings set data = $2::text::jsonb, updated_at = now() where namespace = $1",
        namespace,
        data,
    )
    .execute(connection)
    .await?;
    Ok(())
}
