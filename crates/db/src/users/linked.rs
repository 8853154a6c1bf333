//! Users by their ids, with their groups and their data in another system.

use domain::users::UserSummary;
use sqlx::{PgConnection, PgExecutor, Postgres, QueryBuilder};
use uuid::Uuid;

use super::list::{COLUMNS, summary};
use crate::Error;

/// A group of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupOf {
    /// The id of the user.
    pub user_id: Uuid,
    /// The id of the group.
    pub group_id: Uuid,
    /// Name of the group.
    pub name: String,
}

/// Data of a user in another system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataOf {
    /// The id of the user.
    pub user_id: Uuid,
    /// Object as JSON text.
    pub data: String,
}

/// Email address that a pending user has entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnteredEmail {
    /// The id of the user.
    pub user_id: Uuid,
    /// The unverified address.
    pub email: String,
}

/// Lists the users with some ids who are not deleted, the first created first.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_by_ids(
    connection: &mut PgConnection,
    ids: &[Uuid],
) -> Result<Vec<UserSummary>, Error> {
    let roles = crate::roles::list(&mut *connection).await?;
    let mut sql: QueryBuilder<Postgres> = QueryBuilder::new(format!(
        "select {COLUMNS} from users u join user_stats s on s.user_id = u.id join user_spend p on p.user_id = u.id
        where u.deleted_at is null and u.id = any("
    ));
    sql.push_bind(ids.to_vec()).push(") order by u.id");
    let rows = sql.build().fetch_all(connection).await?;
    let users = rows.iter().map(|row| summary(row, &roles));
    Ok(users.collect::<Result<_, _>>()?)
}

/// Lists the groups of some users by name.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_groups_of(
    executor: impl PgExecutor<'_>,
    ids: &[Uuid],
) -> Result<Vec<GroupOf>, Error> {
    Ok(sqlx::query_as!(
        GroupOf,
        r#"select m.user_id, g.id as group_id, g.name
        from group_members m join groups g on g.id = m.group_id
        where m.user_id = any($1)
        order by g.name collate "und-x-icu", g.id"#,
        ids,
    )
    .fetch_all(executor)
    .await?)
}

/// Lists what some users have stored in a namespace.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_data_of(
    executor: impl PgExecutor<'_>,
    ids: &[Uuid],
    namespace: &str,
) -> Result<Vec<DataOf>, Error> {
    Ok(sqlx::query_as!(
        DataOf,
        r#"select user_id, data::text as "data!" from user_extensions where user_id = any($1) and namespace = $2"#,
        ids,
        namespace,
    )
    .fetch_all(executor)
    .await?)
}

/// Lists the unverified addresses of those of some users who are pending. One that another user has, also as a username, is left out: it
/// would pass for that user's.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_entered_emails(
    executor: impl PgExecutor<'_>,
    ids: &[Uuid],
) -> Result<Vec<EnteredEmail>, Error> {
    Ok(sqlx::query_as!(
        EnteredEmail,
        r#"select u.id as user_id, u.unverified_email as "email!"
        from users u
        where u.id = any($1) and u.status = 'pending' and u.email is null and u.unverified_email is not null
            and not exists (
                select from users o where o.email is not null and name_key(o.email) = name_key(u.unverified_email)
            )
            and not exists (
                select from users o where name_key(o.username) = name_key(u.unverified_email) and o.id <> u.id
            )"#,
        ids,
    )
    .fetch_all(executor)
    .await?)
}
