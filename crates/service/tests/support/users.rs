//! Test users.

use sqlx::PgPool;
use testing::users::user;
use uuid::Uuid;

/// Inserts an active user with roles and an unusable password hash. Returns the id.
pub(crate) async fn add(pool: &PgPool, username: &str, roles: &[&str]) -> Uuid {
    user(username)
        .password_hash("x")
        .roles(roles)
        .insert(pool)
        .await
}

/// Returns the number that a query selects.
pub(crate) async fn count(pool: &PgPool, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(pool).await.unwrap()
}
