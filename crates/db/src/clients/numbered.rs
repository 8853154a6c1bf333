//! Clients in the order of their numbers.

use domain::{clients::Client, list::Slice};
use sqlx::PgExecutor;

use crate::Error;

/// Lists clients by number.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_numbered(
    executor: impl PgExecutor<'_>,
    slice: Slice,
) -> Result<Vec<Client>, Error> {
    Ok(sqlx::query_as!(
        Client,
        "select id, name, logo_url, version, created_at, updated_at from clients order by id offset $1 limit $2",
        i64::from(slice.skip),
        i64::from(slice.limit),
    )
    .fetch_all(executor)
    .await?)
}
