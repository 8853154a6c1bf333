//! Dialects: below `/compat/` and at addresses of their own, with credentials and errors of their own.

mod all;
mod echo;
mod listed;
mod litellm;
mod maeser;
mod meeting;
mod openwebui;
mod recorded;
mod together;
mod tracker;

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

use axum::{body::to_bytes, http::Method};
use dialects::{Dialect, Dialects};
use domain::users::suspension::SuspensionDraft;
use serde_json::{Value, json};
use server::{
    Limits,
    router::{Site, build_dialect},
};
use service::{access::operator, settings::Settings, users};
use sqlx::PgPool;

use crate::support::{Answer, App, Ask, add_user, app, id_of, session, token, with_site};
use echo::{Echo, KEY, MASTER_KEY};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
/// Scopes of the keys in these tests.
const SCOPES: &[&str] = &["users:read", "users:write"];

/// A dialect at an address: an application, and the path of the dialect there.
struct Mounted {
    app: App,
    path: &'static str,
}

impl Mounted {
    fn ask(&self, method: Method, path: &str) -> Ask {
        Ask::new(method, &format!("{}{path}", self.path))
    }

    async fn get(&self, path: &str, key: &str) -> Answer {
        let ask = self.ask(Method::GET, path).header(KEY, key);
        self.app.send(ask).await
    }
}

/// Returns the dialect in both places.
fn both(pool: &PgPool, accepts_sessions: bool, limit: u32) -> [Mounted; 2] {
    let echo: Arc<dyn Dialect> = Arc::new(Echo { accepts_sessions });
    let site = Site {
        limits: Limits::per_minute(limit),
        dialects: Dialects::new(vec![Arc::clone(&echo)]),
        ..Site::default()
    };
    let below = with_site(pool, &site, Settings::default());
    let site = Site {
        limits: Limits::per_minute(limit),
        ..Site::default()
    };
    let router = build_dialect(&site, &below.services, &echo);
    let own = below.clone().with_router(router);
    [(below, "/compat/echo"), (own, "")].map(|(app, path)| Mounted { app, path })
}

/// Adds Ada, an admin, and Bob. Returns a key of Ada.
async fn prepare(pool: &PgPool) -> String {
    add_user(pool, "ada", &["admin"]).await;
    add_user(pool, "bob", &["user"]).await;
    let token = token(&app(pool).services, "ada", SCOPES).await;
    format!("test-{token}")
}

/// Asserts that an error has the form of the dialect.
fn assert_echo(answer: &Answer, status: u16, text: &str) {
    assert_eq!(answer.status, status, "{}", answer.body);
    let body = answer.json();
    let echo = body["echo"].as_str().unwrap_or_default();
    assert!(echo.starts_with(text), "{text}: {}", answer.body);
    assert_eq!(body["id"], answer.header("x-request-id"));
}

#[testing::test]
async fn dialect_that_is_off_has_no_route(pool: PgPool) {
    let key = prepare(&pool).await;
    let off = app(&pool);
    let [on, _] = both(&pool, false, 0);
    for path in ["/compat/echo", "/compat/echo/", "/compat/echo/me"] {
        let answer = off.send(Ask::get(path).header(KEY, &key)).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.body.starts_with("<!DOCTYPE html>"), "{path}");
    }
    assert_eq!(on.get("/me", &key).await.status, 200);
    // Beside the dialect everything is as without it.
    let other = on.app.get("/compat/other/me").await;
    assert!(other.body.starts_with("<!DOCTYPE html>"), "{}", other.body);
    assert_eq!(on.app.get("/api/none").await.code(), "NOT_FOUND");
}

