//! Groups by their names.

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
