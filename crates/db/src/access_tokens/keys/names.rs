//! Names of the owners and groups of virtual keys in another system.

use sqlx::PgExecutor;
use uuid::Uuid;

use crate::Error;

/// Names of the owner and of the group of a key in another system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyNames {
    /// The id of the key.
    pub id: Uuid,
    /// Identifier of the owner in the namespace of the system, or the id.
    pub owner: String,
    /// The id of the group: the external one, or the own one; `None` without a group.
    pub group: Option<String>,
}

/// Returns the names of the owners and groups of keys in a namespace. There is none for an id without a key.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_names(
    executor: impl PgExecutor<'_>,
    namespace: &str,
    ids: &[Uuid],
) -> Result<Vec<KeyNames>, Error> {
    Ok(sqlx::query_as!(
        KeyNames,
        r#"select
            t.id as "id!", coalesce(i.value, t.user_id::text) as "owner!",
            coalesce(g.external_id, g.id::text) as "group?"
        from access_tokens t
        left join user_identifiers i on i.user_id = t.user_id and i.namespace = $1
        left join groups g on g.id = t.group_id
        where t.id = any($2)"#,
        namespace,
        ids,
    )
    .fetch_all(executor)
    .await?)
}
