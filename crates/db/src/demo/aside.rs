//! Indexes, foreign keys and counting triggers around a bulk load. To maintain them row by row costs far more than to build them once for
//! all rows. They are dropped before the load and restored after it, in the same transaction.

use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool};

use crate::Error;

/// Tables that the demo data fills.
const TABLES: [&str; 17] = [
    "users",
    "user_roles",
    "user_stats",
    "user_spend",
    "user_search",
    "personas",
    "ontologies",
    "annotations",
    "sessions",
    "api_keys",
    "groups",
    "group_members",
    "resources",
    "resource_grants",
    "usage_daily",
    "conversations",
    "conversation_messages",
];

/// A dropped index, primary or unique key, or foreign key.
#[derive(Debug)]
pub struct Aside {
    restore: String,
}

/// Locks out other writers until the transaction ends, so that nothing changes between the count and the load.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn lock(connection: &mut PgConnection) -> Result<(), Error> {
    run(
        connection,
        for_each_table(|table| format!("lock table {table} in share row exclusive mode")),
    )
    .await
}

/// Disables the counting triggers. Foreign keys stay in force.
///
/// # Errors
/// Fails if the tables belong to another role.
pub async fn disable_triggers(connection: &mut PgConnection) -> Result<(), Error> {
    run(
        connection,
        for_each_table(|table| format!("alter table {table} disable trigger user")),
    )
    .await
}

/// Enables the counting triggers again.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn enable_triggers(connection: &mut PgConnection) -> Result<(), Error> {
    run(
        connection,
        for_each_table(|table| format!("alter table {table} enable trigger user")),
    )
    .await
}

/// Drops indexes, keys and foreign keys, and returns the statements that restore them. Keys that foreign keys of other tables reference
/// stay.
///
/// # Errors
/// Fails if the tables belong to another role.
pub async fn set_aside(connection: &mut PgConnection) -> Result<Vec<Aside>, Error> {
    let found: Vec<(String, String)> = sqlx::query_as(
        "select discard, restore from (
            select
                1 as rank,
                format('drop index %s', i.indexrelid::regclass) as discard,
                pg_get_indexdef(i.indexrelid) as restore
            from pg_index i
            where i.indrelid = any($1::regclass[]) and not exists (
                select from pg_constraint k where k.conindid = i.indexrelid and k.contype <> 'f'
            )
            union all
            select
                case k.contype when 'f' then 3 else 2 end,
                format('alter table %s drop constraint %I', k.conrelid::regclass, k.conname),
                format(
                    'alter table %s add constraint %I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid)
                )
            from pg_constraint k
            where k.conrelid = any($1::regclass[]) and (k.contype = 'f' or k.contype in ('p', 'u') and not exists (
                select from pg_constraint f
                where f.contype = 'f' and f.confrelid = k.conrelid and f.conrelid <> all($1::regclass[])
            ))
        ) as found
        order by rank, discard",
    )
    .bind(TABLES)
    .fetch_all(&mut *connection)
    .await?;
    let (discards, restores): (Vec<_>, Vec<_>) = found.into_iter().unzip();
    // In reverse order, because foreign keys depend on other keys.
    let discards: Vec<String> = discards.into_iter().rev().collect();
    run(connection, discards.join("; ")).await?;
    Ok(restores
        .into_iter()
        .map(|restore| Aside { restore })
        .collect())
}

/// Restores a dropped index or key.
///
/// # Errors
/// Fails if the loaded rows violate it.
pub async fn restore(connection: &mut PgConnection, aside: Aside) -> Result<(), Error> {
    run(connection, aside.restore).await
}

/// Updates the planner's statistics and the visibility map, which index-only scans need. It uses a connection of its own, because it takes
/// longer than the statement timeout of the pool.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn vacuum(pool: &PgPool) -> Result<(), Error> {
    let mut connection = pool.acquire().await?.detach();
    // Vacuum marks a page as all-visible only once the commit of its rows is on disk, so commits must be synchronous.
    let settings = "set statement_timeout = 0; set synchronous_commit = on";
    run(&mut connection, settings.to_owned()).await?;
    run(
        &mut connection,
        format!(
            "vacuum (analyze) {}, user_totals, group_totals, clients, limits, usage_events, usage_daily_totals",
            TABLES.join(", ")
        ),
    )
    .await?;
    Ok(connection.close().await?)
}

fn for_each_table(statement: impl Fn(&str) -> String) -> String {
    TABLES.map(statement).join("; ")
}

/// Runs statements built from the table names of this file and from definitions that PostgreSQL itself wrote and quoted.
async fn run(connection: &mut PgConnection, statements: String) -> Result<(), Error> {
    sqlx::raw_sql(AssertSqlSafe(statements))
        .execute(connection)
        .await?;
    Ok(())
}
