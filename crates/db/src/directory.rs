//! Users as the API of another system lists them: in pages with numbers, each with its identifier there, its groups, keys and limits.

mod order;

use serde::Deserialize;
use serde_json::{Map, Value};
use sqlx::{PgExecutor, Postgres, QueryBuilder, Row, postgres::PgRow};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::Error;

pub use order::DirectoryOrder;

/// Identifier in the other system, or the id.
const IDENTIFIER: &str = "coalesce(i.value, u.id::text)";
/// Costs in this period of the limit of costs, or all costs without such a limit.
const SPEND: &str = "coalesce(
    (select case when b.period_end <= now() then 0 else b.used end
        from balances b where b.holder_id = u.id and b.metric = 'cost' and b.model = ''),
    (select saturated(sum(d.cost_nanos)) from usage_daily d where d.user_id = u.id),
    0
)";
/// Number of virtual keys that have neither expired nor been revoked.
const KEYS: &str = "(select count(*) from access_tokens t where t.user_id = u.id and t.kind = 'key' and t.revoked_at is null
    and coalesce(t.expires_at > now(), true))";

/// Users to list. Deleted ones are never listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DirectoryQuery {
    /// Namespace of the other system, of the identifiers and of the extensions.
    pub namespace: String,
    /// Only users with one of these identifiers, or ids as texts; None for all.
    pub identifiers: Option<Vec<String>>,
    /// Only users with this id; None for all.
    pub id: Option<Uuid>,
    /// Email address.
    pub address: Option<String>,
    /// Part of the email address.
    pub email: Option<String>,
    /// Part of the identifier, the email address, the username or the display name.
    pub text: Option<String>,
    /// Only users with one of these roles; empty for all.
    pub roles: Vec<String>,
    /// Only users without these roles.
    pub without_roles: Vec<String>,
    /// Only members of this group.
    pub group: Option<Uuid>,
    /// Order of the list.
    pub order: DirectoryOrder,
    /// Whether the order is reversed.
    pub descending: bool,
    /// Maximum number of rows.
    pub limit: i64,
    /// Number of rows to skip.
    pub offset: i64,
}

impl DirectoryQuery {
    /// Returns whether all users match.
    fn is_unfiltered(&self) -> bool {
        self.identifiers.is_none()
            && self.id.is_none()
            && self.address.is_none()
            && self.email.is_none()
            && self.text.is_none()
            && self.roles.is_empty()
            && self.without_roles.is_empty()
            && self.group.is_none()
    }
}

/// A limit of a user for all models together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct DirectoryLimit {
    /// Quantity that it is about.
    pub metric: String,
    /// Amount in its units; None if it is unlimited.
    pub amount: Option<i64>,
    /// Amount from which a use is reported.
    pub soft_amount: Option<i64>,
    /// Period; None for rates and leases.
    pub period: Option<String>,
    /// Version, incremented by each change.
    pub version: i32,
}

/// A user of a directory.
#[derive(Debug, Clone, PartialEq)]
pub struct DirectoryUser {
    /// The id of the user.
    pub id: Uuid,
    /// Identifier in the other system, or the id.
    pub identifier: String,
    /// Name to sign in with.
    pub username: String,
    /// Full name of the user, for display.
    pub display_name: String,
    /// Email address, if one is known.
    pub email: Option<String>,
    /// Status of the account.
    pub status: String,
    /// Whether a password is set.
    pub has_password: bool,
    /// Names of the roles, the most powerful first.
    pub roles: Vec<String>,
    /// Ids of the groups: the external one, or the own one.
    pub groups: Vec<String>,
    /// Models that the user can use; None for all.
    pub models: Option<Vec<String>>,
    /// Limits of the user for all models together.
    pub limits: Vec<DirectoryLimit>,
    /// Costs in this period of the limit of costs, or all costs without such a limit, in billionths of a dollar.
    pub spend: i64,
    /// End of the period of the limit of costs. A list leaves it out: it depends on the time zone of the limit.
    pub resets_at: Option<OffsetDateTime>,
    /// Number of virtual keys that have neither expired nor been revoked.
    pub keys: i64,
    /// Data of the other system that has no column.
    pub extension: Map<String, Value>,
    /// Time of creation.
    pub created_at: OffsetDateTime,
    /// Time of the last change.
    pub updated_at: OffsetDateTime,
    /// Version of the account.
    pub version: i32,
}