#[testing::test]
async fn dialect_renders_every_error(pool: PgPool) {
    let key = prepare(&pool).await;
    let large = format!("{{\"a\":\"{}\"}}", "x".repeat(64 * 1024));
    for mounted in both(&pool, false, 0) {
        let app = &mounted.app;
        for path in ["/none", "/users/a/b/c", "/me/", "/"] {
            let answer = mounted.get(path, &key).await;
            assert_echo(&answer, 404, &format!("GET {path}: Not found"));
        }
        let denied = mounted.ask(Method::DELETE, "/me").header(KEY, &key);
        let denied = app.send(denied).await;
        assert_echo(&denied, 405, "DELETE /me: Method not allowed");
        assert!(denied.header("allow").contains("GET"), "{denied:?}");
        let put = || {
            let ask = mounted.ask(Method::PUT, "/users/u-1/extension");
            ask.header(KEY, &key)
        };
        let deep = format!("{}{}", "{\"a\":".repeat(200), "}".repeat(200));
        for malformed in ["", "{", "[]", "{\"a\":\"\\ud800\"}", &deep] {
            let answer = app.send(put().body("application/json", malformed)).await;
            assert_echo(&answer, 400, "PUT /users/u-1/extension: ");
        }
        let length = large.len().to_string();
        for ask in [
            put().body("application/json", large.clone()),
            put()
                .body("application/json", large.clone())
                .header("content-length", &length),
        ] {
            let answer = app.send(ask).await;
            assert_echo(&answer, 413, "PUT /users/u-1/extension: The request body");
        }
        // Errors of an extractor, of the dialect alone, and of a service.
        let number = mounted.get("/numbers/300", &key).await;
        assert_echo(&number, 400, "GET /numbers/300: Bad Request");
        let invalid = mounted.get("/users/%00", &key).await;
        assert_echo(&invalid, 418, "GET /users/%00: ");
        let unknown = mounted.get("/users/u-1", &key).await;
        assert_echo(&unknown, 404, "GET /users/u-1: User not found");
        let panicked = app.stream(mounted.ask(Method::GET, "/panic")).await;
        assert_eq!(panicked.status(), 500);
        let body = to_bytes(panicked.into_body(), usize::MAX).await.unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        let text = body["echo"].as_str().unwrap();
        assert!(text.starts_with("GET /panic: Something"), "{text}");
    }
}

#[testing::test]
async fn dialect_is_limited_by_account_and_address(pool: PgPool) {
    let key = prepare(&pool).await;
    for mounted in both(&pool, false, 2) {
        let me = |key: &str| {
            let ask = mounted.ask(Method::GET, "/me").header(KEY, key);
            mounted.app.send(ask.from(HERE))
        };
        // At first the key is not known yet, and counts against the address.
        for left in [1, 1, 0] {
            let answer = me(&key).await;
            assert_eq!(answer.status, 200);
            let state = answer.header("ratelimit");
            assert!(state.starts_with(&format!("\"api\";r={left};")), "{state}");
        }
        let denied = me(&key).await;
        assert_echo(&denied, 429, "GET /me: Too many requests");
        let seconds: u64 = denied.header("retry-after").parse().unwrap();
        assert!((1..=60).contains(&seconds));
        assert_eq!(me("test-wrong").await.status, 401);
        assert_echo(&me("test-wrong").await, 429, "GET /me: Too many");
        let anonymous = mounted.ask(Method::GET, "/none").from(HERE);
        assert_eq!(mounted.app.send(anonymous).await.status, 404);
    }
}

#[testing::test]
async fn operator_is_limited_apart_from_others_at_the_address(pool: PgPool) {
    for mounted in both(&pool, false, 2) {
        let me = |key: &str| {
            let ask = mounted.ask(Method::GET, "/me").header(KEY, key);
            mounted.app.send(ask.from(HERE))
        };
        // At first the key is not known yet, and counts against the address.
        assert_ne!(me(MASTER_KEY).await.status, 429);
        assert_eq!(me("test-wrong").await.status, 401);
        assert_eq!(me("test-wrong").await.status, 429);
        for _ in 0..2 {
            assert_ne!(me(MASTER_KEY).await.status, 429);
        }
        assert_eq!(me(MASTER_KEY).await.status, 429);
    }
}

