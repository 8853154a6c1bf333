//! Groups and clients of listed users, by their names.

use sqlx::PgExecutor;
use uuid::Uuid;

use crate::Error;

/// Groups and clients of a user: the first names, and the number of all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memberships {
    /// The id of the user.
    pub user_id: Uuid,
    /// Names of the first groups.
    pub groups: Vec<String>,
    /// Number of groups.
    pub group_count: i64,
    /// Names of the first clients in the user's list; `#7` for a number without a client.
    pub clients: Vec<String>,
    /// Number of clients in the list.
    pub client_count: i32,
}

/// Lists the groups and clients of some users, at most `most` names of each.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_memberships(
    executor: impl PgExecutor<'_>,
    ids: &[Uuid],
    most: i64,
) -> Result<Vec<Memberships>, Error> {
    Ok(sqlx::query_as!(
        Memberships,
        r#"select
            u.id as user_id,
            array(
                select g.name from group_members m join groups g on g.id = m.group_id
                where m.user_id = u.id order by g.name collate "und-x-icu" limit $2
            ) as "groups!",
            (select count(*) from group_members m where m.user_id = u.id) as "group_count!",
            array(
                select coalesce(c.name, '#' || w.id)
                from unnest(u.client_list) with ordinality as w (id, place) left join clients c on c.id = w.id
                order by w.place limit $2
            ) as "clients!",
            cardinality(u.client_list) as "client_count!"
        from users u where u.id = any($1)"#,
        ids,
        most,
    )
    .fetch_all(executor)
    .await?)
}
