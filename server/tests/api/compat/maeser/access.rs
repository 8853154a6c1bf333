//! Callers of each route of the Maeser dialect.

use axum::http::Method;
use domain::{error::Forbidden, users::suspension::SuspensionDraft};
use serde_json::json;
use service::{access::operator, users};
use sqlx::PgPool;
use testing::{conversations::conversation, roles::role, users::id_of};

use super::{assert_page, both};
use crate::support::{Ask, add_user, session, token};

const DENIED: &str = "Admin access is required to access this page.";
/// Routes with the statuses for users and for admins.
const ROUTES: [(&str, u16, u16); 6] = [
    ("/", 200, 200),
    ("/users", 403, 200),
    ("/users/api", 403, 200),
    ("/logs", 403, 200),
    ("/logs/physics/none.json", 403, 404),
    ("/get_requests_remaining", 200, 200),
];

fn with_body(ask: Ask, path: &str) -> Ask {
    if path == "/users/api" {
        ask.json(&json!({ "type": "list-users" }))
    } else {
        ask
    }
}

fn method(path: &str) -> Method {
    if path == "/users/api" {
        Method::POST
    } else {
        Method::GET
    }
}

#[testing::test]
async fn login_leads_back_to_the_same_query(pool: PgPool) {
    for world in both(&pool).await {
        let mount = world.at.path;
        let ask = world.at.ask(Method::GET, "/logs?branch=a%20b&order=asc");
        let answer = world.at.app.send(ask).await;
        let next = format!(
            "{}%2Flogs%3Fbranch%3Da%2520b%26order%3Dasc",
            mount.replace('/', "%2F")
        );
        assert_eq!(
            answer.outline(),
            format!("302 to {mount}/login?next={next}")
        );
    }
}

#[testing::test]
async fn each_route_has_its_callers(pool: PgPool) {
    let worlds = both(&pool).await;
    add_user(&pool, "gone", &["admin"]).await;
    let [alice, gone] = [session(&pool, "alice").await, session(&pool, "gone").await];
    let services = &worlds[0].at.app.services;
    let secret = token(services, "root", &["users:read", "users:write"]).await;
    let draft = SuspensionDraft {
        reason: "test".into(),
        ..SuspensionDraft::default()
    };
    let id = id_of(&pool, "gone").await;
    users::suspend(services, &operator(), id, draft)
        .await
        .unwrap();
    for world in &worlds {
        let mount = world.at.path;
        for (path, for_user, for_admin) in ROUTES {
            let ask = || with_body(world.at.ask(method(path), path), path);
            for (session, status) in [(&alice, for_user), (&world.root, for_admin)] {
                let answer = world.at.app.send(ask().by(session)).await;
                assert_eq!(answer.status, status, "{path}: {}", answer.body);
                if status == 403 {
                    assert_page(&answer, 403, DENIED);
                }
            }
            let next = format!("{mount}{path}").replace('/', "%2F");
            let to_login = format!("302 to {mount}/login?next={next}");
            for anonymous in [
                ask(),
                ask().by(&gone),
                ask().by("no-session"),
                ask().bearer(&secret),
            ] {
                let answer = world.at.app.send(anonymous).await;
                assert_eq!(answer.outline(), to_login, "{path}");
            }
        }
        // Routes without a caller.
        for (path, status) in [
            ("/login", 200),
            ("/users/manageUserAPI.js", 200),
            ("/static/page.css", 200),
        ] {
            let answer = world.at.app.send(world.at.ask(Method::GET, path)).await;
            assert_eq!(answer.status, status, "{path}");
        }
    }
}

