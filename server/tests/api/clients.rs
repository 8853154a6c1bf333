//! Clients over the API.

use axum::http::Method;
use serde_json::json;
use sqlx::PgPool;
use testing::resources::{client, resource};

use crate::support::{Ask, add_user, app, session};

const CLIENTS: &str = "/api/admin/clients";

#[testing::test]
async fn client_is_created_changed_and_deleted(pool: PgPool) {
    add_user(&pool, "ada", &["admin"]).await;
    let (app, ada) = (app(&pool), session(&pool, "ada").await);
    let draft = json!({ "name": "ACME", "logoUrl": "https://example.org/logo.svg" });
    let created = app.send(Ask::post(CLIENTS).json(&draft).by(&ada)).await;
    assert_eq!(created.status, 201, "{}", created.body);
    let client = created.json();
    assert!(client["id"].is_number(), "{client}");
    let path = created.header("location").to_owned();
    assert_eq!(path, format!("{CLIENTS}/{}", client["id"]));
    assert_eq!(app.get_as(&ada, &path).await.json(), client);

    let edit = |body| {
        let ask = Ask::new(Method::PATCH, &path).json(&body).by(&ada);
        ask.header("if-match", "\"1\"")
    };
    let edited = app.send(edit(json!({ "logoUrl": null }))).await;
    assert_eq!(edited.header("etag"), "\"2\"", "{}", edited.body);
    let outdated = app.send(edit(json!({ "name": "Other" }))).await;
    assert_eq!(outdated.outline(), "412 PRECONDITION_FAILED");
    let current = &outdated.json()["details"]["object"]["client"];
    assert_eq!(
        (&current["name"], &current["version"]),
        (&json!("ACME"), &json!(2))
    );

    let found = app.get_as(&ada, &format!("{CLIENTS}?q=acm")).await;
    assert_eq!(found.header("x-total-count"), "1");
    let deleted = Ask::new(Method::DELETE, &path).by(&ada);
    assert_eq!(app.send(deleted).await.status, 200);
    assert_eq!(app.get_as(&ada, &path).await.outline(), "404 NOT_FOUND");
    assert_eq!(app.get_as(&ada, CLIENTS).await.json(), json!([]));
}

/// Checks that the data of a client does not become visible to all users.
#[testing::test]
async fn client_in_use_remains(pool: PgPool) {
    add_user(&pool, "ada", &["admin"]).await;
    let (app, ada) = (app(&pool), session(&pool, "ada").await);
    let acme = client(&pool, "ACME").await;
    resource("models", "gpt").client(acme).insert(&pool).await;
    let path = format!("{CLIENTS}/{acme}");
    let preview = app.get_as(&ada, &format!("{path}/deletion-preview")).await;
    assert_eq!(
        preview.json(),
        json!({ "users": 0, "resources": 1, "personas": 0 })
    );
    let denied = app.send(Ask::new(Method::DELETE, &path).by(&ada)).await;
    assert_eq!(denied.outline(), "409 CONFLICT");
    assert_eq!(app.get_as(&ada, &path).await.status, 200);
}

#[testing::test]
async fn numbers_of_clients_are_checked(pool: PgPool) {
    add_user(&pool, "ada", &["admin"]).await;
    let (app, ada) = (app(&pool), session(&pool, "ada").await);
    for (number, outline) in [
        ("0", "404 NOT_FOUND"),
        ("-1", "404 NOT_FOUND"),
        ("2147483647", "404 NOT_FOUND"),
        ("2147483648", "400 VALIDATION_ERROR"),
        ("acme", "400 VALIDATION_ERROR"),
        ("%00", "400 VALIDATION_ERROR"),
    ] {
        let answer = app.get_as(&ada, &format!("{CLIENTS}/{number}")).await;
        assert_eq!(answer.outline(), outline, "{number}");
    }
}
