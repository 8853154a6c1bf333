//! Migrations: missing, unknown and changed ones are distinguished, and several replicas can start at once.

use std::{sync::Mutex, time::Duration};

use db::schema::{Event, SchemaError, check, ensure_audit_partitions, migrate};
use sqlx::{
    Connection, PgConnection, PgPool,
    migrate::Migrate,
    postgres::{PgConnectOptions, PgPoolOptions},
};

async fn run(pool: &PgPool, sql: &'static str) {
    sqlx::raw_sql(sql).execute(pool).await.unwrap();
}

/// The first migration of this version.
const FIRST: i64 = 20_261_129_000_100;

async fn latest(pool: &PgPool) -> i64 {
    sqlx::query_scalar("select max(version) from _sqlx_migrations")
        .fetch_one(pool)
        .await
        .unwrap()
}

#[testing::test]
async fn current_schema_is_accepted(pool: PgPool) {
    check(&pool).await.unwrap();
    migrate(&pool, &|_| {}).await.unwrap();
    check(&pool).await.unwrap();
}

#[testing::test]
async fn missing_migration_is_reported_as_older(pool: PgPool) {
    let last = latest(&pool).await;
    run(
        &pool,
        "delete from _sqlx_migrations where version = (select max(version) from _sqlx_migrations)",
    )
    .await;
    let found = check(&pool).await.unwrap_err();
    assert!(
        matches!(found, SchemaError::Older(version) if version == last),
        "{found}"
    );
    assert!(found.to_string().contains("rollcall migrate"), "{found}");
}

#[sqlx::test(migrations = false)]
async fn empty_database_is_reported_as_older(pool: PgPool) {
    let found = check(&pool).await.unwrap_err();
    assert!(matches!(found, SchemaError::Older(FIRST)), "{found}");
    // A role that only serves requests needs no permission to create a table.
    let tables: i64 =
        sqlx::query_scalar("select count(*) from pg_tables where schemaname = 'public'")
            .fetch_one(&pool)
            .await
            .unwrap();
    assert_eq!(tables, 0);
}

#[sqlx::test(migrations = false)]
async fn each_migration_is_reported(pool: PgPool) {
    let events = Mutex::new(Vec::new());
    let report = |event| events.lock().unwrap().push(event);
    migrate(&pool, &report).await.unwrap();
    migrate(&pool, &report).await.unwrap();
    let reported: Vec<(i64, String)> = events
        .into_inner()
        .unwrap()
        .into_iter()
        .map(|event| match event {
            Event::Applied { version, name, .. } => (version, name),
            Event::Blocked(holders) => panic!("{holders:?}"),
        })
        .collect();
    let applied: Vec<(i64, String)> =
        sqlx::query_as("select version, description from _sqlx_migrations order by version")
            .fetch_all(&pool)
            .await
            .unwrap();
    assert_eq!(reported, applied);
}

#[testing::test]
async fn unknown_migration_is_reported_as_newer(pool: PgPool) {
    run(
        &pool,
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
        values (99991231235959, 'from the future', true, '', 0)",
    )
    .await;
    for found in [check(&pool).await, migrate(&pool, &|_| {}).await] {
        let found = found.unwrap_err();
        assert!(
            matches!(found, SchemaError::Newer(99_991_231_235_959)),
            "{found}"
        );
    }
}

#[testing::test]
async fn unknown_earlier_migration_is_reported_as_foreign(pool: PgPool) {
    run(
        &pool,
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
        values (27, 'of a development version', true, '', 0)",
    )
    .await;
    for found in [check(&pool).await, migrate(&pool, &|_| {}).await] {
        let found = found.unwrap_err();
        assert!(matches!(found, SchemaError::Foreign(27)), "{found}");
        let text = found.to_string();
        assert!(text.ends_with("Create a new database."), "{text}");
    }
}

#[testing::test]
async fn changed_migration_is_reported(pool: PgPool) {
    run(
        &pool,
        "update _sqlx_migrations set checksum = '\\x00' where version = 20261129000100",
    )
    .await;
    for found in [check(&pool).await, migrate(&pool, &|_| {}).await] {
        let found = found.unwrap_err();
        assert!(matches!(found, SchemaError::Changed(FIRST)), "{found}");
    }
}

#[sqlx::test(migrations = false)]
async fn concurrent_replicas_migrate_once(options: PgPoolOptions, connect: PgConnectOptions) {
    let pool = options
        .max_connections(8)
        .connect_with(connect)
        .await
        .unwrap();
    let replicas: Vec<_> = (0..8)
        .map(|_| {
            let pool = pool.clone();
            tokio::spawn(async move { migrate(&pool, &|_| {}).await })
        })
        .collect();
    for replica in replicas {
        replica.await.unwrap().unwrap();
    }
    check(&pool).await.unwrap();
}

#[testing::test]
async fn waiting_replica_does_not_block_a_concurrent_index(pool: PgPool) {
    let mut other = PgConnection::connect_with(&pool.connect_options())
        .await
        .unwrap();
    other.lock().await.unwrap();
    let waiting = tokio::spawn({
        let pool = pool.clone();
        async move { migrate(&pool, &|_| {}).await }
    });
    let waits = "select count(*) from pg_locks l join pg_database d on d.oid = l.database
        where d.datname = current_database() and l.locktype = 'advisory' and not l.granted";
    while sqlx::query_scalar::<_, i64>(waits)
        .fetch_one(&pool)
        .await
        .unwrap()
        == 0
    {
        assert!(!waiting.is_finished());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // It waits for all snapshots that are older, and longer than that is a deadlock.
    sqlx::raw_sql("create index concurrently roles_trial on roles (name)")
        .execute(&mut other)
        .await
        .unwrap();
    assert!(!waiting.is_finished());
    other.unlock().await.unwrap();
    waiting.await.unwrap().unwrap();
}

#[testing::test]
async fn audit_log_has_partitions_for_three_months(pool: PgPool) {
    run(
        &pool,
        "do $$
        declare name text;
        begin
            for name in select inhrelid::regclass from pg_inherits
                where inhparent = 'audit_events'::regclass and inhrelid <> 'audit_events_default'::regclass
            loop execute 'drop table ' || name; end loop;
        end $$",
    )
    .await;
    ensure_audit_partitions(&pool).await.unwrap();
    ensure_audit_partitions(&pool).await.unwrap();
    let partitions: Vec<String> = sqlx::query_scalar(
        "select inhrelid::regclass::text from pg_inherits where inhparent = 'audit_events'::regclass order by 1",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let mut expected: Vec<String> = sqlx::query_scalar(
        "select 'audit_events_' || to_char((now() at time zone 'UTC') + make_interval(months => n), 'YYYY_MM')
        from generate_series(0, 2) n",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    expected.push("audit_events_default".to_owned());
    assert_eq!(partitions, expected);
}
