//! Addresses that are not typical of the panel: long, encoded and altered ones.

use std::collections::BTreeSet;

use axum::http::Method;
use sqlx::PgPool;

use crate::support::{Ask, add_user, app, session};

/// Texts that replace a part of an address. No file can have such a name, and nothing else has one.
fn parts() -> Vec<String> {
    vec![
        "a".repeat(255),
        "a".repeat(256),
        "a".repeat(4_096),
        "a/".repeat(3_000),
        "%C3%A4".repeat(200),
        "%".repeat(300),
        "%61".repeat(256),
        "%00".to_owned(),
        "%FF".to_owned(),
        "..%2F..%2Fetc%2Fpasswd".to_owned(),
    ]
}

/// Returns every route with each of its parameters replaced in turn, and every beginning of a route with the part behind it, once:
/// alone, and with the rest of a route behind it.
fn addresses(routes: impl Iterator<Item = String>, part: &str) -> Vec<String> {
    let mut found = vec![
        format!("/{part}"),
        format!("/pkg/{part}"),
        format!("/favicon.svg/{part}"),
    ];
    let mut beginnings = BTreeSet::new();
    for route in routes {
        let names: Vec<&str> = route.split('/').skip(1).collect();
        for at in 0..names.len() {
            let is_new = beginnings.insert(names[..at].join("/"));
            if is_new || names[at].starts_with('{') {
                let mut names = names.clone();
                names[at] = part;
                found.push(format!("/{}", names.join("/")));
            }
        }
        found.push(format!("{}/{part}", route.trim_end_matches('/')));
    }
    found
}

#[testing::test]
async fn long_paths_are_handled(pool: PgPool) {
    add_user(&pool, "ada", &["admin", "user"]).await;
    let app = app(&pool);
    let ada = session(&pool, "ada").await;
    let routes = app.routes();
    assert!(routes.len() > 50, "{routes:?}");
    for part in parts() {
        for path in addresses(routes.iter().cloned(), &part) {
            // Other parameters than the replaced one are plain.
            let path = path.replace(['{', '}', '*'], "");
            for method in [Method::GET, Method::DELETE] {
                // The body is not read to its end: among the routes are a stream and the pages of the API documentation.
                let ask = Ask::new(method.clone(), &path).by(&ada);
                let status = app.stream(ask).await.status();
                assert!(
                    !status.is_server_error(),
                    "{method} {path:.120} ({} bytes): {status}",
                    path.len()
                );
            }
        }
    }
    for path in ["/", "/pkg/"] {
        for part in parts().iter().filter(|part| part.len() > 255) {
            let answer = app.get(&format!("{path}{part}")).await;
            assert_eq!(answer.status, 404, "{path}{part:.20}");
        }
    }
}

#[testing::test]
async fn external_next_page_is_dropped(pool: PgPool) {
    add_user(&pool, "ada", &["admin", "user"]).await;
    let app = app(&pool);
    for next in [
        "https://evil.example",
        "//evil.example/x",
        "/\\evil.example",
        "javascript:evil.example",
        "evil.example",
    ] {
        let encoded: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
        for path in ["/login", "/reset", "/register", "/invite", "/setup"] {
            let page = app.get(&format!("{path}?next={encoded}")).await;
            let hidden = crate::support::html::elements(&page.body).into_iter();
            let mut hidden = hidden.filter(|element| element.attribute("name") == Some("next"));
            assert!(
                hidden.all(|field| field.attribute("value") == Some("/")),
                "{path} with {next}"
            );
        }
        let form = [("username", "ada"), ("password", "x"), ("next", next)];
        let page = app.send(Ask::post("/login").form(&form)).await;
        let fields = crate::support::html::elements(&page.body);
        let field = fields
            .iter()
            .find(|element| element.attribute("name") == Some("next"));
        assert_eq!(
            field.and_then(|field| field.attribute("value")),
            Some("/"),
            "{next}"
        );
    }
}
