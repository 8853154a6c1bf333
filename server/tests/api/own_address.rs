//! The address that the panel is set up for, and the one that it is opened at.

use serde_json::json;
use sqlx::PgPool;

use crate::support::{
    App, Ask, PASSWORD, add_password, add_user, app_at, behind_proxy, https_app, session,
};

const PROXY: &str = "10.0.0.1";

async fn prepare(app: &App) {
    add_user(&app.pool, "ada", &["admin", "user"]).await;
    add_password(&app.pool, &app.services.hasher).await;
}

fn sign_in(path: &str, origin: &str) -> Ask {
    let form = [("username", "ada"), ("password", PASSWORD)];
    Ask::post(path).form(&form).header("origin", origin)
}

#[testing::test]
async fn http_request_to_an_https_panel_explains_the_fix(pool: PgPool) {
    let app = https_app(&pool);
    prepare(&app).await;
    for (origin, host) in [
        ("http://panel.example", "panel.example"),
        ("http://10.0.0.5:3000", "10.0.0.5:3000"),
    ] {
        let says = format!(
            "This panel is configured for https://panel.example (PUBLIC_URL), but you opened it over HTTP, where browsers can't \
            keep you signed in. Open https://panel.example, or set PUBLIC_URL to {origin}."
        );
        for path in ["/login", "/setup", "/reset", "/invite", "/register"] {
            let answer = app.send(sign_in(path, origin).header("host", host)).await;
            assert_eq!(answer.status, 403, "{path}");
            assert!(answer.body.contains(&says), "{path}: {}", answer.body);
            let way = format!("href=\"https://panel.example{path}\"");
            assert!(answer.body.contains(&way), "{path}: {}", answer.body);
            assert_eq!(answer.cookie("__Host-session_token"), None, "{path}");
        }
        let function = sign_in("/sfn/sign-in", origin).header("host", host);
        let answer = app.send(function).await;
        assert_eq!((answer.status, answer.message()), (403, says));
    }
    // On the machine itself browsers accept the cookies, and over https nothing prevents it.
    for (origin, host) in [
        ("http://localhost:3000", "localhost:3000"),
        ("https://panel.example", "panel.example"),
    ] {
        let answer = app
            .send(sign_in("/login", origin).header("host", host))
            .await;
        assert_eq!(answer.status, 303, "{origin}: {}", answer.body);
    }
    assert_eq!(app.get("/login").await.status, 200);
}

#[testing::test]
async fn trusted_proxy_reports_http(pool: PgPool) {
    let app = behind_proxy(&pool, "https://panel.example", PROXY);
    for path in ["/login", "/setup/some-token", "/users?q=a"] {
        for (peer, scheme, message) in [
            (PROXY, "http", true),
            (PROXY, "https", false),
            ("203.0.113.7", "http", false),
        ] {
            let ask = Ask::get(path).from(peer.parse().unwrap());
            let answer = app.send(ask.header("x-forwarded-proto", scheme)).await;
            let says = answer.body.contains("you opened it over HTTP");
            assert_eq!(says, message, "{path} {peer} {scheme}: {}", answer.body);
            if message {
                let way = format!("href=\"https://panel.example{path}\"");
                assert!(answer.body.contains(&way), "{}", answer.body);
                assert!(answer.cookies().is_empty());
            }
        }
    }
    let health = Ask::get("/api/health").from(PROXY.parse().unwrap());
    let health = app.send(health.header("x-forwarded-proto", "http")).await;
    assert_eq!(health.status, 200);
}

#[testing::test]
async fn configured_address_ignores_the_host_header(pool: PgPool) {
    let app = app_at(&pool, "http://Panel.Example");
    prepare(&app).await;
    let ada = session(&pool, "ada").await;
    for (origin, host, passes) in [
        ("http://panel.example", "127.0.0.1:3000", true),
        ("http://panel.example", "panel.example", true),
        ("http://other.example", "other.example", true),
        ("http://panel.example:8080", "127.0.0.1:3000", false),
        ("https://panel.example", "127.0.0.1:3000", false),
        ("http://panel.example.evil.example", "127.0.0.1:3000", false),
        ("http://evil.example", "panel.example", false),
        ("null", "panel.example", false),
    ] {
        let login = json!({ "username": "ada", "password": PASSWORD });
        for ask in [
            Ask::post("/api/auth/login").json(&login),
            Ask::get("/api/user/export").by(&ada),
        ] {
            let label = format!("{} {origin} {host}", ask.label());
            let ask = ask.header("origin", origin).header("host", host);
            let answer = app.send(ask).await;
            assert_eq!(answer.status == 200, passes, "{label}: {}", answer.status);
        }
    }
}
