//! What the frame of each page shows.

use sqlx::PgExecutor;
use uuid::Uuid;

use crate::Error;

/// What the frame of the pages of a user shows.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Number of pending registrations.
    pub pending_registrations: u64,
    /// Whether the user manages a group.
    pub manages_groups: bool,
    /// Names and labels of the roles that have a label.
    pub role_labels: Vec<(String, String)>,
}

/// Reads what the frame of a user's pages shows, with the labels of all roles, or of those with some names: at most `most`, the most
/// powerful first.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find(
    executor: impl PgExecutor<'_>,
    user: Uuid,
    roles: Option<&[String]>,
    most: i64,
) -> Result<Frame, Error> {
    let row = sqlx::query!(
        r#"with labelled as (
            select r.name, r.label, row_number() over (order by r.rank, r.name) as position
            from roles r
            where r.label is not null and ($2 or r.name = any($3))
            order by r.rank, r.name limit $4
        )
        select
            (
                select coalesce(sum(value), 0)::bigint from user_totals where name = 'status:pending'
            ) as "pending!",
            exists (select from group_members m where m.user_id = $1 and m.is_manager) as "manages!",
            array(select l.name from labelled l order by l.position) as "names!",
            array(select l.label from labelled l order by l.position) as "labels!""#,
        user,
        roles.is_none(),
        roles.unwrap_or_default(),
        most,
    )
    .fetch_one(executor)
    .await?;
    Ok(Frame {
        pending_registrations: u64::try_from(row.pending).unwrap_or_default(),
        manages_groups: row.manages,
        role_labels: row.names.into_iter().zip(row.labels).collect(),
    })
}
