//! Users and their sessions.

use domain::access_tokens::TokenDraft;
use service::{
    Services,
    access::operator,
    access_tokens,
    passwords::{Asker, Hasher},
};
use sqlx::PgPool;
use tower_sessions::session::Id;
use uuid::Uuid;

/// Password of every user who has one.
pub(crate) const PASSWORD: &str = "correct horse <b>&amp; ";

/// Adds an active user with these roles, without a password.
pub(crate) async fn add_user(pool: &PgPool, username: &str, roles: &[&str]) {
    sqlx::query(
        "with person as (
            insert into users (id, username, display_name, email, created_via, created_at, updated_at)
            values (uuid_v7(now()), $1, initcap($1), $1 || '@example.org', 'cli', now(), now()) returning id
        )
        insert into user_roles (user_id, role_id, granted_at)
        select person.id, roles.id, now() from person, roles where name = any($2)",
    )
    .bind(username)
    .bind(roles)
    .execute(pool)
    .await
    .unwrap();
}

/// Sets [`PASSWORD`] for every user.
pub(crate) async fn add_password(pool: &PgPool, hasher: &Hasher) {
    let hash = hasher.hash(Asker::Operator, PASSWORD.into()).await.unwrap();
    sqlx::query("update users set password_hash = $1")
        .bind(hash)
        .execute(pool)
        .await
        .unwrap();
}

/// Starts a session of a user, and returns the value of its cookie.
pub(crate) async fn session(pool: &PgPool, username: &str) -> String {
    let cookie = Id::default().to_string();
    sqlx::query(
        "insert into sessions (
            id, token_hash, user_id, created_at, last_seen_at, idle_expires_at, expires_at
        )
        select
            uuid_v7(now()), sha256(convert_to($2, 'UTF8')), id, now(), now(), now() + interval '1 hour',
            now() + interval '1 day'
        from users where username = $1",
    )
    .bind(username)
    .bind(&cookie)
    .execute(pool)
    .await
    .unwrap();
    cookie
}

/// Creates an access token of a user, with scopes that the user has, and returns it as a program sends it.
pub(crate) async fn token(services: &Services, username: &str, scopes: &[&str]) -> String {
    let id: Uuid = sqlx::query_scalar("select id from users where username = $1")
        .bind(username)
        .fetch_one(&services.pool)
        .await
        .unwrap();
    let draft = TokenDraft {
        name: "script".to_owned(),
        scopes: scopes.iter().map(ToString::to_string).collect(),
        days: Some(1),
        current_password: String::new(),
    };
    let created = access_tokens::create(services, &operator(), id, &draft).await;
    created.unwrap().issued.token
}
