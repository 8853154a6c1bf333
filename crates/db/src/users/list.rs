//! Pages of the user list: one statement, served by the index for its order.

use domain::{
    list::EXACT_TOTAL_MAX,
    money::Money,
    users::{
        UserId, UserSummary,
        list::{ListQuery, SortKey},
        spend::MonthSpend,
    },
};
use sqlx::{PgExecutor, Postgres, QueryBuilder, Row, postgres::PgRow};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    filter::{self, Context, SPEND_RANK, Tables},
    named::Named,
    search::Lookup,
};
use crate::{
    Error,
    error::read_word,
    keyset::{Column, Keyset},
    roles::Roles,
};

/// Lists the users of a page in the requested order. The flag is true if there are more in the direction of reading. `named` has all
/// roles. `matching` is the number of users who match the search, if they were counted: with 0 nothing has to be read, and with many the index of words is slower
/// than reading in order.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_page(
    executor: impl PgExecutor<'_>,
    query: &ListQuery,
    named: &Named,
    matching: Option<u64>,
    now: OffsetDateTime,
) -> Result<(Vec<UserSummary>, bool), Error> {
    let lookup = match matching {
        Some(0) => return Ok((Vec::new(), false)),
        Some(count) if count > EXACT_TOTAL_MAX => Lookup::Walk,
        _ => Lookup::Index,
    };
    let mut sql = statement(query, Context { now, named, lookup });
    // A cached plan for other words of a search may be a hundred times slower, so that a statement with one is planned each time.
    let statement = sql.build().persistent(query.filter.is_empty());
    let rows = statement.fetch_all(executor).await?;
    page(query).read(&rows, |row| summary(row, &named.roles))
}

/// Columns of the list, from `users u`, `user_stats s` and `user_spend p`.
pub(super) const COLUMNS: &str = "
    u.id, u.number, u.username, u.display_name, u.email, u.status, u.suspended_until, u.version,
    u.created_at, u.updated_at, u.last_login_at, u.last_active_at,
    s.role_ids, s.personas, s.ontologies, s.annotations, s.sessions, s.api_keys,
    p.month as spend_month, p.nanos as spend_nanos, spend_rank(p.month, p.nanos) as spend_rank";

fn statement(query: &ListQuery, context: Context<'_>) -> QueryBuilder<Postgres> {
    let mut sql = QueryBuilder::new(format!("select {COLUMNS} from "));
    let page = page(query);
    let tables = Tables::of(&query.filter).and(sort_tables(query.sort.key));
    // The tables that determine the rows of the page are read first, and the others are joined to those rows only.
    let rest = match tables {
        Tables {
            stats: false,
            spend: false,
            search: false,
            ..
        } => {
            sql.push("(select * from users u where u.deleted_at is null and ");
            push_page(&mut sql, query, page, context);
            ") u join user_stats s on s.user_id = u.id join user_spend p on p.user_id = u.id"
        }
        Tables {
            users: false,
            stats: true,
            spend: false,
            search: false,
        } => {
            let page = page.with_id(Column::id("s.user_id"));
            sql.push("(select * from user_stats s where not s.deleted and ");
            push_page(&mut sql, query, page, context);
            ") s join users u on u.id = s.user_id join user_spend p on p.user_id = s.user_id"
        }
        Tables {
            users: false,
            stats: false,
            spend: true,
            search: false,
        } => {
            let page = page.with_id(Column::id("p.user_id"));
            sql.push("(select * from user_spend p where not p.deleted and ");
            push_page(&mut sql, query, page, context);
            ") p join users u on u.id = p.user_id join user_stats s on s.user_id = p.user_id"
        }
        Tables { .. } => {
            let id = joined_id(tables, query.sort.key);
            let live = tables.live();
            sql.push(format!("(select {id} as user_id from {live} and "));
            push_page(&mut sql, query, page.with_id(Column::id(id)), context);
            ") x join users u on u.id = x.user_id join user_stats s on s.user_id = x.user_id
            join user_spend p on p.user_id = x.user_id"
        }
    };
    sql.push(rest);
    page.push_order(&mut sql);
    sql
}

