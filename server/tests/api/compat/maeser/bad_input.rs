//! Requests that no client of Maeser sends.

use axum::http::Method;
use serde_json::{Value, json};
use sqlx::PgPool;

use super::{assert_page, both};

const NO_JSON: &str = "Request must be JSON";
const NOT_UNDERSTOOD: &str =
    "The browser (or proxy) sent a request that this server could not understand.";
const KINDS: [&str; 10] = [
    "list-users",
    "check-user-auth",
    "get-user",
    "toggle-admin",
    "toggle-ban",
    "update-requests",
    "remove-user",
    "fetch-user",
    "list-cleanables",
    "clean-cache",
];

#[testing::test]
async fn body_must_be_json(pool: PgPool) {
    for world in both(&pool).await {
        let ask = || world.at.ask(Method::POST, "/users/api").by(&world.root);
        let deep = format!("{}{}", "{\"a\":".repeat(200), "}".repeat(200));
        for (kind, body, says) in [
            ("text/plain", r#"{"type":"list-users"}"#, NO_JSON),
            (
                "application/x-www-form-urlencoded",
                "type=list-users",
                NO_JSON,
            ),
            ("application/json", "null", NO_JSON),
            ("application/json", "", NOT_UNDERSTOOD),
            ("application/json", "{", NOT_UNDERSTOOD),
            ("application/json", "{\"type\":\"\\ud800\"}", NOT_UNDERSTOOD),
            ("application/json", deep.as_str(), NOT_UNDERSTOOD),
        ] {
            let answer = world.at.app.send(ask().body(kind, body)).await;
            assert_page(&answer, 400, says);
        }
        for body in ["[]", "7", "\"list-users\""] {
            let answer = world
                .at
                .app
                .send(ask().body("application/json", body))
                .await;
            assert_page(
                &answer,
                400,
                "Invalid command type was given: &#34;None&#34;",
            );
        }
        let large = format!("{{\"a\":\"{}\"}}", "x".repeat(64 * 1024));
        let answer = world
            .at
            .app
            .send(ask().body("application/json", large))
            .await;
        assert_page(
            &answer,
            413,
            "The data value transmitted exceeds the capacity limit.",
        );
    }
}

#[testing::test]
async fn strange_values_never_fail_the_server(pool: PgPool) {
    let [below, own] = both(&pool).await;
    let values = [
        json!("\0"),
        json!("a\u{85}b"),
        json!("a+b/c%2F..\u{202e}"),
        json!("x".repeat(512)),
        json!("é".repeat(513)),
        json!("' or 1=1 --"),
        json!(""),
        json!(null),
        json!(-1),
        json!(1e300),
        json!(u64::MAX),
        json!([]),
        json!({}),
        json!(true),
    ];
    for kind in KINDS {
        for value in &values {
            for field in [
                "user_auth",
                "user_id",
                "new_status",
                "action",
                "force_remove",
                "auth-filter",
            ] {
                let mut body = json!({
                    "type": kind, "user_auth": "github", "user_id": "none", "new_status": false, "action": "add",
                });
                body[field] = value.clone();
                let answer = own.command(&body).await;
                assert!(answer.status < 500, "{body}: {}", answer.body);
            }
        }
        // Cleaning has deleted the only one that it can.
        assert_eq!(below.user("old.b.1").await["aka"], json!(["bob"]));
    }
    for value in &values {
        let answer = own.command(&json!({ "type": value })).await;
        assert_eq!(answer.status, 400, "{value}: {}", answer.body);
    }
    for path in [
        "/users?auth-filter=%00",
        "/users?admin-filter=%F0%9F",
        "/users?banned-filter=",
        "/logs?branch=%00&user=%00&after=%00",
        "/logs?user=number:99999999999999999999",
        "/logs?user=.&sort_by=&order=&feedback=",
        "/logs/%FF/%FF",
        "/logs/..%2F..%2Fetc/passwd",
        "/logs/a/b/c",
        "/login?next=%00&message=%00",
    ] {
        let answer = own.get(&own.root, path).await;
        assert!(answer.status < 500, "{path}: {}", answer.body);
        let is_json = serde_json::from_str::<Value>(&answer.body).is_ok();
        assert!(!is_json, "{path}: {}", answer.body);
    }
}
