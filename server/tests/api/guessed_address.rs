//! Links of a panel that does not know its address, because it listens on every address of its machine.

use serde_json::json;
use sqlx::PgPool;

use crate::support::{Ask, PASSWORD, add_user, app_at, guessing_app, id_of, session};

const PROXY: &str = "10.0.0.1";

#[testing::test]
async fn links_use_the_request_address_by_default(pool: PgPool) {
    let app = guessing_app(&pool, PROXY);
    add_user(&pool, "ada", &["admin", "user"]).await;
    add_user(&pool, "bob", &["user"]).await;
    let bob = id_of(&pool, "bob").await;
    let ada = session(&pool, "ada").await;
    let invitation = json!({ "roles": ["user"], "days": 7, "maxUses": 1 });
    for (host, peer, scheme, begins) in [
        ("10.0.0.5:3000", "203.0.113.7", "", "http://10.0.0.5:3000"),
        (
            "[2001:db8::5]:3000",
            "203.0.113.7",
            "",
            "http://[2001:db8::5]:3000",
        ),
        ("panel.example", PROXY, "https", "https://panel.example"),
        (
            "panel.example",
            "203.0.113.7",
            "https",
            "http://panel.example",
        ),
        (
            "evil.example/x?",
            "203.0.113.7",
            "",
            "http://localhost:3000",
        ),
        ("a@evil.example", "203.0.113.7", "", "http://localhost:3000"),
    ] {
        for (ask, way) in [
            (
                Ask::post(&format!("/api/admin/users/{bob}/reset-link")),
                "/reset/",
            ),
            (
                Ask::post("/api/admin/invitations").json(&invitation),
                "/invite/",
            ),
        ] {
            let ask = ask.by(&ada).from(peer.parse().unwrap());
            let ask = ask.header("host", host);
            let answer = app.send(ask.header("x-forwarded-proto", scheme)).await;
            let answer = answer.json();
            let link = answer.get("link").unwrap_or(&answer);
            let url = link["url"].as_str().unwrap_or_else(|| panic!("{answer}"));
            assert!(url.starts_with(&format!("{begins}{way}")), "{host}: {url}");
        }
    }
    // A configured address takes precedence.
    let app = app_at(&pool, "http://panel.example");
    let ask = Ask::post(&format!("/api/admin/users/{bob}/reset-link")).by(&ada);
    let answer = app.send(ask.header("host", "10.0.0.5")).await.json();
    assert!(
        answer["url"]
            .as_str()
            .unwrap()
            .starts_with("http://panel.example/reset/")
    );
    // A guess is no reason to trust a page on the visitor's own machine.
    let form = [("username", "ada"), ("password", PASSWORD)];
    let other = Ask::post("/login").form(&form);
    let other = other.header("origin", "http://localhost:3000");
    let app = guessing_app(&pool, PROXY);
    let answer = app.send(other.header("host", "10.0.0.5:3000")).await;
    assert_eq!(answer.status, 403);
}
