//! Sign-in, refreshed access tokens, and their end.

use std::net::{IpAddr, Ipv4Addr};

use axum::http::Method;
use dialects::Dialects;
use serde_json::json;
use server::router::{Site, build_dialect};
use service::settings::Settings;
use sqlx::PgPool;

use super::{Tracker, refresh_cookie};
use crate::support::{Ask, PASSWORD, with_site};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
const BOB: &str = "bob@example.org";
const ENDED: &str = "Could not validate credentials";

async fn refresh(tracker: &Tracker, token: &str) -> super::Reply {
    let ask = Tracker::ask(Method::POST, "/auth/refresh");
    tracker
        .send(ask.json(&json!({ "refresh_token": token })))
        .await
}

async fn refresh_by_cookie(tracker: &Tracker, token: &str) -> super::Reply {
    let ask = Tracker::ask(Method::GET, "/auth/refresh-cookie");
    tracker.send(ask.cookie("refresh_token", token)).await
}

#[testing::test]
async fn form_signs_in_and_sets_the_refresh_cookie(pool: PgPool) {
    let tracker = Tracker::new(&pool).await;
    let reply = tracker.login(BOB, PASSWORD).await;
    assert_eq!(reply.status, 200);
    let access = reply.body["access_token"].as_str().unwrap();
    assert_eq!(
        reply.body,
        json!({ "access_token": access, "token_type": "bearer" })
    );
    let (token, attributes) = refresh_cookie(&reply);
    assert_eq!(
        attributes,
        "HttpOnly; SameSite=Lax; Path=/compat/tracker/api/v1/auth; Max-Age=604800"
    );
    assert_ne!(token, access);
    for renewed in [
        refresh(&tracker, &token).await,
        refresh_by_cookie(&tracker, &token).await,
    ] {
        assert_eq!(renewed.status, 200);
        let newer = renewed.body["access_token"].as_str().unwrap();
        assert_eq!(
            renewed.body,
            json!({ "access_token": newer, "token_type": "bearer" })
        );
        assert_ne!(newer, access);
        for token in [access, newer] {
            let me = tracker.get(token, "/users/me").await;
            assert_eq!(me.body["name"], "Bob");
        }
    }
    // One session, however many access tokens it has.
    let live = "select count(*) from live_sessions";
    assert_eq!(tracker.app.count(live).await, 1);
    let started = "select count(*) from audit_events where action = 'session.started' and actor_label = 'bob'";
    assert_eq!(tracker.app.count(started).await, 1);
}

#[testing::test]
async fn cookie_is_that_of_the_own_address(pool: PgPool) {
    // Adds the users.
    Tracker::new(&pool).await;
    let settings = Settings {
        public_url: "https://panel.example".to_owned(),
        ..Settings::default()
    };
    let app = with_site(&pool, &Site::default(), settings);
    let dialects = Dialects::builtin().select("tracker").unwrap();
    let dialect = dialects.iter().next().unwrap();
    let router = build_dialect(&Site::default(), &app.services, dialect);
    let own = Tracker {
        app: app.with_router(router),
    };
    let ask = Ask::post("/api/v1/auth/login");
    let ask = ask.form(&[("username", BOB), ("password", PASSWORD)]);
    let (_, attributes) = refresh_cookie(&own.send(ask).await);
    assert_eq!(
        attributes,
        "HttpOnly; SameSite=Lax; Path=/api/v1/auth; Max-Age=604800; Secure"
    );
}

#[testing::test]
async fn json_signs_in_and_returns_the_user(pool: PgPool) {
    let tracker = Tracker::new(&pool).await;
    tracker
        .app
        .run("update users set client_list = '{2,1}', notification_preferences = '{\"email\": true}' where username = 'bob'")
        .await;
    let ask = Tracker::ask(Method::POST, "/auth/login/json");
    let body = json!({ "email": BOB, "password": PASSWORD });
    let reply = tracker.send(ask.json(&body)).await;
    assert_eq!(reply.status, 200);
    let access = reply.body["access_token"].as_str().unwrap();
    let bob = json!({
        "id": tracker.number("bob").await,
        "name": "Bob",
        "email": BOB,
        "roles": ["user"],
        "client_list": [2, 1],
        "notification_preferences": { "email": true, "ui": true },
    });
    assert_eq!(
        reply.body,
        json!({ "access_token": access, "token_type": "bearer", "user": bob })
    );
    assert_eq!(tracker.get(access, "/users/me").await.body, bob);
    assert!(!refresh_cookie(&reply).0.is_empty());
}

#[testing::test]
async fn wrong_credentials_have_one_error(pool: PgPool) {
    let tracker = Tracker::new(&pool).await;
    for (email, password) in [
        (BOB, "wrong"),
        ("unknown@example.org", PASSWORD),
        ("bob+@example.org", PASSWORD),
    ] {
        let form = tracker.login(email, password).await;
        form.assert_denied(400, "Incorrect email or password");
        let ask = Tracker::ask(Method::POST, "/auth/login/json");
        let body = json!({ "email": email, "password": password });
        let reply = tracker.send(ask.json(&body)).await;
        reply.assert_denied(400, "Incorrect email or password");
        assert!(reply.headers.get("set-cookie").is_none());
    }
    tracker
        .app
        .run("update users set status = 'suspended' where username = 'bob'")
        .await;
    let suspended = tracker.login(BOB, PASSWORD).await;
    suspended.assert_denied(400, "Inactive user");
    tracker
        .login(BOB, "wrong")
        .await
        .assert_denied(400, "Incorrect email or password");
}

