//! Number of users, and of those who match a search: stored totals, and a count that stops at a limit.

use domain::{
    filter::{Expr, Filter, Term},
    list::EXACT_TOTAL_MAX,
    users::page::Totals,
};
use sqlx::{PgExecutor, Postgres, QueryBuilder, Row};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    filter::{self, Context, Tables},
    named::Named,
    search::Lookup,
};
use crate::{Error, keyset, roles::Roles};

/// Name of the search's count in the result, beside the totals.
const MATCHING: &str = "matching";
/// Name of the row with all roles.
const ROLES: &str = "roles";

/// Totals of the list, and a row with all roles in their order.
const TOTALS: &str = "
    select
        case when name like 'role:%' then 'admins' else name end as name, sum(value)::bigint as value,
        null::uuid[] as role_ids, null::text[] as role_names, null::text[] as role_kinds
    from user_totals
    where name in (
        'users', 'status:suspended', 'status:pending', 'deleted', (select 'role:' || id from roles where builtin_kind = 'admin')
    )
    group by 1
    union all
    select
        'roles', null, array_agg(id order by rank, name), array_agg(name order by rank, name),
        array_agg(builtin_kind order by rank, name)
    from roles";

/// Set of users that is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserSet {
    /// Users that are not deleted.
    List,
    /// Deleted users.
    Deleted,
}

/// Result of a count.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    /// Number of users by status.
    pub totals: Totals,
    /// Number of users who match the search, up to one more than [`EXACT_TOTAL_MAX`](domain::list::EXACT_TOTAL_MAX); `None` without a
    /// search.
    pub matching: Option<u64>,
}

/// Lists the stored totals of accounts and sessions, by name: `users`, `status:active`, `role:admin` and others. A built-in role has its
/// original name here, whatever it is called now.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_totals(executor: impl PgExecutor<'_>) -> Result<Vec<(String, i64)>, Error> {
    let rows = sqlx::query!(
        r#"select coalesce('role:' || coalesce(r.builtin_kind, r.name), t.name) as "name!", sum(t.value)::bigint as "value!"
        from user_totals t left join roles r on t.name = 'role:' || r.id
        where t.name not like 'signed-in:%' and (r.id is not null or t.name not like 'role:%')
        group by 1 order by 1"#
    )
    .fetch_all(executor)
    .await?;
    Ok(rows.into_iter().map(|row| (row.name, row.value)).collect())
}

/// Returns the totals, the number of matching users, and all roles, in one statement. `named` are the objects that the search
/// refers to.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn count(
    executor: impl PgExecutor<'_>,
    search: &Filter,
    named: &Named,
    of: UserSet,
    now: OffsetDateTime,
) -> Result<(Counts, Roles), Error> {
    let mut sql = QueryBuilder::new(TOTALS);
    let stored = match of {
        UserSet::List => Stored::of(search, named),
        UserSet::Deleted => None,
    };
    if let Some(stored) = stored {
        stored.push(&mut sql);
    } else if !search.is_empty() {
        // Only the tables that the search needs are joined: another join would cost more than the rest.
        let tables = Tables::of(search);
        let tables = match of {
            UserSet::List => tables.live(),
            UserSet::Deleted => super::deleted::deleted(tables),
        };
        let context = Context {
            now,
            named,
            lookup: Lookup::Index,
        };
        sql.push(format!(
            " union all select '{MATCHING}', count(*), null, null, null from (select 1 from {tables} and "
        ));
        filter::push(&mut sql, search, context);
        keyset::push_cap(&mut sql);
    }
    let mut counts = Counts::default();
    let mut roles = Roles::default();
    for row in sql
        .build()
        .persistent(search.is_empty())
        .fetch_all(executor)
        .await?
    {
        let name: &str = row.try_get("name")?;
        if name == ROLES {
            let kinds: Vec<Option<String>> = row.try_get("role_kinds")?;
            roles = Roles::read(row.try_get("role_ids")?, row.try_get("role_names")?, &kinds)?;
            continue;
        }
        let value = u64::try_from(row.try_get::<i64, _>("value")?).unwrap_or_default();
        match name {
            "users" => counts.totals.users = value,
            "admins" => counts.totals.admins = value,
            "status:suspended" => counts.totals.suspended = value,
            "status:pending" => counts.totals.pending = value,
            "deleted" => counts.totals.deleted = value,
            MATCHING => counts.matching = Some(value),
            _ => {}
        }
    }
    Ok((counts, roles))
}

/// A stored total that is the number of matches of a search.
enum Stored {
    /// A total of users, by its name.
    Users(String),
    /// The number of members of the group with this id.
    Members(Uuid),
}

impl Stored {
    /// Returns the total for a search with one condition; `None` if there is none for it.
    fn of(search: &Filter, named: &Named) -> Option<Self> {
        let Expr::Term(term) = search.root()? else {
            return None;
        };
        match term {
            Term::Status(status) => Some(Self::Users(format!("status:{}", status.as_str()))),
            Term::Role(name) => {
                let role = named.role(name.as_str());
                role.map(|id| Self::Users(format!("role:{id}")))
            }
            Term::Group(name) => named.group(name).map(Self::Members),
            _ => None,
        }
    }

    /// Appends the row with the total, up to the limit of a count.
    fn push(self, sql: &mut QueryBuilder<Postgres>) {
        let row = |total: &str| {
            let most = EXACT_TOTAL_MAX + 1;
            format!(
                " union all select '{MATCHING}', least(coalesce(sum({total}), 0), {most})::bigint, null, null, null"
            )
        };
        match self {
            Self::Users(name) => sql
                .push(row("value"))
                .push(" from user_totals where name = ")
                .push_bind(name),
            Self::Members(group) => sql
                .push(row("members"))
                .push(" from group_totals where group_id = ")
                .push_bind(group),
        };
    }
}