/// Returns the column of the ids in the table of the order, or in one of the joined ones for the order of ids.
const fn joined_id(tables: Tables, key: SortKey) -> &'static str {
    match (key, tables) {
        (SortKey::Created, Tables { users: true, .. }) => "u.id",
        (SortKey::Created, Tables { stats: true, .. }) => "s.user_id",
        (SortKey::Created, Tables { spend: true, .. }) => "p.user_id",
        (SortKey::Created, Tables { .. }) => "x.user_id",
        _ => id_column(key),
    }
}

/// Appends the conditions, the order and the limit of a page.
fn push_page(
    sql: &mut QueryBuilder<Postgres>,
    query: &ListQuery,
    page: Keyset<'_>,
    context: Context<'_>,
) {
    filter::push(sql, &query.filter, context);
    page.push(sql);
}

/// Returns the page that a query asks for.
fn page(query: &ListQuery) -> Keyset<'_> {
    let ListQuery {
        sort,
        limit,
        position,
        ..
    } = query;
    let id = Column::id(id_column(sort.key));
    Keyset::new(id, sort.descending, position, *limit)
        .by(sort_column(sort.key).map(Column::any))
        .cached(true)
}

/// Returns the column of the ids in the table that an order needs. The order of creation is the order of ids.
const fn id_column(key: SortKey) -> &'static str {
    match sort_tables(key) {
        Tables { stats: true, .. } => "s.user_id",
        Tables { spend: true, .. } => "p.user_id",
        Tables { .. } => "u.id",
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
        SortKey::Role => "s.role_ids",
        SortKey::Personas => "s.personas",
        SortKey::Ontologies => "s.ontologies",
        SortKey::Annotations => "s.annotations",
        SortKey::Sessions => "s.sessions",
        SortKey::ApiKeys => "s.api_keys",
        SortKey::Spend => SPEND_RANK,
    })
}

/// Returns the table that an order needs. All tables have the ids.
const fn sort_tables(key: SortKey) -> Tables {
    let none = Tables {
        users: false,
        stats: false,
        spend: false,
        search: false,
    };
    match key {
        SortKey::Created => none,
        SortKey::Username
        | SortKey::Name
        | SortKey::Email
        | SortKey::Status
        | SortKey::LastLogin
        | SortKey::LastActive => Tables {
            users: true,
            ..none
        },
        SortKey::Role
        | SortKey::Personas
        | SortKey::Ontologies
        | SortKey::Annotations
        | SortKey::Sessions
        | SortKey::ApiKeys => Tables {
            stats: true,
            ..none
        },
        SortKey::Spend => Tables {
            spend: true,
            ..none
        },
    }
}

pub(super) fn summary(row: &PgRow, roles: &Roles) -> Result<UserSummary, sqlx::Error> {
    let role_ids: Vec<Uuid> = row.try_get("role_ids")?;
    Ok(UserSummary {
        id: UserId(row.try_get("id")?),
        number: row.try_get("number")?,
        username: row.try_get("username")?,
        display_name: row.try_get("display_name")?,
        email: row.try_get("email")?,
        is_admin: roles.include_admin(&role_ids),
        roles: roles.names(&role_ids),
        role_ids,
        status: read_word(row.try_get("status")?)?,
        suspended_until: row.try_get("suspended_until")?,
        persona_count: row.try_get("personas")?,
        ontology_count: row.try_get("ontologies")?,
        annotation_count: row.try_get("annotations")?,
        session_count: row.try_get("sessions")?,
        api_key_count: row.try_get("api_keys")?,
        spend: MonthSpend {
            month: row.try_get("spend_month")?,
            cost: Money::from_nanos(row.try_get("spend_nanos")?),
            rank: row.try_get("spend_rank")?,
        },
        version: row.try_get("version")?,
        created_at: row.try_get("created_at")?,
        updated_at: row.try_get("updated_at")?,
        last_login_at: row.try_get("last_login_at")?,
        last_active_at: row.try_get("last_active_at")?,
    })
}
