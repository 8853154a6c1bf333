//! The dialect of Open WebUI, as its clients speak it.

mod access;
mod bad_input;
mod concurrency;
mod config;
mod groups;
mod own;
mod permissions;
mod sign_in;
mod users;

use axum::{
    body::{Bytes, to_bytes},
    http::{HeaderMap, Method},
};
use dialects::Dialects;
use serde_json::{Value, json};
use server::router::Site;
use service::settings::Settings;
use sqlx::PgPool;

use crate::support::{App, Ask, PASSWORD, add_password, add_user, id_of, with_site};

/// Address of the API.
const API: &str = "/compat/openwebui/api/v1";
const NOT_AUTHENTICATED: &str = "Not authenticated";
const INVALID_TOKEN: &str =
    "Your session has expired or the token is invalid. Please sign in again.";
const ACCESS_PROHIBITED: &str = "You do not have permission to access this resource. Please contact your administrator for assistance.";
const ACTION_PROHIBITED: &str = "The requested action has been restricted as a security measure.";
const NOT_FOUND: &str = "We could not find what you're looking for :/";
const EMAIL_TAKEN: &str = "Uh-oh! This email is already registered. Sign in with your existing account or choose another email to start anew.";
const INVALID_CREDENTIALS: &str =
    "The email or password provided is incorrect. Please check for typos and try logging in again.";
/// Id that no object has.
const UNKNOWN: &str = "018f3c5e-0000-7000-8000-000000000001";

/// A response of the dialect.
struct Got {
    status: u16,
    body: Value,
    bytes: Bytes,
    headers: HeaderMap,
}

impl Got {
    /// Asserts success, and returns the body.
    #[track_caller]
    fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.body);
        self.body
    }

    /// Asserts an error with a text, and nothing else.
    #[track_caller]
    fn assert_denied(&self, status: u16, text: &str) {
        assert_eq!(self.status, status, "{}", self.body);
        assert_eq!(self.body, json!({ "detail": text }));
    }

    /// Asserts the error of a body or a parameter that cannot be read.
    #[track_caller]
    fn assert_malformed(&self) {
        assert_eq!(self.status, 422, "{}", self.body);
        let [problem] = self.body["detail"].as_array().unwrap().as_slice() else {
            panic!("{}", self.body);
        };
        assert!(problem["msg"].is_string(), "{problem}");
    }
}

/// The application with the dialect: Ada, an admin, and Bob, each with [`PASSWORD`].
struct OpenWebUi {
    app: App,
    /// Token of Ada.
    ada: String,
    /// Token of Bob.
    bob: String,
}

impl OpenWebUi {
    /// Serves the dialect where passwords that an admin sets are lasting.
    async fn new(pool: &PgPool) -> Self {
        let settings = Settings {
            lasting_admin_passwords: true,
            ..Settings::default()
        };
        Self::with(pool, settings).await
    }

    async fn with(pool: &PgPool, settings: Settings) -> Self {
        let site = Site {
            dialects: Dialects::builtin().select("openwebui").unwrap(),
            ..Site::default()
        };
        let app = with_site(pool, &site, settings);
        add_user(pool, "ada", &["admin"]).await;
        add_user(pool, "bob", &["user"]).await;
        add_password(pool, &app.services.hasher).await;
        let mut served = Self {
            app,
            ada: String::new(),
            bob: String::new(),
        };
        served.ada = served.sign_in("ada@example.org", PASSWORD).await;
        served.bob = served.sign_in("bob@example.org", PASSWORD).await;
        served
    }

    async fn send(&self, ask: Ask) -> Got {
        let response = self.app.stream(ask).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Got {
            status,
            body: serde_json::from_slice(&bytes).unwrap_or_default(),
            bytes,
            headers,
        }
    }

    async fn get(&self, token: &str, path: &str) -> Got {
        self.send(Ask::get(&format!("{API}{path}")).bearer(token))
            .await
    }

    async fn post(&self, token: &str, path: &str, body: &Value) -> Got {
        let ask = Ask::post(&format!("{API}{path}")).bearer(token);
        self.send(ask.json(body)).await
    }

    async fn delete(&self, token: &str, path: &str) -> Got {
        let ask = Ask::new(Method::DELETE, &format!("{API}{path}"));
        self.send(ask.bearer(token)).await
    }

    /// Sends a sign-in.
    async fn try_sign_in(&self, email: &str, password: &str) -> Got {
        let body = json!({ "email": email, "password": password });
        let ask = Ask::post(&format!("{API}/auths/signin"));
        self.send(ask.json(&body)).await
    }

    /// Signs in, and returns the token.
    async fn sign_in(&self, email: &str, password: &str) -> String {
        let got = self.try_sign_in(email, password).await.ok();
        got["token"].as_str().unwrap().to_owned()
    }

    /// Adds a user as Ada, and returns the response.
    async fn add(&self, name: &str, email: &str, role: &str) -> Value {
        let body = json!({ "name": name, "email": email, "password": PASSWORD, "role": role });
        self.post(&self.ada, "/auths/add", &body).await.ok()
    }

    /// Creates a group as Ada, and returns its id.
    async fn group(&self, name: &str) -> String {
        let body = json!({ "name": name, "description": "" });
        let group = self.post(&self.ada, "/groups/create", &body).await.ok();
        group["id"].as_str().unwrap().to_owned()
    }

    async fn id(&self, username: &str) -> String {
        id_of(&self.app.pool, username).await
    }

    /// Lists the actions in the audit log that the dialect has caused, with their actors, the first one first.
    async fn entries(&self, after: i64) -> Vec<(String, String)> {
        sqlx::query_as(
            "select action, actor_label from audit_events where id > $1 and action <> 'session.started' order by id",
        )
        .bind(after)
        .fetch_all(&self.app.pool)
        .await
        .unwrap()
    }

    /// Returns the id of the last entry in the audit log.
    async fn last_entry(&self) -> i64 {
        self.app
            .count("select coalesce(max(id), 0) from audit_events")
            .await
    }
}

/// Returns the names of the members of an object, in order.
fn members(object: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = object
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    names
}