/// Lists users.
///
/// The rows of the page are chosen first, so that what the skipped ones have is not read.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list(
    executor: impl PgExecutor<'_>,
    query: &DirectoryQuery,
) -> Result<Vec<DirectoryUser>, Error> {
    let direction = if query.descending { "desc" } else { "asc" };
    let nulls = query.order.nulls();
    let order = query.order.sql();
    let mut sql: QueryBuilder<Postgres> = QueryBuilder::new(format!(
        "with page as (select u.id, {IDENTIFIER} as identifier, {order} as sort_key"
    ));
    push_conditions(&mut sql, query.order, query);
    sql.push(format!(
        " order by sort_key {direction} {nulls}, u.id {direction} limit "
    ));
    sql.push_bind(query.limit);
    sql.push(" offset ").push_bind(query.offset);
    sql.push(
        ") select u.id, u.username, u.display_name, u.email, u.status, u.created_at, u.updated_at, u.version,
            u.password_hash is not null as has_password, p.identifier,
            coalesce((select e.data::text from user_extensions e where e.user_id = u.id and e.namespace = ",
    );
    sql.push_bind(query.namespace.clone());
    sql.push(format!(
        "), '{{}}') as extension,
            array(select r.name from user_roles a join roles r on r.id = a.role_id where a.user_id = u.id order by r.rank, r.name)
                as roles,
            array(select coalesce(g.external_id, g.id::text) from group_members m join groups g on g.id = m.group_id
                where m.user_id = u.id order by m.added_at, g.id) as groups,
            (select a.models from allowed_models a where a.user_id = u.id) as models,
            coalesce((select json_agg(json_build_object(
                    'metric', l.metric, 'amount', l.amount, 'soft_amount', l.soft_amount, 'period', l.period,
                    'version', l.version
                ) order by l.metric)
                from limits l where l.user_id = u.id and l.model is null)::text, '[]') as limits,
            {SPEND} as spend,
            {KEYS} as keys
        from page p join users u on u.id = p.id
        order by p.sort_key {direction} {nulls}, u.id {direction}"
    ));
    let rows = sql.build().persistent(false).fetch_all(executor).await?;
    let users: Result<Vec<DirectoryUser>, sqlx::Error> = rows.iter().map(read).collect();
    Ok(users?)
}

/// Counts the users that the pages of a query have together. The number of all users is stored.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn count(executor: impl PgExecutor<'_>, query: &DirectoryQuery) -> Result<u64, Error> {
    let mut sql: QueryBuilder<Postgres> = if query.is_unfiltered() {
        QueryBuilder::new(
            "select coalesce(sum(value), 0)::bigint as users from user_totals where name = 'users'",
        )
    } else {
        let mut sql = QueryBuilder::new("select count(*) as users");
        push_conditions(&mut sql, DirectoryOrder::default(), query);
        sql
    };
    let row = sql.build().persistent(false).fetch_one(executor).await?;
    let users: i64 = row.try_get("users")?;
    Ok(users.unsigned_abs())
}

/// Appends the tables, with that of an order, and the conditions.
fn push_conditions(
    sql: &mut QueryBuilder<Postgres>,
    order: DirectoryOrder,
    query: &DirectoryQuery,
) {
    sql.push(format!(
        " from {} left join user_identifiers i on i.user_id = u.id and i.namespace = ",
        order.tables()
    ));
    sql.push_bind(query.namespace.clone());
    sql.push(" where u.deleted_at is null");
    if let Some(identifiers) = &query.identifiers {
        sql.push(format!(" and {IDENTIFIER} = any("))
            .push_bind(identifiers.clone())
            .push(")");
    }
    if let Some(id) = query.id {
        sql.push(" and u.id = ").push_bind(id);
    }
    if let Some(address) = &query.address {
        sql.push(" and u.email is not null and name_key(u.email) = name_key(")
            .push_bind(address.clone())
            .push(")");
    }
    if let Some(email) = &query.email {
        sql.push(" and strpos(lower(u.email), lower(")
            .push_bind(email.clone())
            .push(")) > 0");
    }
    if let Some(text) = &query.text {
        sql.push(format!(
            " and strpos(lower(concat_ws(' ', {IDENTIFIER}, u.email, u.username, u.display_name)), lower("
        ))
        .push_bind(text.clone())
        .push(")) > 0");
    }
    let with = "exists (select from user_roles a join roles r on r.id = a.role_id where a.user_id = u.id and r.name = any(";
    if !query.roles.is_empty() {
        sql.push(" and ").push(with);
        sql.push_bind(query.roles.clone()).push("))");
    }
    if !query.without_roles.is_empty() {
        sql.push(" and not ").push(with);
        sql.push_bind(query.without_roles.clone()).push("))");
    }
    if let Some(group) = query.group {
        sql.push(" and u.id in (select m.user_id from group_members m where m.group_id = ")
            .push_bind(group)
            .push(")");
    }
}

fn read(row: &PgRow) -> Result<DirectoryUser, sqlx::Error> {
    let extension: String = row.try_get("extension")?;
    let limits: String = row.try_get("limits")?;
    Ok(DirectoryUser {
        id: row.try_get("id")?,
        identifier: row.try_get("identifier")?,
        username: row.try_get("username")?,
        display_name: row.try_get("display_name")?,
        email: row.try_get("email")?,
        status: row.try_get("status")?,
        has_password: row.try_get("has_password")?,
        roles: row.try_get("roles")?,
        groups: row.try_get("groups")?,
        models: row.try_get("models")?,
        limits: serde_json::from_str(&limits).map_err(|error| sqlx::Error::Decode(error.into()))?,
        spend: row.try_get("spend")?,
        resets_at: None,
        keys: row.try_get("keys")?,
        extension: domain::json::read_object(&extension),
        created_at: row.try_get("created_at")?,
        updated_at: row.try_get("updated_at")?,
        version: row.try_get("version")?,
    })
}