#[testing::test]
async fn user_is_read_and_extended_by_the_identifier(pool: PgPool) {
    let key = prepare(&pool).await;
    let bob = id_of(&pool, "bob").await;
    for (index, mounted) in both(&pool, false, 0).into_iter().enumerate() {
        let app = &mounted.app;
        let path = format!("/users/u%2F{index}");
        let put = |path: &str, key: &str, body: &Value| {
            let ask = mounted.ask(Method::PUT, path).header(KEY, key);
            app.send(ask.json(body))
        };
        assert_eq!(put(&path, MASTER_KEY, &json!(bob)).await.status, 200);
        assert_eq!(mounted.get(&path, &key).await.body, "bob");
        assert_eq!(mounted.get(&path, MASTER_KEY).await.body, "bob");
        let extension = format!("{path}/extension");
        let stored = put(&extension, &key, &json!({ "color": index })).await;
        assert_eq!(stored.json(), json!({ "color": index }));
        let whole = format!("{{\"d\":\"{}\"}}", "x".repeat(64 * 1024 - 8));
        let whole = mounted
            .ask(Method::PUT, &extension)
            .header(KEY, &key)
            .body("application/json", whole);
        // The body is within the limit, but not together with what is stored.
        assert_eq!(app.send(whole).await.status, 422);
        // The operator has no account.
        let me = mounted.get("/me", MASTER_KEY).await;
        assert_echo(&me, 401, "GET /me: ");
    }
    let written: Vec<(String, String, Option<String>)> = sqlx::query_as(
        "select actor_label, via, token_label from audit_events
        where action = 'user.updated' order by id limit 2",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let [(operator, via, None), (ada, via_too, Some(token))] = &written[..] else {
        panic!("{written:?}");
    };
    assert_eq!((&**operator, &**via), ("echo master key", "api"));
    assert_eq!((&**ada, &**via_too), ("ada", "api"));
    assert!(token.starts_with("script"), "{token}");
}

#[testing::test]
async fn credentials_are_accepted_only_where_they_belong(pool: PgPool) {
    let key = prepare(&pool).await;
    let token = key.strip_prefix("test-").unwrap().to_owned();
    let ada = session(&pool, "ada").await;
    for mounted in both(&pool, false, 0) {
        let me = || mounted.ask(Method::GET, "/me");
        assert_eq!(mounted.app.send(me().header(KEY, &key)).await.body, "ada");
        for ask in [
            me(),
            me().by(&ada),
            me().bearer(&token),
            me().bearer(&key),
            me().header(KEY, &token),
            me().header(KEY, "test-master-key-of-17"),
        ] {
            let label = format!("{ask:?}");
            let denied = mounted.app.send(ask).await;
            assert_eq!(denied.status, 401, "{label}");
            assert!(denied.json()["echo"].is_string(), "{label}");
        }
    }
    let [below, _] = both(&pool, true, 0);
    let users = || Ask::get("/api/admin/users");
    for ask in [
        users().header(KEY, &key),
        users().header(KEY, MASTER_KEY),
        users().bearer(&key),
        users().bearer(MASTER_KEY),
    ] {
        let label = format!("{ask:?}");
        assert_eq!(below.app.send(ask).await.status, 401, "{label}");
    }
    let page = Ask::get("/users").header(KEY, &key);
    assert_eq!(
        below.app.send(page).await.outline(),
        "303 to /login?next=%2Fusers"
    );
    assert_eq!(below.app.send(users().bearer(&token)).await.status, 200);
}

#[testing::test]
async fn session_counts_where_the_dialect_accepts_it(pool: PgPool) {
    let key = prepare(&pool).await;
    let ada = session(&pool, "ada").await;
    for mounted in both(&pool, true, 0) {
        let me = |method| mounted.ask(method, "/me").by(&ada);
        for method in [Method::GET, Method::POST] {
            assert_eq!(mounted.app.send(me(method)).await.body, "ada");
        }
        let forged = me(Method::POST).header("sec-fetch-site", "cross-site");
        assert_echo(&mounted.app.send(forged).await, 403, "POST /me: ");
        assert_eq!(mounted.get("/me", &key).await.body, "ada");
    }
}

#[testing::test]
async fn suspended_user_is_denied_at_once(pool: PgPool) {
    let key = prepare(&pool).await;
    let mounted = both(&pool, true, 0);
    let ada = session(&pool, "ada").await;
    add_user(&pool, "eve", &["admin"]).await;
    let mut asks = Vec::new();
    for at in &mounted {
        let me = at.ask(Method::GET, "/me");
        asks.push((&at.app, me.clone().header(KEY, &key)));
        asks.push((&at.app, me.by(&ada)));
    }
    for (app, ask) in &asks {
        assert_eq!(app.send(ask.clone()).await.body, "ada");
    }
    let draft = SuspensionDraft {
        reason: "test".into(),
        ..SuspensionDraft::default()
    };
    let id = testing::users::id_of(&pool, "ada").await;
    let services = &mounted[0].app.services;
    users::suspend(services, &operator(), id, draft)
        .await
        .unwrap();
    for (app, ask) in asks {
        assert_echo(&app.send(ask).await, 401, "GET /me: ");
    }
}
