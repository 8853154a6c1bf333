//! Requests that are malformed, and addresses without a route.

use axum::http::Method;
use serde_json::{Value, json};
use sqlx::PgPool;

use super::Tracker;

fn body() -> [Value; 1] {
    [json!(["body"])]
}

#[testing::test]
async fn malformed_bodies_are_invalid(pool: PgPool) {
    let tracker = Tracker::new(&pool).await;
    let ada = tracker.ada().await;
    let deep = format!("{}{}", "{\"a\":".repeat(200), "}".repeat(200));
    let user = json!({ "name": "Max", "email": "max@example.org", "password": "securepassword" });
    let with = |field: &str, value: Value| {
        let mut user = user.clone();
        user[field] = value;
        user.to_string()
    };
    for text in [
        String::new(),
        "{".to_owned(),
        "[]".to_owned(),
        "null".to_owned(),
        "[\"Max\",\"max@example.org\",\"securepassword\",null,null,null]".to_owned(),
        "{\"name\":\"\\ud800\"}".to_owned(),
        "{\"name\":\"Max\"}".to_owned(),
        deep,
        with("name", json!(7)),
        with("email", json!(null)),
        with("roles", json!("admin")),
        with("roles", json!([1])),
        with("client_list", json!(["1"])),
        with("client_list", json!([2_147_483_648_i64])),
        with("client_list", json!([1.5])),
        with("notification_preferences", json!([])),
        with("notification_preferences", json!("{}")),
    ] {
        let ask = Tracker::ask(Method::POST, "/users/").bearer(&ada);
        let reply = tracker.send(ask.body("application/json", text)).await;
        reply.assert_invalid(&body());
    }
    // A body that is not UTF-8.
    let ask = Tracker::ask(Method::POST, "/users/").bearer(&ada);
    let reply = tracker.send(ask.body("application/json", b"{\"name\":\"\xff\"}"));
    reply.await.assert_invalid(&body());
    assert_eq!(tracker.app.count("select count(*) from users").await, 2);
}

#[testing::test]
async fn every_wrong_field_is_named(pool: PgPool) {
    let tracker = Tracker::new(&pool).await;
    let ada = tracker.ada().await;
    let long = "x".repeat(512);
    let reply = tracker
        .post(
            &ada,
            "/users/",
            json!({
                "name": "\0",
                "email": "not an address",
                "password": "short",
                "roles": ["two words"],
                "client_list": vec![1; 1_001],
                "notification_preferences": { "a": "\0" },
            }),
        )
        .await;
    let places = [
        "name",
        "email",
        "roles",
        "password",
        "notification_preferences",
        "client_list",
    ];
    reply.assert_invalid(&places.map(|field| json!(["body", field])));
    for (field, value) in [
        ("name", json!(long)),
        ("name", json!("\u{202e}x")),
        ("email", json!("")),
        ("email", json!(format!("{long}@example.org"))),
        ("email", json!("a\0@example.org")),
        ("password", json!(long)),
        ("roles", json!(["unknown-role"])),
    ] {
        let path = format!("/users/{}", tracker.number("bob").await);
        let reply = tracker.put(&ada, &path, json!({ field: value })).await;
        reply.assert_invalid(&[json!(["body", field])]);
    }
}

