//! The form login of the Maeser dialect.

use axum::http::Method;
use serde_json::json;
use sqlx::PgPool;

use super::{World, both};
use crate::support::{Answer, PASSWORD, add_password, session};

async fn log_in(world: &World, query: &str, fields: &[(&str, &str)]) -> Answer {
    let ask = world.at.ask(Method::POST, &format!("/login{query}"));
    world.at.app.send(ask.form(fields)).await
}

fn form<'a>(auth: &'a str, username: &'a str, password: &'a str) -> [(&'static str, &'a str); 3] {
    [
        ("authvalidator", auth),
        ("username", username),
        ("password", password),
    ]
}

#[testing::test]
async fn session_is_that_of_the_panel(pool: PgPool) {
    let worlds = both(&pool).await;
    add_password(&pool, &worlds[0].at.app.services.hasher).await;
    let panel = &worlds[0].at.app;
    for world in &worlds {
        let mount = world.at.path;
        for (auth, username) in [
            ("rollcall", "alice"),
            ("github", "alice123"),
            // Without such an identity it is a username.
            ("ldap", "alice"),
        ] {
            let answer = log_in(world, "", &form(auth, username, PASSWORD)).await;
            assert_eq!(answer.outline(), format!("302 to {mount}/"), "{auth}");
            let (cookie, attributes) = answer.cookie("session_token").unwrap();
            assert!(attributes.contains("HttpOnly"), "{attributes}");
            let home = world.get(cookie, "/").await;
            assert!(home.body.contains("Signed in as alice"), "{}", home.body);
            assert_eq!(panel.get_as(cookie, "/account").await.status, 200);
            let again = world.get(cookie, "/login").await;
            assert_eq!(again.outline(), format!("302 to {mount}/"));
            let out = world.get(cookie, "/logout").await;
            assert_eq!(out.outline(), format!("302 to {mount}/login"));
            assert_eq!(world.get(cookie, "/").await.status, 302);
        }
    }
}

#[testing::test]
async fn login_leads_to_the_page_that_was_asked_for(pool: PgPool) {
    let [_, own] = both(&pool).await;
    add_password(&pool, &own.at.app.services.hasher).await;
    for (next, to) in [
        ("%2Fusers%3Fa%3Db", "/users?a=b"),
        ("%2F%C3%BC", "/%C3%BC"),
        ("https%3A%2F%2Fevil.example%2F", "/"),
        ("%2F%2Fevil.example", "/"),
        ("%2F%5Cevil.example", "/"),
        ("%2Fx%0D%0ASet-Cookie%3A%20a%3Db", "/"),
        ("", "/"),
    ] {
        let query = format!("?next={next}");
        let answer = log_in(&own, &query, &form("rollcall", "root", PASSWORD)).await;
        assert_eq!(answer.outline(), format!("302 to {to}"), "{next}");
    }
    let page = own
        .at
        .app
        .get("/login?next=%2Fusers%22%3E&message=%3Cb%3EHi")
        .await;
    assert!(
        page.body.contains("action=\"/login?next=%2Fusers%22%3E\""),
        "{}",
        page.body
    );
    assert!(!page.body.contains("Hi"), "{}", page.body);
}

#[testing::test]
async fn rejected_login_says_why(pool: PgPool) {
    let worlds = both(&pool).await;
    add_password(&pool, &worlds[0].at.app.services.hasher).await;
    worlds[0]
        .run(&json!({ "type": "toggle-ban", "user_auth": "github", "user_id": "alice123", "new_status": true }))
        .await;
    for world in &worlds {
        let invalid = "Invalid Authentication Method in Request";
        let failed = "Authentication Failed";
        let long = "x".repeat(512);
        for (fields, says) in [
            (&form("", "root", PASSWORD)[1..], invalid),
            (&form("other", "root", PASSWORD), invalid),
            (&[], invalid),
            (&form("rollcall", "root", "wrong"), failed),
            (&form("rollcall", "unknown", PASSWORD), failed),
            (&form("github", "bob2", PASSWORD), failed),
            (&form("rollcall", "", ""), failed),
            (&form("rollcall", "a\0b", PASSWORD), failed),
            (&form("github", &long, PASSWORD), failed),
            // Only the right password discloses it.
            (&form("github", "alice123", "wrong"), failed),
            (
                &form("github", "alice123", PASSWORD),
                "User github.alice123 is Banned",
            ),
            (
                &form("rollcall", "alice", PASSWORD),
                "User rollcall.alice is Banned",
            ),
        ] {
            let answer = log_in(world, "?next=%2Flogs", fields).await;
            assert_eq!(answer.status, 200, "{fields:?}");
            let message = format!("<p id=\"message\" role=\"alert\">{says}</p>");
            assert!(
                answer.body.contains(&message),
                "{fields:?}: {}",
                answer.body
            );
            assert!(answer.cookie("session_token").is_none());
        }
        let json = world.at.ask(Method::POST, "/login").json(&json!({}));
        let answer = world.at.app.send(json).await;
        assert!(answer.body.contains(invalid), "{}", answer.body);
    }
}

#[testing::test]
async fn temporary_password_leads_to_another_one(pool: PgPool) {
    let worlds = both(&pool).await;
    let panel = &worlds[0].at.app;
    add_password(&pool, &panel.services.hasher).await;
    panel
        .run("update users set must_change_password = true where username = 'bob'")
        .await;
    for world in &worlds {
        let answer = log_in(world, "", &form("rollcall", "bob", PASSWORD)).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert!(answer.cookie("session_token").is_none());
        assert!(answer.body.contains("/reset/"), "{}", answer.body);
        assert!(answer.body.contains("Choose a password of your own"));
    }
}

#[testing::test]
async fn session_of_a_banned_user_ends_everywhere(pool: PgPool) {
    let [below, own] = both(&pool).await;
    let alice = session(&pool, "alice").await;
    for world in [&below, &own] {
        assert_eq!(
            world.get(&alice, "/get_requests_remaining").await.status,
            200
        );
    }
    let ban = json!({ "new_status": true });
    own.change(
        "toggle-ban",
        "github.alice123",
        &ban,
        "Made github.alice123 banned",
    )
    .await;
    for world in [&below, &own] {
        assert_eq!(
            world.get(&alice, "/get_requests_remaining").await.status,
            302
        );
    }
    let panel = below.at.app.get_as(&alice, "/api/auth/me").await;
    assert_eq!(panel.status, 401, "{}", panel.body);
}
