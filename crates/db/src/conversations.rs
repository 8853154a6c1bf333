//! Conversations of users and their messages. Storing them is in [`write`], lists of messages are in [`messages`], their
//! words in [`search`].

pub mod messages;
pub mod search;
pub mod write;

use domain::{
    conversations::{
        Conversation, ConversationFilter, ConversationQuery, ConversationSortKey,
        ConversationTotals, FeedbackFilter,
    },
    list::{Cursor, EXACT_TOTAL_MAX},
    money::Money,
};
use sqlx::{PgConnection, PgExecutor, Postgres, QueryBuilder, Row, postgres::PgRow};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Error,
    keyset::{self, Column, Keyset, Value},
};

const COLUMNS: &str = "
    c.id, c.user_id, u.username, c.external_id, c.branch, c.name, c.started_at, c.modified_at, c.messages, c.tokens_in,
    c.tokens_out, c.cost_nanos, c.has_feedback, c.likes, c.dislikes";

/// Conditions on conversations, with the names in them resolved.
#[derive(Debug, Clone, Copy)]
pub struct ConversationConditions<'a> {
    /// Conditions.
    pub filter: &'a ConversationFilter,
    /// The id of the user.
    pub user: Option<Uuid>,
    /// Names of the branches that match.
    pub branches: Option<&'a [String]>,
    /// The ids of the conversations whose messages match.
    pub ids: Option<&'a [Uuid]>,
    /// Time to which ages refer.
    pub now: OffsetDateTime,
}

impl ConversationConditions<'_> {
    fn push(&self, sql: &mut QueryBuilder<Postgres>) {
        if let Some(ids) = self.ids {
            sql.push(" and c.id = any(")
                .push_bind(ids.to_vec())
                .push(")");
        }
        if let Some(user) = self.user {
            sql.push(" and c.user_id = ").push_bind(user);
        }
        match self.branches {
            // One name alone is a condition whose rows are in the order of the index.
            Some([branch]) => {
                sql.push(" and c.branch = ").push_bind(branch.clone());
            }
            Some(branches) => {
                sql.push(" and c.branch = any(")
                    .push_bind(branches.to_vec())
                    .push(")");
            }
            None => {}
        }
        if let Some(feedback) = self.filter.feedback {
            sql.push(match feedback {
                FeedbackFilter::Any => " and c.has_feedback",
                FeedbackFilter::None => " and not c.has_feedback",
                FeedbackFilter::Likes => " and c.has_feedback and c.likes > 0",
                FeedbackFilter::Dislikes => " and c.has_feedback and c.dislikes > 0",
            });
        }
        if let Some(bounds) = self.filter.when.and_then(|when| when.bounds(self.now)) {
            if let Some(from) = bounds.from {
                sql.push(" and c.modified_at >= ").push_bind(from);
            }
            if let Some(until) = bounds.until {
                sql.push(" and c.modified_at < ").push_bind(until);
            }
        }
        if let Some(cost) = self.filter.min_cost {
            sql.push(" and c.cost_nanos >= ").push_bind(cost.nanos());
        }
        if let Some(cost) = self.filter.max_cost {
            sql.push(" and c.cost_nanos <= ").push_bind(cost.nanos());
        }
        if let Some(external_id) = &self.filter.external_id {
            sql.push(" and c.external_id = ")
                .push_bind(external_id.clone());
        }
    }
}

/// Returns the column of an order.
const fn column(key: ConversationSortKey) -> Column {
    match key {
        ConversationSortKey::Modified => Column::time("c.modified_at"),
        ConversationSortKey::Created => Column::time("c.started_at"),
        ConversationSortKey::Tokens => Column::new("c.tokens", amount),
        ConversationSortKey::Cost => Column::new("c.cost_nanos", amount),
    }
}

fn amount(cursor: &Cursor) -> Value {
    Value::Bigint(cursor.amount())
}

/// Lists the conversations of a page. The flag is true if there are more in the direction of reading.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_page(
    executor: impl PgExecutor<'_>,
    query: &ConversationQuery,
    conditions: ConversationConditions<'_>,
) -> Result<(Vec<Conversation>, bool), Error> {
    let mut sql = QueryBuilder::new(format!(
        "select {COLUMNS} from conversations c join users u on u.id = c.user_id where true"
    ));
    conditions.push(&mut sql);
    let (descending, limit) = (query.sort.descending, query.limit);
    let page = Keyset::new(Column::id("c.id"), descending, &query.position, limit)
        .by(Some(column(query.sort.key)));
    page.push(&mut sql);
    let rows = sql.build().persistent(false).fetch_all(executor).await?;
    page.read(&rows, read)
}