#[testing::test]
async fn attempts_are_throttled(pool: PgPool) {
    let tracker = Tracker::new(&pool).await;
    let mut throttled = None;
    for _ in 0..10 {
        let ask = Tracker::ask(Method::POST, "/auth/login");
        let ask = ask.form(&[("username", BOB), ("password", "wrong")]);
        let reply = tracker.send(ask.from(HERE)).await;
        if reply.status == 429 {
            throttled = Some(reply);
            break;
        }
    }
    let throttled = throttled.expect("no attempt was throttled");
    assert!(throttled.body["detail"].is_string());
    let seconds: u64 = throttled.header("retry-after").parse().unwrap();
    assert!(seconds > 0);
}

#[testing::test]
async fn temporary_password_does_not_sign_in(pool: PgPool) {
    let tracker = Tracker::new(&pool).await;
    tracker
        .app
        .run("update users set must_change_password = true where username = 'bob'")
        .await;
    let reply = tracker.login(BOB, PASSWORD).await;
    assert_eq!(reply.status, 400);
    let text = reply.body["detail"].as_str().unwrap();
    assert!(text.contains("temporary password"), "{text}");
    assert!(text.contains("/reset/"), "{text}");
}

#[testing::test]
async fn tokens_end_with_their_session_and_their_user(pool: PgPool) {
    let tracker = Tracker::new(&pool).await;
    for (ends, again) in [
        (
            "update sessions set ended_at = now(), ended_reason = 'revoked'",
            "select 1",
        ),
        ("update sessions set expires_at = now()", "select 1"),
        (
            "update users set status = 'suspended' where username = 'bob'",
            "update users set status = 'active' where username = 'bob'",
        ),
        (
            "update users set deleted_at = now(), purge_after = now() where username = 'bob'",
            "update users set deleted_at = null, purge_after = null where username = 'bob'",
        ),
    ] {
        let tokens = tracker.sign_in(BOB).await;
        assert_eq!(tracker.get(&tokens.access, "/users/me").await.status, 200);
        tracker.app.run(ends).await;
        let me = tracker.get(&tokens.access, "/users/me").await;
        me.assert_denied(401, ENDED);
        assert_eq!(me.header("www-authenticate"), "Bearer");
        let refreshed = refresh(&tracker, &tokens.refresh).await;
        refreshed.assert_denied(401, ENDED);
        let refreshed = refresh_by_cookie(&tracker, &tokens.refresh).await;
        refreshed.assert_denied(401, ENDED);
        tracker.app.run(again).await;
    }
}

#[testing::test]
async fn expired_access_token_is_refreshed(pool: PgPool) {
    let tracker = Tracker::new(&pool).await;
    let tokens = tracker.sign_in(BOB).await;
    let minutes =
        "select (extract(epoch from max(expires_at) - now()) / 60)::bigint from session_children";
    assert_eq!(tracker.app.count(minutes).await, 30);
    tracker
        .app
        .run("update session_children set expires_at = now()")
        .await;
    tracker
        .get(&tokens.access, "/users/me")
        .await
        .assert_denied(401, ENDED);
    // The client sends its expired token with each request.
    let ask = Tracker::ask(Method::GET, "/auth/refresh-cookie");
    let ask = ask.cookie("refresh_token", &tokens.refresh);
    let renewed = tracker.send(ask.bearer(&tokens.access)).await;
    let newer = renewed.body["access_token"].as_str().unwrap();
    assert_eq!(tracker.get(newer, "/users/me").await.status, 200);
    let fields = [("username", BOB), ("password", PASSWORD)];
    let ask = Tracker::ask(Method::POST, "/auth/login").form(&fields);
    let again = tracker.send(ask.bearer(&tokens.access)).await;
    assert_eq!(again.status, 200);
}

#[testing::test]
async fn only_a_refresh_token_is_refreshed(pool: PgPool) {
    let tracker = Tracker::new(&pool).await;
    let tokens = tracker.sign_in(BOB).await;
    let of_access = refresh(&tracker, &tokens.access).await;
    of_access.assert_denied(401, ENDED);
    // Nor is it an access token.
    let me = tracker.get(&tokens.refresh, "/users/me").await;
    me.assert_denied(403, "Could not validate credentials");
    for wrong in ["", "x", "eyJhbGciOi.J9.x", "\0", &"x".repeat(512)] {
        let reply = refresh(&tracker, wrong).await;
        reply.assert_denied(403, "Could not validate credentials");
    }
    let none = Tracker::ask(Method::GET, "/auth/refresh-cookie");
    let none = tracker.send(none).await;
    none.assert_denied(401, "Not authenticated");
    // A request of another site gets no token.
    let forged = Tracker::ask(Method::POST, "/auth/refresh")
        .header("sec-fetch-site", "cross-site")
        .json(&json!({ "refresh_token": tokens.refresh }));
    assert_eq!(tracker.send(forged).await.status, 403);
}

#[testing::test]
async fn tokens_open_nothing_but_the_dialect(pool: PgPool) {
    let tracker = Tracker::new(&pool).await;
    let tokens = tracker.sign_in("ada@example.org").await;
    for token in [&tokens.access, &tokens.refresh] {
        let users = Ask::get("/api/admin/users").bearer(token);
        assert_eq!(tracker.app.send(users).await.status, 401);
    }
    let users = || Ask::get("/api/admin/users");
    for by_cookie in [
        users().cookie("refresh_token", &tokens.refresh),
        users().by(&tokens.refresh),
    ] {
        assert_eq!(tracker.app.send(by_cookie).await.status, 401);
    }
}
