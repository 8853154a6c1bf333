//! All dialects of the build: every route with every caller, and what the panel shows of them.

use std::sync::Arc;

use axum::{
    http::{Method, StatusCode, header},
    response::Response,
};
use dialects::{Dialect, Dialects};
use domain::{
    dialects::{DialectAddress, DialectState},
    users::suspension::SuspensionDraft,
};
use serde_json::{Value, json};
use server::router::{Site, build_dialect};
use service::{access::operator, last_seen, settings::Settings, users};
use sqlx::PgPool;

use super::echo::{Echo, KEY};
use crate::support::{App, Ask, add_user, app, routes_of, session, token, with_site};

/// Routes without a credential, by dialect: sign-in, and links that are themselves the credential.
const PUBLIC: &[(&str, &[&str])] = &[
    ("echo", &["/numbers/{number}"]),
    (
        "litellm",
        &["/onboarding/get_token", "/onboarding/claim_token"],
    ),
    ("maeser", &["/login"]),
    (
        "openwebui",
        &["/api/v1/auths/signin", "/api/v1/auths/signup"],
    ),
    (
        "tracker",
        &["/api/v1/auth/login", "/api/v1/auth/login/json"],
    ),
];
/// Route of the test dialect that panics.
const PANIC: &str = "/panic";
const METHODS: [Method; 5] = [
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
];

/// Returns the dialects of the build, and the one of the tests.
fn all() -> Vec<Arc<dyn Dialect>> {
    let builtin = Dialects::builtin();
    let mut all: Vec<Arc<dyn Dialect>> = builtin.iter().cloned().collect();
    all.push(Arc::new(Echo {
        accepts_sessions: true,
    }));
    all
}

/// A route: the path that it was declared with, and a request to it without a credential.
struct Route {
    declared: String,
    ask: Ask,
}

/// Lists the routes of a dialect at an address of its own: those paths and methods that are not answered with 405.
async fn routes(app: &App, dialect: &dyn Dialect) -> Vec<Route> {
    let mut routes = Vec::new();
    let mut declared = routes_of(&dialect.routes());
    declared.remove(PANIC);
    for declared in declared {
        let path = declared.replace(['{', '}', '*'], "");
        for method in METHODS {
            let ask = Ask::new(method.clone(), &path);
            let ask = if method == Method::GET {
                ask
            } else {
                ask.json(&json!({}))
            };
            if app.stream(ask.clone()).await.status() != StatusCode::METHOD_NOT_ALLOWED {
                let declared = declared.clone();
                routes.push(Route { declared, ask });
            }
        }
    }
    routes
}

/// Returns the request with a credential in each of the places where the clients of some dialect send one.
fn with_credential(ask: &Ask, text: &str) -> Vec<Ask> {
    let ask = || ask.clone();
    vec![
        ask().bearer(text),
        ask().header("authorization", text),
        ask().header("x-litellm-api-key", text),
        ask().header("x-api-key", text),
        ask().header(KEY, text),
        ask().cookie("token", text),
        ask().cookie("refresh_token", text),
        ask().by(text),
    ]
}

/// Returns whether a response denies a request: by its status, or by sending a browser to the sign-in.
fn is_denied(response: &Response) -> bool {
    let location = response.headers().get(header::LOCATION);
    let location = location.and_then(|location| location.to_str().ok());
    match response.status() {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => true,
        status => status.is_redirection() && location.is_some_and(|to| to.contains("/login")),
    }
}

/// Asserts that no response is a failure of the server, and that callers without a valid credential are denied.
async fn assert_answers(app: &App, route: &Route, public: &[&str], asks: Vec<Ask>, valid: bool) {
    for ask in asks {
        let label = format!("{ask:?}");
        let response = app.stream(ask).await;
        assert!(!response.status().is_server_error(), "{response:?} {label}");
        let is_open = valid || public.contains(&&*route.declared);
        assert!(is_open || is_denied(&response), "{response:?} {label}");
    }
}

#[testing::test]
async fn every_route_denies_callers_without_a_credential(pool: PgPool) {
    add_user(&pool, "bob", &["user"]).await;
    add_user(&pool, "eve", &["admin"]).await;
    let panel = app(&pool);
    let scopes = ["account"];
    let of_bob = [
        session(&pool, "bob").await,
        token(&panel.services, "bob", &scopes).await,
    ];
    let of_eve = [
        session(&pool, "eve").await,
        token(&panel.services, "eve", &scopes).await,
    ];
    let draft = SuspensionDraft {
        reason: "test".into(),
        ..SuspensionDraft::default()
    };
    let eve = testing::users::id_of(&pool, "eve").await;
    users::suspend(&panel.services, &operator(), eve, draft)
        .await
        .unwrap();
    let wrong = ["wrong".to_owned(), "sk-wrong".to_owned()];
    for dialect in all() {
        let router = build_dialect(&Site::default(), &panel.services, &dialect);
        let app = panel.clone().with_router(router);
        let name = dialect.name();
        let public = PUBLIC.iter().find(|(dialect, _)| *dialect == name);
        let (_, public) = public.unwrap_or_else(|| panic!("{name} has no list of public routes"));
        let routes = routes(&app, &*dialect).await;
        for path in *public {
            let is_declared = routes.iter().any(|route| route.declared == *path);
            assert!(is_declared, "{name} {path}");
        }
        for route in &routes {
            assert_answers(&app, route, public, vec![route.ask.clone()], false).await;
            for (texts, valid) in [(&wrong, false), (&of_eve, false), (&of_bob, true)] {
                for text in texts {
                    let asks = with_credential(&route.ask, text);
                    assert_answers(&app, route, public, asks, valid).await;
                }
            }
        }
    }
}

#[testing::test]
async fn dialects_that_are_off_have_no_route(pool: PgPool) {
    add_user(&pool, "ada", &["admin"]).await;
    let panel = app(&pool);
    let ada = session(&pool, "ada").await;
    for dialect in all() {
        for declared in routes_of(&dialect.routes()) {
            let path = format!("/compat/{}{declared}", dialect.name());
            let path = path.replace(['{', '}', '*'], "");
            for ask in [Ask::get(&path), Ask::get(&path).by(&ada)] {
                assert_eq!(panel.stream(ask).await.status(), 404, "{path}");
            }
        }
    }
}

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
        "docs/dialects/echo.md",
        "Add latin to DIALECTS, or set LATIN_ADDR.",
        "Never",
    ] {
        assert!(page.body.contains(part), "{part}");
    }
}
