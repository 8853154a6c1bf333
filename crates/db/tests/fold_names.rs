//! Migration 24: existing names are converted to their stored form, and names that would become equal are reported.

use sqlx::{AssertSqlSafe, PgPool, migrate::Migrator, types::Uuid};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");
/// Version of the migration that folds names.
const FOLD_NAMES: i64 = 24;

async fn run(pool: &PgPool, sql: &str) -> Result<(), sqlx::Error> {
    let mut transaction = pool.begin().await?;
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await
}

/// Applies the migrations before it.
async fn migrate_before(pool: &PgPool) {
    for migration in MIGRATIONS.iter().filter(|one| one.version < FOLD_NAMES) {
        run(pool, migration.sql.as_str()).await.unwrap();
    }
}

async fn fold_names(pool: &PgPool) -> Result<(), sqlx::Error> {
    let mut found = MIGRATIONS.iter().filter(|one| one.version == FOLD_NAMES);
    run(pool, found.next().unwrap().sql.as_str()).await
}

async fn add(pool: &PgPool, username: &str, display_name: &str, email: Option<&str>) -> Uuid {
    sqlx::query_scalar(
        "insert into users (id, username, display_name, email, created_via, created_at, updated_at)
        values (uuid_v7(now()), $1, $2, $3, 'cli', now(), now()) returning id",
    )
    .bind(username)
    .bind(display_name)
    .bind(email)
    .fetch_one(pool)
    .await
    .unwrap()
}

#[sqlx::test(migrations = false)]
async fn existing_names_are_folded_by_the_migration(pool: PgPool) {
    migrate_before(&pool).await;
    let id = add(
        &pool,
        "jose\u{301}",
        "Jose\u{301} \u{A0}  Nu\u{301}n\u{303}ez",
        Some("jose\u{301}@example.org"),
    )
    .await;
    fold_names(&pool).await.unwrap();
    let stored: (String, String, String, String) = sqlx::query_as(
        "select username, display_name, email, search from users join user_search on user_id = id where id = $1",
    )
    .bind(id)
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(
        [stored.0.as_str(), &stored.1, &stored.2, &stored.3],
        [
            "josé",
            "José Núñez",
            "josé@example.org",
            " jose \n jose nunez \n jose@example.org ",
        ]
    );
}

#[sqlx::test(migrations = false)]
async fn colliding_names_are_reported(pool: PgPool) {
    migrate_before(&pool).await;
    add(&pool, "straße", "One", Some("ΣΑΣ@example.org")).await;
    add(&pool, "STRASSE", "Another", Some("σας@example.org")).await;
    let denied = fold_names(&pool).await.unwrap_err().to_string();
    assert!(
        denied.contains("straße (user number 1), STRASSE (user number 2)"),
        "{denied}"
    );
    // The failed migration has changed nothing.
    run(
        &pool,
        "update users set username = 'another' where number = 2",
    )
    .await
    .unwrap();
    let denied = fold_names(&pool).await.unwrap_err().to_string();
    assert!(
        denied.contains("ΣΑΣ@example.org (user number 1), σας@example.org (user number 2)"),
        "{denied}"
    );
    run(&pool, "update users set email = null where number = 2")
        .await
        .unwrap();
    fold_names(&pool).await.unwrap();
}
