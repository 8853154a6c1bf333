//! Lists of users with their identifiers in other systems, and usernames by identifiers.

use domain::{
    identifiers::{IdentifiedFilter, IdentifiedUser},
    users::UserId,
};
use sqlx::PgExecutor;
use uuid::Uuid;

use crate::{Error, error::read_word};

/// Returns the username of the user with an identifier; `None` if there is no such user, or the user is deleted.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_username(
    executor: impl PgExecutor<'_>,
    namespace: &str,
    value: &str,
) -> Result<Option<String>, Error> {
    Ok(sqlx::query_scalar!(
        "select u.username from user_identifiers i join users u on u.id = i.user_id
        where i.namespace = $1 and i.value = $2 and u.deleted_at is null",
        namespace,
        value,
    )
    .fetch_optional(executor)
    .await?)
}

/// Lists a number of users after an id, in the order of their ids, each once for each identifier, and once without one.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_users(
    executor: impl PgExecutor<'_>,
    filter: &IdentifiedFilter,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<IdentifiedUser>, Error> {
    let rows = sqlx::query!(
        r#"select
            u.id as "id!", u.username as "username!", u.display_name as "display_name!", u.status as "status!",
            u.is_admin as "is_admin!",
            (
                select r.name from user_roles ur join roles r on r.id = ur.role_id
                where ur.user_id = u.id order by r.rank, r.name limit 1
            ) as "role?",
            i.namespace as "namespace?", i.value as "value?"
        from (
            select id, username, display_name, status, is_admin
            from (
                select id, username, display_name, status, exists (select from admins where user_id = users.id) as is_admin
                from users
                where deleted_at is null
                    and ($2::uuid is null or id = $2)
                    and ($3::uuid is null or id > $3)
                    and (
                        $7::text[] = '{}'
                        or exists (select from user_identifiers n where n.user_id = users.id and n.namespace = any($7))
                    )
            ) known
            where ($4::boolean is null or is_admin = $4)
                and ($5::boolean is null or (status = 'suspended') = $5)
            order by id
            limit $6
        ) u
        left join user_identifiers i on i.user_id = u.id and starts_with(i.namespace, $1)
        order by u.id, i.namespace"#,
        filter.prefix.as_str(),
        filter.user,
        after,
        filter.is_admin,
        filter.is_suspended,
        limit,
        filter.namespaces.as_slice(),
    )
    .fetch_all(executor)
    .await?;
    let mut users = Vec::with_capacity(rows.len());
    for row in rows {
        users.push(IdentifiedUser {
            id: UserId(row.id),
            username: row.username,
            display_name: row.display_name,
            is_admin: row.is_admin,
            status: read_word(&row.status)?,
            role: row.role,
            identifier: row.namespace.zip(row.value),
        });
    }
    Ok(users)
}
