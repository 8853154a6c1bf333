//! Test users.

use sqlx::PgPool;
use uuid::Uuid;

/// Inserts an active user with roles and an unusable password hash. Returns the id.
pub(crate) async fn add(pool: &PgPool, username: &str, roles: &[&str]) -> Uuid {
    let roles: Vec<String> = roles.iter().map(ToString::to_string).collect();
    let id: Uuid = sqlx::query_scalar(
        "insert into users (id, username, display_name, password_hash, created_via, created_at, updated_at)
        values (uuid_v7(now()), $1, initcap($1), 'x', 'cli', now(), now()) returning id",
    )
    .bind(username)
    .fetch_one(pool)
    .await
    .unwrap();
    sqlx::query(
        "insert into user_roles (user_id, role_id, granted_at)
        select $1, id, now() from roles where name = any($2)",
    )
    .bind(id)
    .bind(roles)
    .execute(pool)
    .await
    .unwrap();
    id
}

/// Returns the number that a query selects.
pub(crate) async fn count(pool: &PgPool, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(pool).await.unwrap()
}
