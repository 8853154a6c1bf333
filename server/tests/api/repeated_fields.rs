//! A field that is in a body twice is an error: readers differ on which of two values holds.

use axum::http::Method;
use sqlx::PgPool;

use crate::support::{Ask, add_user, app, id_of, session};

#[testing::test]
async fn a_field_that_is_there_twice_is_denied(pool: PgPool) {
    let app = app(&pool);
    add_user(&pool, "ada", &["admin", "user"]).await;
    add_user(&pool, "bob", &["user"]).await;
    let ada = session(&pool, "ada").await;
    let bob = id_of(&pool, "bob").await;
    let user = format!("/api/admin/users/{bob}");
    let entries = "select count(*) from audit_events";
    let before = app.count(entries).await;
    for (method, path, field, body) in [
        (
            Method::POST,
            "/api/admin/users",
            "isAdmin",
            r#"{"username":"zoe","displayName":"Zoe","isAdmin":false,"isAdmin":true}"#.to_owned(),
        ),
        (
            Method::POST,
            "/api/admin/users",
            "a",
            r#"{"username":"zoe","displayName":"Zoe","notificationPreferences":{"a":1,"a":2}}"#
                .to_owned(),
        ),
        (
            Method::PUT,
            user.as_str(),
            "roles",
            r#"{"roles":["user"],"roles":["admin"]}"#.to_owned(),
        ),
        (
            Method::PUT,
            user.as_str(),
            "phone",
            r#"{"profile":{"phone":"1","phone":"2"}}"#.to_owned(),
        ),
        (
            Method::PUT,
            "/api/user/profile",
            "a",
            r#"{"notificationPreferences":{"a":1,"a":2}}"#.to_owned(),
        ),
        (
            Method::POST,
            "/api/admin/users/bulk",
            "action",
            format!(
                r#"{{"action":{{"action":"revokeSessions","action":"delete"}},"users":[{{"id":"{bob}","version":1}}],"expected":1}}"#
            ),
        ),
        (
            Method::POST,
            "/api/admin/users/bulk",
            "id",
            format!(
                r#"{{"action":{{"action":"delete"}},"users":[{{"id":"{bob}","id":"{bob}","version":1}}],"expected":1}}"#
            ),
        ),
    ] {
        let ask = Ask::new(method, path).body("application/json", body.clone());
        let denied = app.send(ask.by(&ada)).await;
        assert_eq!(denied.outline(), "400 VALIDATION_ERROR", "{body}");
        let duplicate = format!("duplicate field `{field}`");
        assert!(denied.message().contains(&duplicate), "{}", denied.body);
    }
    assert_eq!(app.count(entries).await, before);
}
