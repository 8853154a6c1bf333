//! Limit of the exports that run at once.

use std::time::Duration;

use axum::response::Response;
use serde_json::Value;
use sqlx::PgPool;
use testing::{groups::group, resources::client};

use crate::support::{App, Ask, add_user, app, session};

const EXPORT: &str = "/api/user/export";

async fn begin(app: &App, session: &str, path: &str) -> Response {
    app.stream(Ask::get(path).by(session)).await
}

/// Starts an export as soon as there is room for it.
async fn begin_in_time(app: &App, session: &str, path: &str) -> Response {
    for _ in 0..500 {
        let export = begin(app, session, path).await;
        if export.status() == 200 {
            return export;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("no export of {path} in time");
}

#[testing::test]
async fn account_has_two_concurrent_exports(pool: PgPool) {
    let app = app(&pool);
    for username in ["ada", "bob"] {
        add_user(&pool, username, &["admin"]).await;
    }
    let (ada, bob) = (session(&pool, "ada").await, session(&pool, "bob").await);
    let own = begin(&app, &ada, EXPORT).await;
    let log = begin(&app, &ada, "/api/admin/audit/export?format=csv").await;
    assert_eq!((own.status().as_u16(), log.status().as_u16()), (200, 200));
    let audited = "select count(*) from audit_events";
    let before = app.count(audited).await;
    for path in [EXPORT, "/api/admin/audit/export?format=ndjson"] {
        let third = app.send(Ask::get(path).by(&ada)).await;
        assert_eq!(third.status, 429, "{path}: {}", third.body);
        assert_eq!(third.header("retry-after"), "5", "{path}");
        assert!(
            third.body.contains("Wait for one to finish"),
            "{path}: {}",
            third.body
        );
    }
    assert_eq!(app.count(audited).await, before, "nothing was exported");
    let other = begin(&app, &bob, EXPORT).await;
    assert_eq!(other.status(), 200);
    drop(own);
    let next = begin_in_time(&app, &ada, EXPORT).await;
    drop((log, next));
    // An export that is read to its end makes room, too.
    for _ in 0..4 {
        let export = begin_in_time(&app, &ada, EXPORT).await;
        let bytes = axum::body::to_bytes(export.into_body(), usize::MAX).await;
        assert!(!bytes.unwrap().is_empty());
    }
}

#[testing::test]
async fn roles_groups_and_clients_are_exported(pool: PgPool) {
    let app = app(&pool);
    add_user(&pool, "ada", &["admin"]).await;
    add_user(&pool, "bob", &["user"]).await;
    let (ada, bob) = (session(&pool, "ada").await, session(&pool, "bob").await);
    let editors = group("=Editors").insert(&pool).await;
    group("Others").insert(&pool).await;
    let acme = client(&pool, "ACME").await;
    client(&pool, "Others").await;
    for (path, action, row) in [
        (
            "/api/admin/groups/export",
            "group.exported",
            format!("{editors},\"'=Editors\",,0,"),
        ),
        (
            "/api/admin/clients/export",
            "client.exported",
            format!("{acme},\"ACME\",,1,"),
        ),
        ("/api/admin/roles/export", "role.exported", String::new()),
    ] {
        let csv = app.get_as(&ada, &format!("{path}?format=csv")).await;
        assert_eq!(csv.status, 200, "{path}: {}", csv.body);
        assert!(csv.body.starts_with("id,name,"), "{path}: {}", csv.body);
        assert!(csv.body.contains(&row), "{path}: {}", csv.body);
        let ndjson = app.get_as(&ada, &format!("{path}?format=ndjson")).await;
        let objects = ndjson.body.lines().count();
        assert_eq!(csv.body.lines().count(), objects + 1, "{path}");
        for line in ndjson.body.lines() {
            let object: Value = serde_json::from_str(line).unwrap();
            assert!(object["name"].is_string(), "{path}: {line}");
        }
        let denied = app.get_as(&bob, &format!("{path}?format=csv")).await;
        assert_eq!(denied.outline(), "403 FORBIDDEN", "{path}");
        let entries: i64 =
            sqlx::query_scalar("select count(*) from audit_events where action = $1")
                .bind(action)
                .fetch_one(&pool)
                .await
                .unwrap();
        assert_eq!(entries, 2, "{action}");
    }
    for path in ["/api/admin/groups/export", "/api/admin/clients/export"] {
        let found = app
            .get_as(&ada, &format!("{path}?format=ndjson&q=other"))
            .await;
        assert_eq!(found.body.lines().count(), 1, "{path}: {}", found.body);
    }
    let roles = app.get_as(&ada, "/api/admin/roles/export?format=csv").await;
    assert!(roles.body.contains(",\"admin\","), "{}", roles.body);
}