#[testing::test]
async fn reader_of_users_changes_none(pool: PgPool) {
    let [below, _] = both(&pool).await;
    let reads = ["users:read", "limits:read"];
    role("reader").permissions(&reads).insert(&pool).await;
    add_user(&pool, "rita", &["reader"]).await;
    let rita = session(&pool, "rita").await;
    let list = json!({ "type": "list-users" });
    assert_eq!(below.command_by(&rita, &list).await.status, 200);
    for command in [
        json!({ "type": "toggle-admin", "user_auth": "github", "user_id": "alice123", "new_status": true }),
        json!({ "type": "toggle-ban", "user_auth": "github", "user_id": "alice123", "new_status": true }),
        json!({ "type": "update-requests", "user_auth": "github", "user_id": "alice123", "action": "add" }),
        json!({ "type": "remove-user", "user_auth": "github", "user_id": "alice123" }),
        json!({ "type": "remove-user", "user_auth": "github", "user_id": "unknown" }),
        json!({ "type": "fetch-user", "user_auth": "github", "user_id": "bob" }),
        json!({ "type": "clean-cache" }),
    ] {
        assert_page(&below.command_by(&rita, &command).await, 403, DENIED);
    }
    let changed = below
        .at
        .app
        .count("select count(*) from audit_events")
        .await;
    assert_eq!(changed, 0);
}

#[testing::test]
async fn list_without_users_needs_the_permissions_too(pool: PgPool) {
    let [below, _] = both(&pool).await;
    role("reader")
        .permissions(&["users:read"])
        .insert(&pool)
        .await;
    add_user(&pool, "rita", &["reader"]).await;
    let rita = session(&pool, "rita").await;
    let list = json!({ "type": "list-users", "auth-filter": "none" });
    assert_page(&below.command_by(&rita, &list).await, 403, DENIED);
}

#[testing::test]
async fn other_site_cannot_send_commands(pool: PgPool) {
    for world in both(&pool).await {
        let command = json!({ "type": "clean-cache" });
        let ask = world.at.ask(Method::POST, "/users/api").by(&world.root);
        let ask = ask.json(&command).header("sec-fetch-site", "cross-site");
        let answer = world.at.app.send(ask).await;
        assert_eq!(answer.status, 403, "{}", answer.body);
        assert!(answer.header("content-type").starts_with("text/html"));
        assert_eq!(
            world.names(&json!({ "auth-filter": "github" })).await.len(),
            1
        );
    }
}

#[testing::test]
async fn other_site_can_neither_open_a_log_nor_sign_out(pool: PgPool) {
    let worlds = both(&pool).await;
    let alice = id_of(&pool, "alice").await;
    let id = conversation(&pool, alice, "physics", "chat-1").await;
    for world in &worlds {
        for path in [format!("/logs/physics/{id}.json"), "/logout".to_owned()] {
            for (name, value) in [
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-site", "same-site"),
                ("referer", "https://evil.example/"),
            ] {
                let ask = world.at.ask(Method::GET, &path).by(&world.root);
                let answer = world.at.app.send(ask.header(name, value)).await;
                assert_eq!(answer.status, 403, "{path} {name}: {value}");
            }
        }
        let log = world
            .at
            .ask(Method::GET, &format!("/logs/physics/{id}.json"))
            .by(&world.root);
        // Over http, a link of another site without a referrer looks like this.
        let unnamed = world.at.app.send(log.clone().without_referrer()).await;
        let reason = Forbidden::UnknownSite.message().to_string();
        assert_page(&unnamed, 403, &reason);
        let program = log.header("sec-fetch-site", "none");
        assert_eq!(world.at.app.send(program).await.status, 200);
    }
    let looks = "select count(*) from audit_events";
    assert_eq!(worlds[0].at.app.count(looks).await, 2);
}

#[testing::test]
async fn unknown_paths_and_methods_get_pages(pool: PgPool) {
    for world in both(&pool).await {
        let unknown = world.get(&world.root, "/msg/1").await;
        assert_eq!(unknown.status, 404);
        assert!(
            unknown
                .body
                .starts_with("<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>")
        );
        let denied = world.get(&world.root, "/users/api").await;
        assert_page(
            &denied,
            405,
            "The method is not allowed for the requested URL.",
        );
        assert!(denied.header("allow").contains("POST"));
    }
}
