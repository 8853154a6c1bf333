//! Models that users can use.

use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::Error;

/// Returns the models that a user can use; `None` for all.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find(executor: impl PgExecutor<'_>, user: Uuid) -> Result<Option<Vec<String>>, Error> {
    Ok(
        sqlx::query_scalar!("select models from allowed_models where user_id = $1", user)
            .fetch_optional(executor)
            .await?,
    )
}

/// Stores the models that a user can use.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set(
    connection: &mut PgConnection,
    user: Uuid,
    models: &[String],
) -> Result<(), Error> {
    sqlx::query!(
        "insert into allowed_models (user_id, models) values ($1, $2)
        on conflict (user_id) do update set models = excluded.models, updated_at = now()",
        user,
        models,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Deletes the list of a user, who can use all models then.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn delete(connection: &mut PgConnection, user: Uuid) -> Result<(), Error> {
    sqlx::query!("delete from allowed_models where user_id = $1", user)
        .execute(connection)
        .await?;
    Ok(())
}
