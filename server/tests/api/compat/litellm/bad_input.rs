//! Input that no client should send: each gets an error of the system, and none a failure of the server.

use axum::http::Method;
use serde_json::{Value, json};
use sqlx::PgPool;

use super::{MASTER, ask, assert_own, done, get, post, with_litellm};

#[testing::test]
async fn unknown_paths_and_methods_are_those_of_the_framework(pool: PgPool) {
    let app = with_litellm(&pool);
    for path in [
        "/",
        "/user",
        "/user/none",
        "/user/list/",
        "/api/admin/users",
    ] {
        let answer = get(&app, path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.json()["detail"], "Not Found", "{path}");
    }
    let method = app.send(ask(Method::DELETE, "/user/new", MASTER)).await;
    assert_eq!(method.status, 405);
    assert_eq!(method.json()["detail"], "Method Not Allowed");
}

#[testing::test]
async fn bodies_are_checked(pool: PgPool) {
    let app = with_litellm(&pool);
    for text in [
        "",
        "{",
        "[]",
        "null",
        "1",
        "\"a\"",
        "{\"user_email\":\"\\ud800\"}",
    ] {
        let request = ask(Method::POST, "/user/new", MASTER).body("application/json", text);
        let answer = app.send(request).await;
        assert_eq!(answer.status, 422, "{text}: {}", answer.body);
        assert_eq!(answer.json()["detail"][0]["loc"][0], "body", "{text}");
    }
    let large = format!("{{\"user_email\":\"{}\"}}", "x".repeat(64 * 1024));
    let request = ask(Method::POST, "/user/new", MASTER).body("application/json", large);
    assert_eq!(app.send(request).await.status, 413);
    for (body, status) in [
        (json!({ "user_email": 1 }), 422),
        (json!({ "user_email": "no address" }), 422),
        (json!({ "user_email": "a\u{0}@example.org" }), 422),
        (json!({ "user_id": "a\u{0}" }), 422),
        (json!({ "user_id": "é".repeat(513) }), 422),
        (json!({ "user_alias": "\u{202e}" }), 422),
        (json!({ "user_role": "customer" }), 422),
        (json!({ "teams": ["none"] }), 404),
        (json!({ "teams": "none" }), 422),
        (json!({ "teams": ["\u{0}"] }), 404),
        (json!({ "max_budget": -1 }), 422),
        (json!({ "max_budget": 1e300 }), 422),
        (json!({ "max_budget": "much" }), 422),
        (json!({ "max_budget": 1, "budget_duration": "soon" }), 422),
        (json!({ "rpm_limit": true }), 422),
        (json!({ "models": ["\u{0}"] }), 422),
        (json!({ "metadata": { "a": "\u{0}" } }), 422),
        (json!({ "duration": "1y" }), 400),
        (json!({ "duration": "9999d" }), 422),
        (json!({ "password": "Correct-horse-1" }), 422),
        (json!({ "send_invite_email": true }), 400),
    ] {
        let answer = post(&app, "/user/new", &body).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.body);
    }
    assert_eq!(get(&app, "/user/list").await.json()["total"], 0);
}

#[testing::test]
async fn parameters_are_checked(pool: PgPool) {
    let app = with_litellm(&pool);
    let long = "x".repeat(512);
    let body = json!({ "user_id": long, "auto_create_key": false });
    let created = done(&app, "/user/new", &body).await;
    assert_eq!(created["user_id"], long);
    let info = get(&app, &format!("/user/info?user_id={long}")).await;
    assert_eq!(info.status, 200, "{}", info.body);
    for path in [
        "/user/info?user_id=%00",
        "/user/info?user_id=%ff",
        "/user/list?search=%00",
        "/user/list?page=9223372036854775807",
        "/user/list?page=9223372036854775808",
        "/user/list?page=-1",
        "/user/list?user_ids=%25,%27",
        "/user/list?sort_by=%27",
        "/key/info?key=%00",
        "/key/info",
        "/key/list?size=101",
        "/key/list?page=9223372036854775807",
        "/team/info",
        "/team/info?team_id=%01",
        "/invitation/info",
        "/onboarding/get_token",
        "/onboarding/get_token?invite_link=%00",
        "/user/daily/activity?start_date=2026-13-01&end_date=x",
        "/user/daily/activity?start_date=1000-01-01&end_date=9999-12-31",
    ] {
        let answer = get(&app, path).await;
        assert!(answer.status < 500, "{path}: {}", answer.body);
        assert!(answer.json().is_object(), "{path}");
    }
    for (path, body) in [
        ("/user/update", json!({})),
        ("/user/update", json!({ "user_email": "\u{0}" })),
        ("/user/update", json!({ "user_id": "\u{0}" })),
        ("/user/update", json!({ "user_id": long, "spend": 5 })),
        (
            "/user/update",
            json!({ "user_id": long, "password": "short" }),
        ),
        ("/user/delete", json!({ "user_ids": vec!["a"; 101] })),
        ("/user/delete", json!({ "user_ids": [] })),
        ("/user/bulk_update", json!({ "users": [1] })),
        ("/user/bulk_update", json!({ "all_users": true })),
        ("/key/generate", json!({ "user_id": long, "metadata": 1 })),
        ("/key/generate", json!({ "user_id": long, "key": "sk-own" })),
        ("/key/delete", json!({ "keys": ["\u{0}"] })),
        ("/key/delete", json!({ "key_aliases": ["\u{0}"] })),
        ("/key/update", json!({})),
        ("/team/new", json!({ "team_alias": "\u{0}" })),
        ("/team/new", json!({ "team_id": "x".repeat(300) })),
        ("/team/member_add", json!({ "team_id": "a" })),
        ("/invitation/new", json!({ "user_id": 1 })),
        (
            "/onboarding/claim_token",
            json!({ "invitation_link": "\u{0}", "user_id": "", "password": "" }),
        ),
    ] {
        let answer = post(&app, path, &body).await;
        assert!(
            (400..500).contains(&answer.status),
            "{path} {body}: {}",
            answer.body
        );
    }
    for (path, body) in [
        ("/user/new", json!({ "teams": vec!["a"; 501] })),
        ("/key/delete", json!({ "keys": vec!["a"; 501] })),
        ("/key/delete", json!({ "key_aliases": vec!["a"; 501] })),
        ("/team/delete", json!({ "team_ids": vec!["a"; 501] })),
        (
            "/team/new",
            json!({ "members_with_roles": vec![json!({ "user_id": "a" }); 501] }),
        ),
    ] {
        assert_own(&post(&app, path, &body).await, 400, "At most 500 ");
    }
    let missing: Value = json!({ "user_id": "none" });
    assert_own(
        &post(&app, "/user/update", &missing).await,
        404,
        "User none not found",
    );
}
