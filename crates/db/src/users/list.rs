//! Pages of the user list: one statement, served by the index for its order.

use domain::{
    access::ADMIN_ROLE,
    list::{Cursor, CursorValue, EXACT_TOTAL_MAX, Position, time_of_micros},
    users::{
        Status, UserId, UserSummary,
        list::{ListQuery, SortKey},
    },
};
use sqlx::{PgExecutor, Postgres, QueryBuilder, Row, postgres::PgRow};
use time::OffsetDateTime;

use super::{
    filter::{self, Context, Tables},
    search::Lookup,
};
use crate::{Error, list::page_of};

/// Lists the users of a page in the requested order. The flag is true if there are more in the direction of reading. `matching` is the
/// number of users who match the search, if they were counted: with 0 nothing has to be read, and with many the index of words is slower
/// than reading in order.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_page(
    executor: impl PgExecutor<'_>,
    query: &ListQuery,
    matching: Option<u64>,
    now: OffsetDateTime,
) -> Result<(Vec<UserSummary>, bool), Error> {
    let lookup = match matching {
        Some(0) => return Ok((Vec::new(), false)),
        Some(count) if count > EXACT_TOTAL_MAX => Lookup::Walk,
        _ => Lookup::Index,
    };
    let mut sql = statement(query, Context { now, lookup });
    // A cached plan for other words of a search may be a hundred times slower, so that a statement with one is planned each time.
    let page = sql.build().persistent(query.filter.is_empty());
    let rows = page.fetch_all(executor).await?;
    page_of(&rows, query.limit, &query.position, summary)
}

/// Columns of the list, from `users u` and `user_stats s`.
pub(super) const COLUMNS: &str = "
    u.id, u.number, u.username, u.display_name, u.email, u.status, u.suspended_until, u.version,
    u.created_at, u.updated_at, u.last_login_at, u.last_active_at,
    s.roles, s.personas, s.ontologies, s.annotations, s.sessions, s.api_keys";

fn statement(query: &ListQuery, context: Context) -> QueryBuilder<Postgres> {
    let mut sql = QueryBuilder::new(format!("select {COLUMNS} from "));
    let order = Order::of(query);
    let tables = Tables::of(&query.filter).and(sort_tables(query.sort.key));
    // If one table alone determines the rows of the page, the other one is joined to those rows only.
    match tables {
        Tables { search: true, .. } => {
            let id = match tables {
                Tables {
                    users: false,
                    stats: false,
                    ..
                } => "x.user_id",
                Tables { users: false, .. } => "s.user_id",
                Tables { .. } => order.id,
            };
            sql.push(format!(
                "(select {id} as user_id from {} and ",
                tables.live()
            ));
            push_page(&mut sql, query, &Order { id, ..order }, context);
            sql.push(
                ") x join users u on u.id = x.user_id join user_stats s on s.user_id = x.user_id",
            );
            order.push(&mut sql);
        }
        Tables {
            users: true,
            stats: true,
            ..
        } => {
            sql.push(format!("{} and ", tables.live()));
            push_page(&mut sql, query, &order, context);
        }
        Tables {
            users: false,
            stats: true,
            ..
        } => {
            let order = Order {
                id: "s.user_id",
                ..order
            };
            sql.push("(select * from user_stats s where not s.deleted and ");
            push_page(&mut sql, query, &order, context);
            sql.push(") s join users u on u.id = s.user_id");
            order.push(&mut sql);
        }
        Tables { stats: false, .. } => {
            sql.push("(select * from users u where u.deleted_at is null and ");
            push_page(&mut sql, query, &order, context);
            sql.push(") u join user_stats s on s.user_id = u.id");
            order.push(&mut sql);
        }
    }
    sql
}

