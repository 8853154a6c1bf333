//! `GET` requests that are audited or lock rows, which another site must not be able to cause.

use std::collections::BTreeSet;

use axum::http::Method;
use serde_json::json;
use server::router::SCREENS;
use sqlx::PgPool;

use crate::{
    document::paths,
    support::{App, Ask, add_user, app, id_of, session, token},
};

async fn entries(app: &App) -> i64 {
    app.count("select count(*) from audit_events").await
}

/// Adds an API key of the system. Reading it is audited.
async fn add_key(app: &App, session: &str) {
    let key = json!({ "provider": "openai", "keyName": "Work", "apiKey": "sk-secret" });
    let added = Ask::post("/api/admin/api-keys").json(&key).by(session);
    assert_eq!(app.send(added).await.status, 201);
}

#[testing::test]
async fn cross_site_requests_cannot_cause_audited_reads(pool: PgPool) {
    add_user(&pool, "ada", &["admin", "application", "user"]).await;
    let app = app(&pool).storing_keys();
    let ada = session(&pool, "ada").await;
    add_key(&app, &ada).await;
    let id: String = sqlx::query_scalar("select id::text from users")
        .fetch_one(&pool)
        .await
        .unwrap();
    add_user(&pool, "bob", &["user"]).await;
    let bob = testing::users::id_of(&pool, "bob").await;
    let conversation = testing::conversations::conversation(&pool, bob, "physics", "Light")
        .await
        .to_string();
    let described = paths(&app).await.into_iter();
    let described = described.filter(|(_, operations)| operations.contains_key("get"));
    let described: Vec<String> = described.map(|(path, _)| path).collect();
    let screens = SCREENS.iter().map(|screen| screen.path().to_owned());
    let mut audited = BTreeSet::new();
    for path in described.into_iter().chain(screens) {
        if path.ends_with("/events") {
            continue;
        }
        let address = match path.as_str() {
            "/api/admin/audit/export"
            | "/api/admin/conversations/export"
            | "/api/admin/usage/export" => {
                format!("{path}?format=csv")
            }
            path if path.contains("/conversations/{id}") => {
                let query = if path.ends_with("/export") {
                    "?format=json"
                } else {
                    ""
                };
                format!("{}{query}", path.replace("{id}", &conversation))
            }
            _ => {
                let parts = path.split('/').map(|part| match part {
                    "{provider}" => "OPENAI",
                    part if part.starts_with('{') => id.as_str(),
                    part => part,
                });
                parts.collect::<Vec<_>>().join("/")
            }
        };
        let before = entries(&app).await;
        let own = app.send(
            Ask::get(&address)
                .by(&ada)
                .header("sec-fetch-site", "same-origin"),
        );
        own.await;
        if entries(&app).await == before {
            continue;
        }
        audited.insert(path);
        for method in [Method::GET, Method::HEAD] {
            for (name, value) in [
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-site", "same-site"),
                ("origin", "https://evil.example"),
                ("origin", "null"),
                ("referer", "https://evil.example/"),
                ("referer", "http://panel.example.evil.example/"),
                // No header at all: the request can come from any site.
                ("", ""),
            ] {
                let before = entries(&app).await;
                let ask = Ask::new(method.clone(), &address).by(&ada);
                let ask = match name {
                    "" => ask.without_referrer(),
                    name => ask.header(name, value),
                };
                let label = format!("{} {name}: {value}", ask.label());
                if method == Method::HEAD {
                    // The response is a stream, without a body that could name the request.
                    assert_eq!(app.stream(ask).await.status(), 403, "{label}");
                } else {
                    assert_eq!(app.send(ask).await.status, 403, "{label}");
                }
                assert_eq!(entries(&app).await, before, "{label}");
            }
        }
        for (name, value) in [
            ("sec-fetch-site", "none"),
            ("referer", "http://panel.example/audit?via=ui"),
        ] {
            let before = entries(&app).await;
            let own = Ask::get(&address).by(&ada).header(name, value);
            assert_eq!(app.send(own).await.status, 200, "{address} {name}: {value}");
            assert!(entries(&app).await > before, "{address} {name}: {value}");
        }
    }
    let expected = [
        "/api/admin/audit/export",
        "/api/admin/conversations/export",
        "/api/admin/conversations/{id}",
        "/api/admin/conversations/{id}/export",
        "/api/admin/conversations/{id}/messages",
        "/api/admin/usage/export",
        "/api/admin/users/{id}/export",
        "/api/api-keys/resolve/{provider}",
        "/api/user/export",
        "/conversations/{id}",
    ];
    assert!(
        expected.iter().all(|path| audited.contains(*path)),
        "{audited:?}"
    );
}

#[testing::test]
async fn export_without_site_needs_the_panel_or_a_token(pool: PgPool) {
    add_user(&pool, "ada", &["admin"]).await;
    let app = app(&pool);
    let ada = session(&pool, "ada").await;
    let export = Ask::get("/api/admin/audit/export?format=csv");
    let by_cookie = app.send(export.clone().by(&ada).without_referrer()).await;
    assert_eq!(by_cookie.outline(), "403 FORBIDDEN");
    assert!(
        by_cookie
            .message()
            .contains("Open it from the panel, or use an access token."),
        "{}",
        by_cookie.body
    );
    let token = token(&app.services, "ada", &["audit:read"]).await;
    assert_eq!(app.send(export.bearer(&token)).await.status, 200);
}

#[testing::test]
async fn cross_site_requests_cannot_cause_locking_previews(pool: PgPool) {
    add_user(&pool, "ada", &["admin"]).await;
    add_user(&pool, "bob", &["user"]).await;
    let app = app(&pool);
    let ada = session(&pool, "ada").await;
    let bob = id_of(&pool, "bob").await;
    for address in [
        format!("/sfn/preview-bulk?operation=suspend&selected={bob}:1:bob"),
        format!("/sfn/preview-decision?decision=approve&selected={bob}:1:bob"),
        format!("/sfn/preview-user-limits?selected={bob}:1:bob"),
        format!("/sfn/preview-usage-reset?selected={bob}:1:bob"),
        format!("/users/bulk/suspend?u={bob}:1:bob"),
        format!("/users/bulk/limit?u={bob}:1:bob"),
        format!("/users/bulk/reset-usage?u={bob}:1:bob"),
    ] {
        for (site, status) in [
            ("cross-site", 403),
            ("same-site", 403),
            ("same-origin", 200),
            ("none", 200),
        ] {
            let ask = Ask::get(&address).by(&ada).header("sec-fetch-site", site);
            let answer = app.send(ask).await;
            assert_eq!(answer.status, status, "{address} {site}: {}", answer.body);
        }
        let elsewhere = Ask::get(&address).by(&ada);
        let elsewhere = elsewhere.header("referer", "http://evil.example/");
        assert_eq!(app.send(elsewhere).await.status, 403, "{address}");
    }
}
