//! All dialects of the build: every route with every caller, and with bad input.

use std::sync::Arc;

use axum::{
    http::{Method, StatusCode, header},
    response::Response,
};
use dialects::{Dialect, Dialects};
use domain::users::suspension::SuspensionDraft;
use serde_json::json;
use server::router::{Site, build_dialect};
use service::{access::operator, users};
use sqlx::PgPool;

use super::echo::{Echo, KEY};
use crate::support::{App, Ask, add_user, app, routes_of, session, session_token, token};

/// Routes without a credential, by dialect: sign-in and what its page needs, and links that are themselves the credential.
const PUBLIC: &[(&str, &[&str])] = &[
    ("echo", &["/numbers/{number}"]),
    (
        "litellm",
        &["/onboarding/get_token", "/onboarding/claim_token"],
    ),
    (
        "maeser",
        &["/login", "/static/page.css", "/users/manageUserAPI.js"],
    ),
    (
        "openwebui",
        &[
            "/api/v1/auths/signin",
            "/api/v1/auths/signup",
            "/api/v1/auths/signout",
            "/api/v1/auths/ldap",
        ],
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
            let status = app.stream(ask.clone()).await.status();
            let has_method = status != StatusCode::METHOD_NOT_ALLOWED;
            // The fallback of a router is listed as two paths.
            let of_fallback = declared == "/" || declared.contains("axum_fallback");
            let is_fallback = of_fallback && status == StatusCode::NOT_FOUND;
            if has_method && !is_fallback {
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

/// Returns a credential of each kind of a user: the cookie and the token of a session, and an access token.
async fn credentials(app: &App, username: &str) -> [String; 3] {
    [
        session(&app.pool, username).await,
        session_token(&app.pool, username).await,
        token(&app.services, username, &["account"]).await,
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
        let label = format!("{} {ask:?}", route.declared);
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
    let of_bob = credentials(&panel, "bob").await;
    let of_eve = credentials(&panel, "eve").await;
    let draft = SuspensionDraft {
        reason: "test".into(),
        ..SuspensionDraft::default()
    };
    let eve = testing::users::id_of(&pool, "eve").await;
    users::suspend(&panel.services, &operator(), eve, draft)
        .await
        .unwrap();
    let wrong = [
        "wrong".to_owned(),
        "sk-wrong".to_owned(),
        "rs_wrong".to_owned(),
    ];
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
async fn bad_input_is_no_failure_of_the_server(pool: PgPool) {
    add_user(&pool, "ada", &["admin"]).await;
    let panel = app(&pool);
    let long = "x".repeat(512);
    let parts = [
        "%00",
        "%0A",
        "%FF",
        "a+b%2Fc",
        "..",
        "-1",
        "0",
        "99999999999999999999",
        &long,
    ];
    let values = ["%00", "0", "-1", "99999999999999999999", "%5B%5D", &long];
    let names = [
        "page",
        "page_size",
        "size",
        "limit",
        "skip",
        "user_id",
        "email",
        "query",
        "order_by",
    ];
    let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
    let bodies = [
        "",
        "{",
        "[]",
        "null",
        "0",
        "\"x\"",
        "[{}]",
        "{\"id\":\"\\u0000\"}",
        "\u{0}",
        &deep,
    ];
    for dialect in all() {
        let router = build_dialect(&Site::default(), &panel.services, &dialect);
        let app = panel.clone().with_router(router);
        let mut declared = routes_of(&dialect.routes());
        declared.remove(PANIC);
        for declared in declared {
            let filled = |part: &str| {
                let parts = declared.split('/').map(|declared| {
                    if declared.starts_with('{') {
                        part
                    } else {
                        declared
                    }
                });
                parts.collect::<Vec<_>>().join("/")
            };
            let mut asks: Vec<Ask> = parts.iter().map(|part| Ask::get(&filled(part))).collect();
            for value in values {
                let query: Vec<_> = names.iter().map(|name| format!("{name}={value}")).collect();
                asks.push(Ask::get(&format!("{}?{}", filled("x"), query.join("&"))));
            }
            for method in [Method::POST, Method::PUT, Method::PATCH] {
                for body in bodies {
                    let ask = Ask::new(method.clone(), &filled("x"));
                    asks.push(ask.body("application/json", body));
                }
                let form = Ask::new(method, &filled("x"));
                asks.push(form.form(&[
                    ("username", "\0"),
                    ("password", "\0"),
                    ("authvalidator", "x"),
                ]));
            }
            // Another one for each path: some of them sign out.
            let token = session_token(&pool, "ada").await;
            for ask in asks {
                let label = format!("{ask:?}");
                let status = app.stream(ask.bearer(&token)).await.status();
                assert!(!status.is_server_error(), "{status} {label:.300}");
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
