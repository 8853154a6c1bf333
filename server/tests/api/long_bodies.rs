//! Bodies of the API with the longest valid input, which is longer than that of most routes.

use axum::http::Method;
use domain::{conversations::CONTENT_MAX, features::KEY_MAX};
use serde_json::{Value, json};
use sqlx::PgPool;
use testing::{conversations::conversation, crowd::crowd, resources::resource, users::id_of};

use crate::support::{Answer, App, Ask, add_user, app, session};

/// Maximum number of bytes of other bodies.
pub(crate) const OF_OTHERS: usize = 64 * 1024;
/// Number of features in the tests. The domain does not limit it.
pub(crate) const FEATURES: usize = 1_000;

/// Inserts features with the longest keys, and returns these in their order.
pub(crate) async fn many_features(pool: &PgPool) -> Vec<String> {
    let start = "f".repeat(KEY_MAX - 3);
    let keys = (0..FEATURES).map(|number| format!("{start}{number:03}"));
    let keys: Vec<String> = keys.collect();
    sqlx::query(
        "insert into features (key, label, created_at, updated_at)
        select key, 'Feature', now(), now() from unnest($1::text[]) as key",
    )
    .bind(&keys)
    .execute(pool)
    .await
    .unwrap();
    keys
}

/// An app, and the session of the user who sends long bodies.
struct Sender {
    app: App,
    session: String,
}

impl Sender {
    async fn create(pool: &PgPool, role: &str) -> Self {
        add_user(pool, "ada", &[role]).await;
        Self {
            app: app(pool),
            session: session(pool, "ada").await,
        }
    }

    /// Sends a body, and asserts that other routes would deny it and that it has the expected status.
    async fn send(&self, (method, path): (Method, &str), body: &Value, status: u16) -> Answer {
        let length = body.to_string().len();
        assert!(length > OF_OTHERS, "{path}: {length}");
        let ask = Ask::new(method, path).json(body).by(&self.session);
        let answer = self.app.send(ask).await;
        assert_eq!(answer.status, status, "{path}: {:.500}", answer.body);
        answer
    }
}

#[testing::test]
async fn group_has_many_features(pool: PgPool) {
    let ada = Sender::create(&pool, "admin").await;
    let keys = many_features(&pool).await;
    let draft = json!({ "name": "Editors", "features": keys });
    let created = ada
        .send((Method::POST, "/api/admin/groups"), &draft, 201)
        .await;
    assert!(created.json()["features"] == json!(keys));
    let path = created.header("location");
    for (method, number) in [(Method::PUT, 1), (Method::PATCH, 2)] {
        let edit = json!({ "features": keys[number..] });
        let edited = ada.send((method, path), &edit, 200).await;
        assert!(edited.json()["features"] == json!(keys[number..]));
    }
}

#[testing::test]
async fn thousand_users_are_granted_access_at_once(pool: PgPool) {
    let ada = Sender::create(&pool, "admin").await;
    crowd(1_000, "user-", "User ").insert(&pool).await;
    let users = "select id::text from users where username like 'user-%'";
    let users: Vec<String> = sqlx::query_scalar(users).fetch_all(&pool).await.unwrap();
    let model = resource("models", "gpt").insert(&pool).await;
    let grants = users
        .iter()
        .map(|user| json!({ "subject": { "user": user }, "level": "write" }));
    let grants = json!({ "grants": grants.collect::<Vec<_>>() });
    let path = format!("/api/admin/resources/{model}/grants");
    let granted = ada.send((Method::POST, &path), &grants, 200).await;
    assert_eq!(granted.json()["changed"], 1_000);
}

#[testing::test]
async fn thousand_messages_are_appended_at_once(pool: PgPool) {
    let host = Sender::create(&pool, "application").await;
    let user = id_of(&pool, "ada").await;
    let stored = conversation(&pool, user, "physics", "Light").await;
    let message = |content: String| json!({ "role": "user", "content": content, "cost": "0.0012" });
    let many = vec![message("x".repeat(900)); 1_000];
    let longest = vec![message("é".repeat(CONTENT_MAX))];
    let path = format!("/api/conversations/{stored}/messages");
    for (messages, last) in [(&many, 1_002), (&longest, 1_003)] {
        let messages = json!({ "messages": messages });
        let appended = host.send((Method::POST, &path), &messages, 200).await;
        assert_eq!(appended.json()["last"], last);
    }
    let started = json!({ "userId": user, "branch": "physics", "name": "Dark", "messages": many });
    host.send((Method::POST, "/api/conversations"), &started, 201)
        .await;
}

#[testing::test]
async fn thousand_events_with_long_names_are_counted_at_once(pool: PgPool) {
    let host = Sender::create(&pool, "application").await;
    let user = id_of(&pool, "ada").await;
    let (model, event) = ("m".repeat(200), "e".repeat(197));
    let events = (0..1_000).map(|number| {
        json!({ "user": user, "model": model, "eventId": format!("{event}{number:03}"), "cost": "0.0012" })
    });
    let events = json!({ "events": events.collect::<Vec<_>>() });
    let counted = host.send((Method::POST, "/api/usage"), &events, 200).await;
    assert_eq!(counted.json()["counted"], 1_000);
}