/// Appends the conditions, the order and the limit of a page.
fn push_page(sql: &mut QueryBuilder<Postgres>, query: &ListQuery, order: &Order, context: Context) {
    filter::push(sql, &query.filter, context);
    if let Position::After(cursor) | Position::Before(cursor) = &query.position {
        let beyond = if order.descending { "<" } else { ">" };
        // Each value is in a subselect: with plain parameters, PostgreSQL plans the statement again each time, which takes longer than
        // reading the rows and results in the same plan. Each has its type, so that the statement can be tried by hand with the values
        // written out.
        match order.key {
            Some(key) => {
                sql.push(format!(" and ({key}, {}) {beyond} ((select ", order.id));
                push_value(sql, cursor);
                sql.push("), (select ")
                    .push_bind(cursor.id)
                    .push("::uuid))");
            }
            None => {
                sql.push(format!(" and {} {beyond} (select ", order.id))
                    .push_bind(cursor.id)
                    .push("::uuid)");
            }
        }
    }
    order.push(sql);
    // A literal and not a parameter, for the same reason.
    sql.push(format!(" limit {}", query.limit + 1));
}

/// An order by columns, in the form of its index. The order of creation is the order of ids.
#[derive(Debug, Clone, Copy)]
struct Order {
    key: Option<&'static str>,
    id: &'static str,
    descending: bool,
}

impl Order {
    /// Returns the order in which a page is read: reversed for a page before a cursor.
    fn of(query: &ListQuery) -> Self {
        let backwards = matches!(query.position, Position::Before(_));
        let descending = query.sort.descending != backwards;
        let id = if sort_tables(query.sort.key).stats {
            "s.user_id"
        } else {
            "u.id"
        };
        Self {
            key: sort_column(query.sort.key),
            id,
            descending,
        }
    }

    fn push(&self, sql: &mut QueryBuilder<Postgres>) {
        let direction = if self.descending { "desc" } else { "asc" };
        sql.push(" order by ");
        if let Some(key) = self.key {
            sql.push(format!("{key} {direction}, "));
        }
        sql.push(format!("{} {direction}", self.id));
    }
}

const fn sort_column(key: SortKey) -> Option<&'static str> {
    Some(match key {
        SortKey::Created => return None,
        SortKey::Username => r#"u.username collate "und-x-icu""#,
        SortKey::Name => r#"u.display_name collate "und-x-icu""#,
        SortKey::Email => r#"coalesce(u.email, '') collate "und-x-icu""#,
        SortKey::Status => "u.status",
        SortKey::LastLogin => "coalesce(u.last_login_at, '-infinity')",
        SortKey::LastActive => "coalesce(u.last_active_at, '-infinity')",
        SortKey::Role => "s.roles",
        SortKey::Personas => "s.personas",
        SortKey::Ontologies => "s.ontologies",
        SortKey::Annotations => "s.annotations",
        SortKey::Sessions => "s.sessions",
        SortKey::ApiKeys => "s.api_keys",
    })
}

/// Returns the table that an order needs. Both tables have the ids.
const fn sort_tables(key: SortKey) -> Tables {
    match key {
        SortKey::Created => Tables {
            users: false,
            stats: false,
            search: false,
        },
        SortKey::Username
        | SortKey::Name
        | SortKey::Email
        | SortKey::Status
        | SortKey::LastLogin
        | SortKey::LastActive => Tables {
            users: true,
            stats: false,
            search: false,
        },
        SortKey::Role
        | SortKey::Personas
        | SortKey::Ontologies
        | SortKey::Annotations
        | SortKey::Sessions
        | SortKey::ApiKeys => Tables {
            users: false,
            stats: true,
            search: false,
        },
    }
}

fn push_value(sql: &mut QueryBuilder<Postgres>, cursor: &Cursor) {
    match &cursor.value {
        CursorValue::Text(text) => {
            sql.push_bind(text.clone()).push("::text");
        }
        CursorValue::Texts(texts) => {
            sql.push_bind(texts.clone()).push("::text[]");
        }
        CursorValue::Number(number) => {
            sql.push_bind(*number).push("::integer");
        }
        CursorValue::Time(micros) => {
            sql.push("coalesce(")
                .push_bind(micros.and_then(time_of_micros))
                .push("::timestamptz, '-infinity')");
        }
    }
}

pub(super) fn summary(row: &PgRow) -> Result<UserSummary, sqlx::Error> {
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
        status: status
            .parse::<Status>()
            .map_err(|unknown| sqlx::Error::Decode(unknown.into()))?,
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
