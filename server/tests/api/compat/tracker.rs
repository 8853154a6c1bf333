//! The Tracker dialect, as its clients speak it.

mod access;
mod bad_input;
mod clients;
mod sign_in;
mod users;

use axum::{
    body::to_bytes,
    http::{HeaderMap, Method},
};
use dialects::Dialects;
use serde_json::{Value, json};
use server::router::Site;
use service::settings::Settings;
use sqlx::PgPool;

use crate::support::{App, Ask, PASSWORD, add_password, add_user, with_site};

/// Address of the API.
const API: &str = "/compat/tracker/api/v1";
/// Number that no object has.
const UNKNOWN: &str = "999999";

/// A response of the dialect. Its errors have nothing but what the Tracker System sends.
struct Reply {
    status: u16,
    body: Value,
    headers: HeaderMap,
}

impl Reply {
    fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }

    /// Asserts an error with a text.
    #[track_caller]
    fn assert_denied(&self, status: u16, text: &str) {
        assert_eq!(self.status, status, "{}", self.body);
        assert_eq!(self.body, json!({ "detail": text }));
    }

    /// Asserts errors of fields at these places.
    #[track_caller]
    fn assert_invalid(&self, places: &[Value]) {
        assert_eq!(self.status, 422, "{}", self.body);
        let problems = self.body["detail"].as_array().unwrap();
        let found: Vec<&Value> = problems.iter().map(|problem| &problem["loc"]).collect();
        assert_eq!(found, places.iter().collect::<Vec<_>>());
        for problem in problems {
            assert!(problem["msg"].is_string() && problem["type"].is_string());
        }
    }
}

/// Tokens of a sign-in.
struct Tokens {
    access: String,
    refresh: String,
}

/// The application with the dialect, in which the passwords that an admin sets are lasting: Ada, an admin, and Bob, each with [`PASSWORD`].
struct Tracker {
    app: App,
}

impl Tracker {
    async fn new(pool: &PgPool) -> Self {
        let site = Site {
            dialects: Dialects::builtin().select("tracker").unwrap(),
            ..Site::default()
        };
        let settings = Settings {
            lasting_admin_passwords: true,
            ..Settings::default()
        };
        let app = with_site(pool, &site, settings);
        add_user(pool, "ada", &["admin", "user"]).await;
        add_user(pool, "bob", &["user"]).await;
        add_password(pool, &app.services.hasher).await;
        Self { app }
    }

    fn ask(method: Method, path: &str) -> Ask {
        Ask::new(method, &format!("{API}{path}"))
    }

    async fn send(&self, ask: Ask) -> Reply {
        let label = ask.label();
        let response = self.app.stream(ask).await;
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8(body.to_vec()).unwrap();
        let reply = Reply {
            status: parts.status.as_u16(),
            body: serde_json::from_str(&text).unwrap_or_else(|_| panic!("{label}: {text:?}")),
            headers: parts.headers,
        };
        assert!(reply.status < 500, "{label}: {text}");
        assert_eq!(reply.header("x-request-id").len(), 36, "{label}");
        assert_eq!(reply.header("cache-control"), "no-store", "{label}");
        assert!(!text.contains("$argon2"), "{label}");
        reply
    }

    async fn get(&self, token: &str, path: &str) -> Reply {
        self.send(Self::ask(Method::GET, path).bearer(token)).await
    }

    async fn delete(&self, token: &str, path: &str) -> Reply {
        let ask = Self::ask(Method::DELETE, path);
        self.send(ask.bearer(token)).await
    }

    async fn post(&self, token: &str, path: &str, body: Value) -> Reply {
        let ask = Self::ask(Method::POST, path).json(&body);
        self.send(ask.bearer(token)).await
    }

    async fn put(&self, token: &str, path: &str, body: Value) -> Reply {
        let ask = Self::ask(Method::PUT, path).json(&body);
        self.send(ask.bearer(token)).await
    }

    async fn login(&self, email: &str, password: &str) -> Reply {
        let fields = [
            ("grant_type", "password"),
            ("username", email),
            ("password", password),
        ];
        let ask = Self::ask(Method::POST, "/auth/login");
        self.send(ask.form(&fields)).await
    }

    /// Signs in with an email address and [`PASSWORD`].
    async fn sign_in(&self, email: &str) -> Tokens {
        let reply = self.login(email, PASSWORD).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        Tokens {
            access: reply.body["access_token"].as_str().unwrap().to_owned(),
            refresh: refresh_cookie(&reply).0,
        }
    }

    /// Returns an access token of Ada.
    async fn ada(&self) -> String {
        self.sign_in("ada@example.org").await.access
    }

    /// Returns the number of the user with a username.
    async fn number(&self, username: &str) -> i64 {
        sqlx::query_scalar("select number from users where username = $1")
            .bind(username)
            .fetch_one(&self.app.pool)
            .await
            .unwrap()
    }
}

/// Returns the refresh token that a response sets, and the attributes of its cookie.
fn refresh_cookie(reply: &Reply) -> (String, String) {
    let lines = reply.headers.get_all("set-cookie").iter();
    let mut lines = lines.map(|line| line.to_str().unwrap());
    let line = lines.find(|line| line.starts_with("refresh_token="));
    let (cookie, attributes) = line.unwrap().split_once("; ").unwrap();
    let token = cookie.split_once('=').unwrap().1;
    (token.to_owned(), attributes.to_owned())
}
