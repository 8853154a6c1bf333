//! Roles by name, and limits by id.

use domain::limits::Limit;
use sqlx::{PgExecutor, QueryBuilder};
use uuid::Uuid;

use super::{COLUMNS, read};
use crate::Error;

/// Returns the id of the role with a name in lower case.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_role(executor: impl PgExecutor<'_>, name: &str) -> Result<Option<Uuid>, Error> {
    Ok(
        sqlx::query_scalar!("select id from roles where name = $1", name)
            .fetch_optional(executor)
            .await?,
    )
}

/// Lists the limits with some ids, in no particular order.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_by_ids(
    executor: impl PgExecutor<'_>,
    ids: &[Uuid],
) -> Result<Vec<Limit>, Error> {
    let mut sql = QueryBuilder::new(format!("select {COLUMNS} from limits l where l.id = any("));
    sql.push_bind(ids.to_vec()).push(")");
    let rows = sql.build().fetch_all(executor).await?;
    Ok(rows.iter().map(read).collect::<Result<_, sqlx::Error>>()?)
}
