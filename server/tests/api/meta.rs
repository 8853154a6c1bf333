//! Public routes, and the responses where there is nothing or nothing works.

use axum::http::Method;
use serde_json::json;
use sqlx::PgPool;

use crate::support::{Ask, add_user, app, https_app, session};

#[testing::test]
async fn health_and_config_match_fovea(pool: PgPool) {
    let app = app(&pool);
    let health = app.get("/api/health").await.json();
    assert_eq!(health["status"], "healthy");
    assert!(
        health["timestamp"].as_str().unwrap().ends_with('Z'),
        "{health}"
    );
    assert_eq!(health.as_object().unwrap().len(), 2);
    let config = app.get("/api/config").await.json();
    assert_eq!(
        config,
        json!({ "mode": "multi-user", "allowRegistration": false })
    );
}

#[testing::test]
async fn unknown_api_path_returns_json(pool: PgPool) {
    let app = app(&pool);
    for path in [
        "/api",
        "/api/",
        "/api/nothing",
        "/api/auth",
        "/api/auth/login/",
        "/api/admin/..%2f..%2fetc",
        "/api//health",
        "/api/%00",
    ] {
        for method in [Method::GET, Method::POST, Method::DELETE, Method::OPTIONS] {
            let answer = app.send(Ask::new(method.clone(), path)).await;
            assert_eq!(answer.outline(), "404 NOT_FOUND", "{method} {path}");
            assert_eq!(answer.header("content-type"), "application/json");
        }
    }
}

#[testing::test]
async fn unknown_page_returns_html(pool: PgPool) {
    let app = app(&pool);
    for path in [
        "/nothing.html",
        "/pkg/nothing.js",
        "/assets.json",
        "/../Cargo.toml",
        "/%2e%2e/Cargo.toml",
    ] {
        let answer = app.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(
            answer.header("content-type").starts_with("text/html"),
            "{path}"
        );
    }
}

#[testing::test]
async fn unsupported_method_is_rejected(pool: PgPool) {
    let app = app(&pool);
    for (method, path) in [
        (Method::GET, "/api/auth/login"),
        (Method::GET, "/api/auth/logout"),
        (Method::POST, "/api/auth/me"),
        (Method::POST, "/api/health"),
        (Method::DELETE, "/api/admin/users"),
        (Method::PUT, "/api/config"),
    ] {
        let answer = app.send(Ask::new(method.clone(), path)).await;
        assert!(
            (400..500).contains(&answer.status),
            "{method} {path}: {}",
            answer.status
        );
        assert!(
            !answer.code().is_empty(),
            "{method} {path}: {}",
            answer.body
        );
    }
    for path in ["/logout", "/preferences"] {
        assert!(
            (400..500).contains(&app.get(path).await.status),
            "GET {path} changes nothing"
        );
    }
}

#[testing::test]
async fn every_response_is_503_without_the_database(pool: PgPool) {
    let app = app(&pool);
    add_user(&pool, "ada", &["admin"]).await;
    let ada = session(&pool, "ada").await;
    pool.close().await;
    let login = Ask::post("/api/auth/login").json(&json!({ "username": "ada", "password": "x" }));
    let form = Ask::post("/login").form(&[("username", "ada"), ("password", "x")]);
    for (ask, is_api) in [
        (Ask::get("/api/health"), true),
        (Ask::get("/api/auth/me").by(&ada), true),
        (Ask::get("/api/admin/users").by(&ada), true),
        (login, true),
        (Ask::post("/api/auth/logout").by(&ada), true),
        (Ask::get("/users").by(&ada), false),
        (Ask::get("/").by(&ada), false),
        (form, false),
    ] {
        let label = ask.label();
        let answer = app.send(ask).await;
        assert_eq!(answer.status, 503, "{label}");
        assert_eq!(answer.header("retry-after"), "1", "{label}");
        assert!(
            answer.cookies().is_empty(),
            "{label}: the session cookie stays set"
        );
        if is_api {
            assert_eq!(answer.code(), "UNAVAILABLE", "{label}");
            assert_eq!(
                answer.message(),
                "Rollcall is temporarily unavailable. Try again in a few seconds."
            );
        } else {
            assert!(
                answer.body.contains("The database is not answering"),
                "{label}: {}",
                answer.body
            );
        }
    }
    assert_eq!(
        app.get("/api/config").await.status,
        200,
        "what needs no database still works"
    );
    assert_eq!(
        app.get("/login").await.status,
        200,
        "what needs no database still works"
    );
}

#[testing::test]
async fn hsts_is_sent_over_https(pool: PgPool) {
    assert_eq!(
        app(&pool)
            .get("/api/config")
            .await
            .header("strict-transport-security"),
        ""
    );
    let secure = https_app(&pool).get("/api/config").await;
    assert_eq!(
        secure.header("strict-transport-security"),
        "max-age=31536000"
    );
}
