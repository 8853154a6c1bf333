//! Groups by their names, and by their ids in other systems.

use sqlx::PgExecutor;
use uuid::Uuid;

use crate::Error;

/// Returns the ids of the groups with some names, in the order of these; `None` for a name that no group has.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_ids(
    executor: impl PgExecutor<'_>,
    names: &[String],
) -> Result<Vec<Option<Uuid>>, Error> {
    let rows = sqlx::query!(
        r#"select g.id as "id?" from unnest($1::text[]) with ordinality as w (name, place)
        left join groups g on name_key(g.name) = name_key(w.name)
        order by w.place"#,
        names,
    )
    .fetch_all(executor)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Returns the id of the group that a text means: its id in another system, its own id, or its name, in this order.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_meant(executor: impl PgExecutor<'_>, text: &str) -> Result<Option<Uuid>, Error> {
    Ok(sqlx::query_scalar!(
        "select id from groups where external_id = $1 or id::text = $1 or name_key(name) = name_key($1)
        order by external_id = $1 desc nulls last, id::text = $1 desc limit 1",
        text,
    )
    .fetch_optional(executor)
    .await?)
}
