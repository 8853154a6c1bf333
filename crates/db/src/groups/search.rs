//! Search among the members of a group.

use domain::{groups::GroupMember, list::UnfilteredQuery, users::UserId};
use sqlx::{PgExecutor, Postgres, QueryBuilder, Row};
use uuid::Uuid;

use crate::{
    Error,
    error::read_word,
    keyset::{self, Column, Keyset},
};

/// Text in the username or the name of members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemberText<'a> {
    /// The text.
    pub text: &'a str,
    /// Whether it is searched in email addresses, too.
    pub in_email: bool,
}

/// Lists the members of a page that have a text, in the order of their ids. Without a text, all members match. The flag is true if there
/// are more in the direction of reading.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_page(
    executor: impl PgExecutor<'_>,
    group_id: Uuid,
    text: Option<MemberText<'_>>,
    query: &UnfilteredQuery,
) -> Result<(Vec<GroupMember>, bool), Error> {
    let mut sql = QueryBuilder::new(
        "select m.user_id, u.username, u.display_name, u.status, m.is_manager, allows_password_link(m) as password_links, m.added_at,
            (select a.username from users a where a.id = m.added_by) as added_by
        from group_members m join users u on u.id = m.user_id and u.deleted_at is null
        where m.group_id = ",
    );
    sql.push_bind(group_id);
    push_text(&mut sql, text);
    let page = Keyset::new(Column::id("m.user_id"), false, &query.position, query.limit);
    page.push(&mut sql);
    let rows = sql.build().persistent(false).fetch_all(executor).await?;
    page.read(&rows, |row| {
        Ok(GroupMember {
            id: UserId(row.try_get("user_id")?),
            username: row.try_get("username")?,
            display_name: row.try_get("display_name")?,
            status: read_word(row.try_get("status")?)?,
            is_manager: row.try_get("is_manager")?,
            password_links: row.try_get("password_links")?,
            added_by: row.try_get("added_by")?,
            added_at: row.try_get("added_at")?,
        })
    })
}

/// Counts the members that have a text, up to one more than [`EXACT_TOTAL_MAX`](domain::list::EXACT_TOTAL_MAX).
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn count(
    executor: impl PgExecutor<'_>,
    group_id: Uuid,
    text: MemberText<'_>,
) -> Result<u64, Error> {
    let mut sql = keyset::counting("group_members m where m.group_id = ");
    sql.push_bind(group_id);
    push_text(&mut sql, Some(text));
    keyset::count(executor, sql).await
}

fn push_text(sql: &mut QueryBuilder<Postgres>, text: Option<MemberText<'_>>) {
    let Some(MemberText { text, in_email }) = text else {
        return;
    };
    // The lines of the searched text: username, name, email address. A search text has no line break.
    let searched = if in_email {
        "x.search"
    } else {
        r"split_part(x.search, E'\n', 1) || E'\n' || split_part(x.search, E'\n', 2)"
    };
    sql.push(format!(
        " and exists (
            select from user_search x
            where x.user_id = m.user_id and not x.deleted and strpos({searched}, search_fold("
    ))
    .push_bind(text.to_owned())
    .push("::text)) > 0)");
}
