//! Limit of the exports that run at once.

use std::time::Duration;

use axum::response::Response;
use sqlx::PgPool;

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
