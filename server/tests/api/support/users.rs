//! Users and their sessions.

use domain::access_tokens::TokenDraft;
use service::{
    Services,
    access::operator,
    access_tokens,
    passwords::{Asker, Hasher},
};
use sqlx::PgPool;
use testing::users::{self, user};
use tower_sessions::session::Id;

/// Password of every user who has one.
pub(crate) const PASSWORD: &str = "correct horse <b>&amp; ";

/// Adds an active user with these roles, without a password.
pub(crate) async fn add_user(pool: &PgPool, username: &str, roles: &[&str]) {
    user(username)
        .email(format!("{username}@example.org").as_str())
        .roles(roles)
        .insert(pool)
        .await;
}

/// Returns the id of the user with this username, as text.
pub(crate) async fn id_of(pool: &PgPool, username: &str) -> String {
    users::id_of(pool, username).await.to_string()
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
    start(pool, username, &cookie).await;
    cookie
}

/// Starts a session of a user with a token in place of a cookie, and returns the token.
pub(crate) async fn session_token(pool: &PgPool, username: &str) -> String {
    // As long as a generated one.
    let id = Id::default().to_string();
    let token = format!("rs_{id}{id:.21}");
    start(pool, username, &token).await;
    token
}

async fn start(pool: &PgPool, username: &str, secret: &str) {
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
    .bind(secret)
    .execute(pool)
    .await
    .unwrap();
}

/// Creates an access token of a user, with scopes that the user has, and returns it as a program sends it.
pub(crate) async fn token(services: &Services, username: &str, scopes: &[&str]) -> String {
    let id = users::id_of(&services.pool, username).await;
    let draft = TokenDraft {
        name: "script".to_owned(),
        scopes: scopes.iter().map(ToString::to_string).collect(),
        days: Some(1),
        current_password: String::new(),
    };
    let created = access_tokens::create(services, &operator(), id, &draft).await;
    created.unwrap().issued.token
}
