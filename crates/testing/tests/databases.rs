//! Databases of tests, which are migrated, separate, and dropped unless the test fails.

#![cfg(test)]

use std::{panic::catch_unwind, thread};

use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use testing::TestFn;

async fn name_of(pool: &PgPool) -> String {
    sqlx::query_scalar("select current_database()::text")
        .fetch_one(pool)
        .await
        .unwrap()
}

/// Changes a database in a way that is possible once.
async fn mark(pool: &PgPool) {
    sqlx::query("create table mark ()")
        .execute(pool)
        .await
        .unwrap();
}

/// Runs a function as a test of this name.
fn run<Fut: Future<Output = ()>>(function: fn(PgPool) -> Fut, test: &'static str) {
    function.run(test);
}

async fn succeed(pool: PgPool) {
    mark(&pool).await;
}

async fn fail(pool: PgPool) {
    panic!("{}", name_of(&pool).await);
}

/// Returns the name of the database that a test had which failed.
fn name_of_failed(test: &'static str) -> String {
    let reason = catch_unwind(|| run(fail, test)).unwrap_err();
    *reason.downcast::<String>().unwrap()
}

async fn exists(pool: &PgPool, database: &str) -> bool {
    sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
        .bind(database)
        .fetch_one(pool)
        .await
        .unwrap()
}

#[testing::test]
async fn all_migrations_are_applied(pool: PgPool) {
    let applied: Vec<i64> =
        sqlx::query_scalar("select version from _sqlx_migrations where success order by version")
            .fetch_all(&pool)
            .await
            .unwrap();
    let migrations = sqlx::migrate!("../../migrations");
    let known: Vec<i64> = migrations.iter().map(|one| one.version).collect();
    assert_eq!(applied, known);
}

#[testing::test]
async fn own_pool_opens_the_same_kind_of_database(
    options: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let pool = options.connect_with(connect).await.unwrap();
    mark(&pool).await;
}

#[test]
fn tests_at_the_same_time_have_different_databases() {
    thread::scope(|scope| {
        for test in ["first", "second", "third", "fourth"] {
            scope.spawn(move || run(succeed, test));
        }
    });
}

#[test]
fn next_run_of_a_test_has_a_new_database() {
    run(succeed, "again");
    run(succeed, "again");
}

#[testing::test]
async fn database_of_a_failed_test_remains_until_it_succeeds(pool: PgPool) {
    // In threads of their own, because a test starts a runtime.
    let name = thread::spawn(|| name_of_failed("sometimes"))
        .join()
        .unwrap();
    assert!(exists(&pool, &name).await);
    thread::spawn(|| run(succeed, "sometimes")).join().unwrap();
    assert!(!exists(&pool, &name).await);
}