/// Counts the matching conversations, up to one more than [`EXACT_TOTAL_MAX`].
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn count(
    executor: impl PgExecutor<'_>,
    conditions: ConversationConditions<'_>,
) -> Result<u64, Error> {
    let mut sql = keyset::counting("conversations c where true");
    conditions.push(&mut sql);
    keyset::count(executor, sql).await
}

/// Adds up the matching conversations, at most [`EXACT_TOTAL_MAX`] of them.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn sum(
    executor: impl PgExecutor<'_>,
    conditions: ConversationConditions<'_>,
) -> Result<ConversationTotals, Error> {
    let mut sql = QueryBuilder::new(format!(
        "select
            count(*) filter (where n <= {EXACT_TOTAL_MAX}) as conversations,
            coalesce(bool_or(n > {EXACT_TOTAL_MAX}), false) as or_more,
            coalesce(sum(messages) filter (where n <= {EXACT_TOTAL_MAX}), 0)::bigint as messages,
            least(coalesce(sum(tokens_in) filter (where n <= {EXACT_TOTAL_MAX}), 0), {max})::bigint as tokens_in,
            least(coalesce(sum(tokens_out) filter (where n <= {EXACT_TOTAL_MAX}), 0), {max})::bigint as tokens_out,
            least(coalesce(sum(cost_nanos) filter (where n <= {EXACT_TOTAL_MAX}), 0), {max})::bigint as cost_nanos
        from (
            select c.messages, c.tokens_in, c.tokens_out, c.cost_nanos, row_number() over () as n
            from conversations c where true",
        max = i64::MAX,
    ));
    conditions.push(&mut sql);
    sql.push(format!(" limit {}) matched", EXACT_TOTAL_MAX + 1));
    let row = sql.build().persistent(false).fetch_one(executor).await?;
    Ok(ConversationTotals {
        conversations: row.try_get::<i64, _>("conversations")?.unsigned_abs(),
        or_more: row.try_get("or_more")?,
        messages: row.try_get("messages")?,
        tokens_in: row.try_get("tokens_in")?,
        tokens_out: row.try_get("tokens_out")?,
        cost: Money::from_nanos(row.try_get("cost_nanos")?),
    })
}

/// Lists the names of the branches that contain a text, without regard to case and accents. It reads one row of the index for each branch.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_branches(
    executor: impl PgExecutor<'_>,
    part: &str,
) -> Result<Vec<String>, Error> {
    Ok(sqlx::query_scalar!(
        r#"with recursive names as (
            (select branch from conversations order by branch limit 1)
            union all
            select (select c.branch from conversations c where c.branch > n.branch order by c.branch limit 1)
            from names n where n.branch is not null
        )
        select branch as "branch!" from names
        where branch is not null and strpos(search_fold(branch), search_fold($1::text)) > 0"#,
        part,
    )
    .fetch_all(executor)
    .await?)
}

/// Returns the conversation with an id.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find(executor: impl PgExecutor<'_>, id: Uuid) -> Result<Option<Conversation>, Error> {
    let mut sql = QueryBuilder::<Postgres>::new(format!(
        "select {COLUMNS} from conversations c join users u on u.id = c.user_id where c.id = "
    ));
    sql.push_bind(id);
    let row = sql.build().fetch_optional(executor).await?;
    Ok(row.as_ref().map(read).transpose()?)
}

/// Returns the conversation with an id and locks its row until the transaction ends; `None` if its user is deleted.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn lock(connection: &mut PgConnection, id: Uuid) -> Result<Option<Conversation>, Error> {
    let locked = sqlx::query_scalar!(
        "select c.id from conversations c join users u on u.id = c.user_id
        where c.id = $1 and u.deleted_at is null
        for no key update of c",
        id,
    )
    .fetch_optional(&mut *connection)
    .await?;
    match locked {
        Some(id) => find(connection, id).await,
        None => Ok(None),
    }
}

fn read(row: &PgRow) -> Result<Conversation, sqlx::Error> {
    Ok(Conversation {
        id: row.try_get("id")?,
        user_id: row.try_get("user_id")?,
        username: row.try_get("username")?,
        external_id: row.try_get("external_id")?,
        branch: row.try_get("branch")?,
        name: row.try_get("name")?,
        started_at: row.try_get("started_at")?,
        modified_at: row.try_get("modified_at")?,
        messages: row.try_get("messages")?,
        tokens_in: row.try_get("tokens_in")?,
        tokens_out: row.try_get("tokens_out")?,
        cost: Money::from_nanos(row.try_get("cost_nanos")?),
        has_feedback: row.try_get("has_feedback")?,
        likes: row.try_get("likes")?,
        dislikes: row.try_get("dislikes")?,
    })
}
