//! What a table keeps up row by row costs far more than doing it once for all rows: indexes, foreign keys, counters.
//! They are set aside before a bulk load and put back after it, in the same transaction.

use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool};

use crate::Error;

/// The tables that demo data fills.
const TABLES: [&str; 9] = [
    "users",
    "user_roles",
    "user_stats",
    "user_search",
    "personas",
    "ontologies",
    "annotations",
    "sessions",
    "api_keys",
];

/// An index, key or foreign key that was dropped.
#[derive(Debug)]
pub struct Aside {
    restore: String,
}

/// Keeps writers out until the transaction ends, so that nothing changes between counting and filling in.
///
/// # Errors
/// When the database cannot be reached.
pub async fn lock(connection: &mut PgConnection) -> Result<(), Error> {
    run(
        connection,
        for_each_table(|table| format!("lock table {table} in share row exclusive mode")),
    )
    .await
}

/// Stops the counting triggers. Foreign keys stay in force.
///
/// # Errors
/// When the tables belong to another role.
pub async fn stop_triggers(connection: &mut PgConnection) -> Result<(), Error> {
    run(
        connection,
        for_each_table(|table| format!("alter table {table} disable trigger user")),
    )
    .await
}

/// Starts them again.
///
/// # Errors
/// When the database cannot be reached.
pub async fn start_triggers(connection: &mut PgConnection) -> Result<(), Error> {
    run(
        connection,
        for_each_table(|table| format!("alter table {table} enable trigger user")),
    )
    .await
}

/// Drops indexes, keys and foreign keys, and returns how to make them again. Keys that other tables' foreign keys lean on
/// stay.
///
/// # Errors
/// When the tables belong to another role.
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
    // Backwards, because foreign keys lean on other keys.
    let discards: Vec<String> = discards.into_iter().rev().collect();
    run(connection, discards.join("; ")).await?;
    Ok(restores
        .into_iter()
        .map(|restore| Aside { restore })
        .collect())
}

/// Makes one again.
///
/// # Errors
/// When what was loaded violates it.
pub async fn restore(connection: &mut PgConnection, aside: Aside) -> Result<(), Error> {
    run(connection, aside.restore).await
}

/// Tells the planner what is there, and lets index-only scans trust the pages. On a connection of its own, because it
/// takes longer than the others may.
///
/// # Errors
/// When the database cannot be reached.
pub async fn vacuum(pool: &PgPool) -> Result<(), Error> {
    let mut connection = pool.acquire().await?.detach();
    // A page is marked as visible to all only once the commit of its rows is on disk, so commits must not lag behind.
    let settings = "set statement_timeout = 0; set synchronous_commit = on";
    run(&mut connection, settings.to_owned()).await?;
    run(
        &mut connection,
        format!("vacuum (analyze) {}, user_totals", TABLES.join(", ")),
    )
    .await?;
    Ok(connection.close().await?)
}

fn for_each_table(statement: impl Fn(&str) -> String) -> String {
    TABLES.map(statement).join("; ")
}

/// The statements are made of this file's table names and of definitions that PostgreSQL wrote and quoted itself.
async fn run(connection: &mut PgConnection, statements: String) -> Result<(), Error> {
    sqlx::raw_sql(AssertSqlSafe(statements))
        .execute(connection)
        .await?;
    Ok(())
}
