//! Statements for the demo data. They are COPY, DDL and the like, which the checked macros cannot prepare, or counts over whole tables that
//! run once in the life of a database: plain queries, tested by `service`.

mod aside;
mod copy;
mod metering;
mod millis;
mod rows;

use domain::access::BuiltinRole;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::Error;

pub use aside::{Aside, disable_triggers, enable_triggers, lock, restore, set_aside, vacuum};
pub use copy::{Batch, CopyRow};
pub use metering::{Metering, fill_usage_totals, insert_limits, insert_usage};
pub use millis::Millis;
pub use rows::{
    AnnotationRow, GrantRow, GroupRow, KeyRow, MemberRow, OntologyRow, PersonaRow,
    ResourceGrantRow, ResourceRow, SessionRow, UserRow,
};

/// Sets the parameters for a long transaction with large sorts. They apply until it ends.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn prepare(connection: &mut PgConnection) -> Result<(), Error> {
    sqlx::raw_sql(
        "set local statement_timeout = 0; set local jit = off;
        set local maintenance_work_mem = '256MB'; set local work_mem = '128MB'",
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Returns the number of users, including deleted ones.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn count_users(connection: &mut PgConnection) -> Result<u64, Error> {
    let users: i64 = sqlx::query_scalar("select count(*) from users")
        .fetch_one(connection)
        .await?;
    Ok(users.unsigned_abs())
}

/// Returns the id of a built-in role.
///
/// # Errors
/// Fails if there is no such role.
pub async fn find_role(connection: &mut PgConnection, kind: BuiltinRole) -> Result<Uuid, Error> {
    Ok(
        sqlx::query_scalar("select id from roles where builtin_kind = $1")
            .bind(kind.as_str())
            .fetch_one(connection)
            .await?,
    )
}

/// Inserts clients. Returns their numbers in the order of the names.
///
/// # Errors
/// Fails if there is a client of one of the names.
pub async fn insert_clients(
    connection: &mut PgConnection,
    names: &[String],
    at: OffsetDateTime,
) -> Result<Vec<i32>, Error> {
    Ok(sqlx::query_scalar(
        "insert into clients (name, created_at, updated_at)
        select w.name, $2, $2 from unnest($1::text[]) with ordinality as w (name, position) order by w.position
        returning id",
    )
    .bind(names)
    .bind(at)
    .fetch_all(connection)
    .await?)
}

/// Inserts the numbers of members of groups that have none yet.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn fill_group_totals(connection: &mut PgConnection) -> Result<(), Error> {
    sqlx::query(
        "insert into group_totals (group_id, shard, members)
        select r.group_id, 0, r.members from group_totals_recount r
        where not exists (select from group_totals t where t.group_id = r.group_id)",
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Inserts the statistics of users who have none yet.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn fill_user_stats(connection: &mut PgConnection) -> Result<(), Error> {
    sqlx::query(
        "insert into user_stats (
            user_id, personas, ontologies, annotations, api_keys, sessions, role_ids, deleted, created_at
        )
        select
            r.user_id, r.personas, r.ontologies, r.annotations, r.api_keys, r.sessions, r.role_ids, r.deleted, u.created_at
        from user_stats_recount r
        join users u on u.id = r.user_id
        where not exists (select from user_stats s where s.user_id = r.user_id)",
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Inserts the costs of users who have none yet.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn fill_user_spend(connection: &mut PgConnection) -> Result<(), Error> {
    sqlx::query(
        "insert into user_spend (user_id, month, nanos, deleted, created_at)
        select u.id, coalesce(r.month, 0), coalesce(r.nanos, 0), u.deleted_at is not null, u.created_at
        from users u
        left join user_spend_recount r on r.user_id = u.id
        where not exists (select from user_spend s where s.user_id = u.id)",
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Inserts the folded names of users who cannot be searched for yet.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn fill_user_search(connection: &mut PgConnection) -> Result<(), Error> {
    sqlx::query(
        "insert into user_search (user_id, deleted, search, created_at)
        select id, deleted_at is not null, search_text(username, display_name, email), created_at
        from users u where not exists (select from user_search x where x.user_id = u.id)",
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Recounts all totals. Each day has at least as many sign-ins as sessions that were started on it.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn refill_user_totals(connection: &mut PgConnection) -> Result<(), Error> {
    sqlx::raw_sql(
        "delete from user_totals where name not like 'signed-in:%';
        insert into user_totals (name, shard, value) select name, 0, value from user_totals_recount;
        insert into user_totals as t (name, shard, value)
        select name, 0, found.sessions - coalesce(known.sign_ins, 0)
        from (
            select 'signed-in:' || to_char(created_at at time zone 'UTC', 'YYYY-MM-DD') as name, count(*) as sessions
            from sessions group by name
        ) as found
        left join (
            select name, sum(value)::bigint as sign_ins from user_totals where name like 'signed-in:%' group by name
        ) as known using (name)
        where found.sessions > coalesce(known.sign_ins, 0)
        on conflict (name, shard) do update set value = t.value + excluded.value",
    )
    .execute(connection)
    .await?;
    Ok(())
}
