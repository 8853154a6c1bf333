//! A page of the list: one statement, served by the index of its order.

use domain::{
    access::ADMIN_ROLE,
    users::{
        Status, UserId, UserSummary,
        list::{ListQuery, Position, SortKey},
        page::{Cursor, CursorValue, time_of_micros},
    },
};
use sqlx::{PgPool, Postgres, QueryBuilder, Row, postgres::PgRow};
use time::OffsetDateTime;

use super::filter;
use crate::Error;

/// The rows of a page in the order asked for, and whether there are more beyond it in the direction of reading.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list_page(
    pool: &PgPool,
    query: &ListQuery,
    now: OffsetDateTime,
) -> Result<(Vec<UserSummary>, bool), Error> {
    let mut sql = statement(query, now);
    // With a search in it, a plan made for other words may be a hundred times slower: it is planned each time.
    let rows = sql.build().persistent(query.filter.is_empty()).fetch_all(pool).await?;
    let more = rows.len() > usize::from(query.limit);
    let mut users = rows
        .iter()
        .take(query.limit.into())
        .map(summary)
        .collect::<Result<Vec<_>, _>>()?;
    if matches!(query.position, Position::Before(_)) {
        users.reverse();
    }
    Ok((users, more))
}

fn statement(query: &ListQuery, now: OffsetDateTime) -> QueryBuilder<Postgres> {
    let (key, id) = sort_columns(query.sort.key);
    let (cursor, backwards) = match &query.position {
        Position::First => (None, false),
        Position::After(cursor) => (Some(cursor), false),
        Position::Before(cursor) => (Some(cursor), true),
    };
    let descending = query.sort.descending != backwards;
    let mut sql = QueryBuilder::new(
        "select
            u.id, u.number, u.username, u.display_name, u.email, u.status, u.suspended_until, u.version,
            u.created_at, u.updated_at, u.last_login_at, u.last_active_at,
            s.roles, s.personas, s.ontologies, s.annotations, s.sessions, s.api_keys
        from users u join user_stats s on s.user_id = u.id
        where u.deleted_at is null and ",
    );
    filter::push(&mut sql, &query.filter, now);
    if let Some(cursor) = cursor {
        sql.push(format!(" and ({key}, {id}) {} (", if descending { "<" } else { ">" }));
        push_value(&mut sql, query.sort.key, cursor);
        sql.push(", ").push_bind(cursor.id).push(")");
    }
    let direction = if descending { "desc" } else { "asc" };
    sql.push(format!(" order by {key} {direction}, {id} {direction} limit "));
    sql.push_bind(i64::from(query.limit) + 1);
    sql
}

/// The two columns of an order, in the form that its index has.
const fn sort_columns(key: SortKey) -> (&'static str, &'static str) {
    match key {
        SortKey::Created => ("u.created_at", "u.id"),
        SortKey::Username => ("lower(u.username)", "u.id"),
        SortKey::Name => ("lower(u.display_name)", "u.id"),
        SortKey::Email => ("coalesce(lower(u.email), '')", "u.id"),
        SortKey::Status => ("u.status", "u.id"),
        SortKey::LastLogin => ("coalesce(u.last_login_at, '-infinity')", "u.id"),
        SortKey::LastActive => ("coalesce(u.last_active_at, '-infinity')", "u.id"),
        SortKey::Role => ("s.roles", "s.user_id"),
        SortKey::Personas => ("s.personas", "s.user_id"),
        SortKey::Ontologies => ("s.ontologies", "s.user_id"),
        SortKey::Annotations => ("s.annotations", "s.user_id"),
        SortKey::Sessions => ("s.sessions", "s.user_id"),
        SortKey::ApiKeys => ("s.api_keys", "s.user_id"),
    }
}

fn push_value(sql: &mut QueryBuilder<Postgres>, key: SortKey, cursor: &Cursor) {
    match &cursor.value {
        CursorValue::Text(text) if key == SortKey::Status => {
            sql.push_bind(text.clone());
        }
        CursorValue::Text(text) => {
            sql.push("lower(").push_bind(text.clone()).push(")");
        }
        CursorValue::Texts(texts) => {
            sql.push_bind(texts.clone());
        }
        CursorValue::Number(number) => {
            sql.push_bind(*number);
        }
        CursorValue::Time(micros) => {
            sql.push("coalesce(").push_bind(micros.and_then(time_of_micros)).push(", '-infinity')");
        }
    }
}

fn summary(row: &PgRow) -> Result<UserSummary, sqlx::Error> {
    let roles: Vec<String> = row.try_get("roles")?;
    let status: &str = row.try_get("status")?;
    Ok(UserSummary {
        id: UserId(row.try_get("id")?),
        number: row.try_get("number")?,
        username: row.try_get("username")?,
        display_name: row.try_get("display_name")?,
        email: row.try_get("email")?,
        is_admin: roles.iter().any(|role| role == ADMIN_ROLE),
        roles,
        status: status.parse::<Status>().map_err(|unknown| sqlx::Error::Decode(unknown.into()))?,
        suspended_until: row.try_get("suspended_until")?,
        persona_count: row.try_get("personas")?,
        ontology_count: row.try_get("ontologies")?,
        annotation_count: row.try_get("annotations")?,
        session_count: row.try_get("sessions")?,
        api_key_count: row.try_get("api_keys")?,
        version: row.try_get("version")?,
        created_at: row.try_get("created_at")?,
        updated_at: row.try_get("updated_at")?,
        last_login_at: row.try_get("last_login_at")?,
        last_active_at: row.try_get("last_active_at")?,
    })
}
