//! Dialects in the settings: where they are, and when one was last used.

use std::sync::Arc;

use dialects::{Dialect, Dialects};
use domain::dialects::{DialectAddress, DialectState};
use serde_json::{Value, json};
use server::router::Site;
use service::{last_seen, settings::Settings};
use sqlx::PgPool;

use super::echo::{Echo, KEY};
use crate::support::{App, Ask, add_user, app, session, token, with_site};

/// Returns the application with the dialect of the tests, as its settings describe it.
fn with_echo(pool: &PgPool) -> App {
    let state = |name: &str, addresses| DialectState {
        name: name.to_owned(),
        system: format!("The {name}"),
        setting: format!("{}_ADDR", name.to_uppercase()),
        addresses,
        documentation: format!("docs/dialects/{name}.md"),
        last_used_at: None,
    };
    let address = DialectAddress {
        url: "http://127.0.0.1:3000/compat/echo".to_owned(),
        setting: "DIALECTS".to_owned(),
        client_line: "ECHO=http://127.0.0.1:3000/compat/echo".to_owned(),
    };
    let settings = Settings {
        dialects: vec![state("echo", vec![address]), state("latin", Vec::new())].into(),
        ..Settings::default()
    };
    let echo: Arc<dyn Dialect> = Arc::new(Echo {
        accepts_sessions: false,
    });
    let site = Site {
        dialects: Dialects::new(vec![echo]),
        ..Site::default()
    };
    with_site(pool, &site, settings)
}

#[testing::test]
async fn panel_shows_where_dialects_are_and_when_one_was_used(pool: PgPool) {
    add_user(&pool, "ada", &["admin"]).await;
    let app = with_echo(&pool);
    let ada = session(&pool, "ada").await;
    let key = format!(
        "test-{}",
        token(&app.services, "ada", &["users:read"]).await
    );
    let listed = async |app: &App| -> Vec<Value> {
        let answer = app.get_as(&ada, "/api/admin/dialects").await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        serde_json::from_str(&answer.body).unwrap()
    };
    let me = |key: &str| Ask::get("/compat/echo/me").header(KEY, key);
    for ask in [me("test-wrong"), Ask::get("/compat/echo/me")] {
        assert_eq!(app.send(ask).await.status, 401);
    }
    let before = listed(&app).await;
    assert_eq!(
        before[0],
        json!({
            "name": "echo", "system": "The echo", "setting": "ECHO_ADDR",
            "addresses": [{
                "url": "http://127.0.0.1:3000/compat/echo", "setting": "DIALECTS",
                "clientLine": "ECHO=http://127.0.0.1:3000/compat/echo"
            }],
            "documentation": "docs/dialects/echo.md", "lastUsedAt": null
        })
    );
    assert_eq!(before[1]["addresses"], json!([]));
    assert_eq!(app.send(me(&key)).await.status, 200);
    let used = listed(&app).await;
    assert!(used[0]["lastUsedAt"].is_string(), "{used:?}");
    assert_eq!(used[1]["lastUsedAt"], Value::Null);
    // Another server learns of it as soon as it is stored.
    let other = with_echo(&pool);
    assert_eq!(listed(&other).await, before);
    for _ in 0..2 {
        last_seen::write(&app.services).await.unwrap();
        assert!(listed(&other).await[0]["lastUsedAt"].is_string());
    }
    let page = app.get_as(&ada, "/settings/dialects").await;
    for part in [
        "The echo",
        "http://127.0.0.1:3000/compat/echo",
        "ECHO=http://127.0.0.1:3000/compat/echo",
        "href=\"/docs/dialects/echo.md\"",
        "Add latin to DIALECTS, or set LATIN_ADDR.",
        "Never",
    ] {
        assert!(page.body.contains(part), "{part}");
    }
}

#[testing::test]
async fn documentation_of_every_dialect_is_shown_as_text(pool: PgPool) {
    let app = app(&pool);
    for dialect in Dialects::builtin().iter() {
        let path = format!("/docs/dialects/{}.md", dialect.name());
        let answer = app.get(&path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
        // Nothing is loaded or framed; the browser's own page for a text has a style.
        assert_eq!(
            answer.header("content-security-policy"),
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
        );
        assert_eq!(answer.body, dialect.documentation(), "{path}");
    }
    let unknown = app.get("/docs/dialects/unknown.md").await;
    assert_eq!(unknown.status, 404);
}
