//! Users in the order of their numbers.

use domain::{json::read_object, list::Slice, users::numbered::NumberedUser};
use sqlx::PgExecutor;

use crate::Error;

/// Lists users who are not deleted, by number. Roles are read for the listed users only, not for those that the slice skips.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_numbered(
    executor: impl PgExecutor<'_>,
    slice: Slice,
) -> Result<Vec<NumberedUser>, Error> {
    let rows = sqlx::query!(
        r#"select
            u.number as "number!", u.display_name as "display_name!", u.email as "email?",
            u.client_list as "client_list!", u.notification_preferences::text as "notification_preferences!",
            array(
                select r.name from user_roles ur join roles r on r.id = ur.role_id
                where ur.user_id = u.id order by r.rank, r.name
            ) as "roles!"
        from (
            select id, number, display_name, email, client_list, notification_preferences
            from users
            where deleted_at is null
            order by number
            offset $1 limit $2
        ) u
        order by u.number"#,
        i64::from(slice.skip),
        i64::from(slice.limit),
    )
    .fetch_all(executor)
    .await?;
    let users = rows.into_iter().map(|row| NumberedUser {
        number: row.number,
        display_name: row.display_name,
        email: row.email,
        roles: row.roles,
        client_list: row.client_list,
        notification_preferences: read_object(&row.notification_preferences),
    });
    Ok(users.collect())
}