#[testing::test]
async fn wrong_parameters_are_named(pool: PgPool) {
    let tracker = Tracker::new(&pool).await;
    let ada = tracker.ada().await;
    for list in ["/users/", "/clients/"] {
        for wrong in [
            "-1",
            "x",
            "1.5",
            "%00",
            "",
            "4294967296",
            "99999999999999999999",
        ] {
            for name in ["skip", "limit"] {
                let path = format!("{list}?{name}={wrong}");
                let reply = tracker.get(&ada, &path).await;
                reply.assert_invalid(&[json!(["query", name])]);
            }
        }
        let path = format!("{list}?skip=-1&limit=1001");
        let both = tracker.get(&ada, &path).await;
        both.assert_invalid(&[json!(["query", "skip"]), json!(["query", "limit"])]);
        let twice = tracker.get(&ada, &format!("{list}?skip=1&skip=2")).await;
        assert_eq!(twice.status, 422);
    }
    let long = "9a".repeat(256);
    for (object, name) in [("/users/", "user_id"), ("/clients/", "client_id")] {
        for wrong in [
            "x",
            "1.5",
            "1e3",
            "%00",
            "1%2F2",
            "a+b",
            "%F0%9F%92%A9",
            &long,
        ] {
            let reply = tracker.get(&ada, &format!("{object}{wrong}")).await;
            reply.assert_invalid(&[json!(["path", name])]);
        }
        let not_utf8 = tracker.get(&ada, &format!("{object}%ff")).await;
        assert_eq!(not_utf8.status, 422);
    }
}

#[testing::test]
async fn sign_in_without_its_fields_is_invalid(pool: PgPool) {
    let tracker = Tracker::new(&pool).await;
    for fields in [
        &[][..],
        &[("username", "bob@example.org")],
        &[("password", "x")],
        &[("username", "a"), ("username", "b"), ("password", "x")],
    ] {
        let ask = Tracker::ask(Method::POST, "/auth/login").form(fields);
        tracker.send(ask).await.assert_invalid(&body());
    }
    let ask = Tracker::ask(Method::POST, "/auth/login");
    let json_as_form = ask.json(&json!({ "username": "bob@example.org", "password": "x" }));
    tracker.send(json_as_form).await.assert_invalid(&body());
    for (email, password, field) in [
        ("", "x", "email"),
        ("b\0b", "x", "email"),
        ("bob@example.org", "", "password"),
    ] {
        let ask = Tracker::ask(Method::POST, "/auth/login/json");
        let ask = ask.json(&json!({ "email": email, "password": password }));
        let reply = tracker.send(ask).await;
        reply.assert_invalid(&[json!(["body", field])]);
    }
    for path in ["/auth/login/json", "/auth/refresh"] {
        for text in ["", "[]", "[\"a\",\"b\"]", "{\"refresh_token\":1}"] {
            let ask = Tracker::ask(Method::POST, path).body("application/json", text);
            tracker.send(ask).await.assert_invalid(&body());
        }
    }
    for absent in [json!({}), json!({ "refresh_token": null })] {
        let ask = Tracker::ask(Method::POST, "/auth/refresh").json(&absent);
        let reply = tracker.send(ask).await;
        reply.assert_denied(401, "Not authenticated");
    }
}

#[testing::test]
async fn addresses_without_a_route_have_errors_of_the_system(pool: PgPool) {
    let tracker = Tracker::new(&pool).await;
    let ada = tracker.ada().await;
    for path in [
        "",
        "/",
        "/users/1/2",
        "/auth",
        "/auth/logout",
        "/nothing",
        "/users/me/",
    ] {
        let reply = tracker.get(&ada, path).await;
        reply.assert_denied(404, "Not Found");
    }
    for (method, path) in [
        (Method::DELETE, "/users/"),
        (Method::POST, "/users/me"),
        (Method::DELETE, "/users/me"),
        (Method::GET, "/auth/login"),
        (Method::POST, "/auth/refresh-cookie"),
    ] {
        let reply = tracker.send(Tracker::ask(method, path).bearer(&ada)).await;
        reply.assert_denied(405, "Method Not Allowed");
        assert!(!reply.header("allow").is_empty(), "{path}");
    }
    let large = json!({ "name": "x".repeat(64 * 1024) });
    let reply = tracker.post(&ada, "/users/", large.clone()).await;
    assert_eq!(reply.status, 413);
    assert!(reply.body["detail"].is_string());
    let large = "x".repeat(64 * 1024);
    let ask = Tracker::ask(Method::POST, "/auth/login").form(&[("username", &large)]);
    assert_eq!(tracker.send(ask).await.status, 413);
}
