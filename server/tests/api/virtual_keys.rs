//! Virtual keys over the API: the paths that they open, their whole life, and uses with them.

use axum::http::Method;
use serde_json::{Value, json};
use sqlx::PgPool;
use testing::groups::group;

use crate::{
    access::endpoints,
    support::{Answer, App, Ask, add_user, app, id_of, session, token},
};

const UNKNOWN_ID: &str = "00000000-0000-7000-8000-000000000000";

/// Paths that ask for no caller: health probes, and those that do not exist.
const UNGUARDED: [&str; 4] = ["/healthz", "/readyz", "/api/anything", "/anything"];

/// An admin, and users with and without a key.
struct World {
    app: App,
    ada: String,
    bob: String,
}

async fn world(pool: &PgPool) -> World {
    let app = app(pool);
    add_user(pool, "ada", &["admin", "user"]).await;
    add_user(pool, "bob", &["user"]).await;
    World {
        ada: session(pool, "ada").await,
        bob: id_of(pool, "bob").await,
        app,
    }
}

impl World {
    async fn post(&self, path: &str, body: Value) -> Answer {
        let ask = Ask::post(path).json(&body).by(&self.ada);
        self.app.send(ask).await
    }

    /// Creates a key of Bob.
    async fn create(&self, changes: Value) -> Value {
        let mut body = json!({ "name": "lab" });
        for (name, value) in changes.as_object().unwrap() {
            body[name] = value.clone();
        }
        let path = format!("/api/admin/users/{}/virtual-keys", self.bob);
        let created = self.post(&path, body).await;
        assert_eq!(created.status, 201, "{}", created.body);
        created.json()
    }

    /// Changes a key.
    async fn change(&self, key: &Value, what: &str, body: Value) -> Answer {
        let id = key["id"].as_str().unwrap();
        self.post(&format!("/api/admin/virtual-keys/{id}/{what}"), body)
            .await
    }

    async fn limits_of(&self, key: &Value) -> Answer {
        let text = key["token"].as_str().unwrap();
        self.app.send(Ask::get("/api/limits").bearer(text)).await
    }
}

/// Tries every operation of the API, and the pages and functions of the panel.
#[testing::test]
async fn key_opens_limits_usage_and_access_only(pool: PgPool) {
    let world = world(&pool).await;
    // The owner has all permissions, so that a denial is due to the key alone.
    let path = format!(
        "/api/admin/users/{}/virtual-keys",
        id_of(&pool, "ada").await
    );
    add_user(&pool, "root", &["admin"]).await;
    let root = session(&pool, "root").await;
    let ask = Ask::post(&path).json(&json!({ "name": "lab" })).by(&root);
    let created = world.app.send(ask).await;
    assert_eq!(created.status, 201, "{}", created.body);
    let key = created.json()["token"].as_str().unwrap().to_owned();
    let mut opened = Vec::new();
    for endpoint in endpoints() {
        let label = endpoint.label();
        let answer = world.app.send(endpoint.bearer(&key)).await;
        let (_, path) = label.split_once(' ').unwrap();
        let path = path.split('?').next().unwrap();
        let is_open = ["/api/limits", "/api/usage", "/api/access"]
            .iter()
            .any(|start| path == *start || path.starts_with(&format!("{start}/")));
        if is_open {
            opened.push((label, answer.status));
        } else if path.starts_with("/api/") && !UNGUARDED.contains(&path) {
            assert_eq!(answer.outline(), "403 FORBIDDEN", "{label}");
            assert!(answer.message().starts_with("Virtual keys"), "{label}");
        } else if !UNGUARDED.contains(&path) {
            assert_eq!(answer.outline(), "403 TOKEN_NOT_ALLOWED", "{label}");
        }
    }
    // Of the open ones, those that name the unknown user are denied as they would be for any user but the owner.
    let allowed: Vec<&str> = opened
        .iter()
        .filter(|(_, status)| *status == 200)
        .map(|(label, _)| label.as_str())
        .collect();
    for label in [
        "GET /api/limits",
        "GET /api/usage",
        "GET /api/access/features",
    ] {
        assert!(allowed.contains(&label), "{label}: {opened:?}");
    }
    assert!(opened.len() >= 11, "{opened:?}");
    assert!(opened.iter().all(|(_, status)| *status != 401));
}

#[testing::test]
async fn secret_is_shown_once_and_rotated_with_an_overlap(pool: PgPool) {
    let world = world(&pool).await;
    let first = world
        .create(json!({ "allowedModels": ["gpt"], "metadata": { "team": "a" } }))
        .await;
    assert!(first["token"].as_str().unwrap().starts_with("sk-"));
    assert_eq!(world.limits_of(&first).await.status, 200);
    let rotated = world
        .change(&first, "rotate", json!({ "overlapHours": 2 }))
        .await;
    assert_eq!(rotated.status, 200, "{}", rotated.body);
    let second = rotated.json();
    assert!(second["previousUntil"].is_string());
    for key in [&first, &second] {
        assert_eq!(world.limits_of(key).await.status, 200);
    }
    world
        .app
        .run("update access_tokens set previous_until = now()")
        .await;
    assert_eq!(world.limits_of(&first).await.outline(), "401 UNAUTHORIZED");
    assert_eq!(world.limits_of(&second).await.status, 200);
    let listed = world
        .app
        .get_as(&world.ada, "/api/admin/tokens?kind=key&user=bob")
        .await;
    let listed = &listed.json()[0];
    assert_eq!(listed["kind"], "key");
    assert_eq!(listed["key"]["allowedModels"], json!(["gpt"]));
    assert_eq!(listed["key"]["metadata"], json!({ "team": "a" }));
    assert_eq!(listed["key"]["previousUntil"], Value::Null);
    let tokens = world
        .app
        .get_as(&world.ada, "/api/admin/tokens?kind=token")
        .await;
    assert_eq!(tokens.json(), json!([]));
    for stored in ["access_tokens", "audit_events"] {
        let rows: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
            "select row_to_json(t)::text from {stored} t"
        )))
        .fetch_all(&pool)
        .await
        .unwrap();
        for key in [&first, &second] {
            let text = key["token"].as_str().unwrap();
            assert!(!rows.iter().any(|row| row.contains(text)), "{stored}");
        }
    }
}

#[testing::test]
async fn blocked_and_revoked_keys_are_denied(pool: PgPool) {
    let world = world(&pool).await;
    let key = world.create(json!({})).await;
    assert_eq!(world.change(&key, "unblock", json!({})).await.status, 409);
    assert_eq!(world.change(&key, "block", json!({})).await.status, 200);
    let denied = world.limits_of(&key).await;
    assert_eq!(denied.outline(), "403 FORBIDDEN");
    assert_eq!(denied.message(), "This virtual key is blocked.");
    let listed = world
        .app
        .get_as(&world.ada, "/api/admin/tokens?state=blocked&kind=key")
        .await;
    assert_eq!(listed.json().as_array().unwrap().len(), 1);
    assert_eq!(world.change(&key, "block", json!({})).await.status, 409);
    assert_eq!(world.change(&key, "unblock", json!({})).await.status, 200);
    assert_eq!(world.limits_of(&key).await.status, 200);
    // The owner revokes it like a token.
    let bob = session(&pool, "bob").await;
    let own = world.app.get_as(&bob, "/api/tokens").await.json();
    assert_eq!(own[0]["id"], key["id"]);
    let path = format!("/api/tokens/{}", key["id"].as_str().unwrap());
    let revoke = Ask::new(Method::DELETE, &path).by(&bob);
    assert_eq!(world.app.send(revoke).await.status, 200);
    assert_eq!(world.limits_of(&key).await.outline(), "401 UNAUTHORIZED");
    assert_eq!(world.change(&key, "rotate", json!({})).await.status, 404);
}

#[testing::test]
async fn key_is_changed_at_the_version_that_was_read(pool: PgPool) {
    let world = world(&pool).await;
    let key = world.create(json!({ "metadata": { "team": "a" } })).await;
    let id = key["id"].as_str().unwrap();
    let path = format!("/api/admin/virtual-keys/{id}");
    let read = world.app.get_as(&world.ada, &path).await;
    assert_eq!((read.status, read.header("etag")), (200, "\"1\""));
    let change = async |tag: &str, body: Value| {
        let ask = Ask::new(Method::PATCH, &path).json(&body).by(&world.ada);
        world.app.send(ask.header("if-match", tag)).await
    };
    let changed = change("\"1\"", json!({ "allowedModels": ["gpt"] })).await;
    assert_eq!((changed.status, changed.header("etag")), (200, "\"2\""));
    let stale = change("\"1\"", json!({ "name": "other" })).await;
    assert_eq!(stale.outline(), "412 PRECONDITION_FAILED");
    let current = &stale.json()["details"]["object"]["access_token"];
    assert_eq!(current["key"]["allowedModels"], json!(["gpt"]));
    assert_eq!(current["name"], "lab");
    // The form of the panel, without scripts, of a page that shows an old name.
    let page = format!("/users/bob/keys/tokens/{id}/edit");
    let send = async |shown: &str, version: &str| {
        let form = [
            ("page", "/users/bob/keys"),
            ("id", id),
            ("username", "bob"),
            ("shown", shown),
            ("version", version),
            ("name", "Notebook"),
            ("models", "none"),
            ("metadata", ""),
        ];
        let form = Ask::post(&page).form(&form);
        world.app.send(form.by(&world.ada)).await
    };
    let stale = send("desk", "1").await;
    assert_eq!(stale.status, 409, "{}", stale.body);
    for shown in ["value=\"lab\"", "Overwrite with mine"] {
        assert!(stale.body.contains(shown), "{shown}: {}", stale.body);
    }
    let saved = send("lab", "2").await;
    assert_eq!(saved.outline(), "303 to /users/bob/keys");
    let read = world.app.get_as(&world.ada, &path).await.json();
    assert_eq!(read["name"], "Notebook");
    assert_eq!(read["key"]["allowedModels"], json!([]));
    assert_eq!(read["key"]["metadata"], json!({}));
}

#[testing::test]
async fn models_and_keys_of_uses_are_checked(pool: PgPool) {
    let world = world(&pool).await;
    add_user(&pool, "host", &["application"]).await;
    let host = token(&world.app.services, "host", &["limits:consume"]).await;
    let key = world.create(json!({ "allowedModels": ["gpt"] })).await;
    let id = key["id"].as_str().unwrap();
    let ask = async |path: &str, model: &str, by: &str| {
        let body = json!({ "user": world.bob, "token": id, "model": model });
        world.app.send(Ask::post(path).json(&body).bearer(by)).await
    };
    let text = key["token"].as_str().unwrap();
    for by in [host.as_str(), text] {
        assert_eq!(ask("/api/limits/consume", "gpt", by).await.status, 200);
        let denied = ask("/api/limits/consume", "llama", by).await;
        assert_eq!(denied.outline(), "403 MODEL_NOT_ALLOWED");
        assert_eq!(
            denied.message(),
            "This virtual key can't use the model llama."
        );
        let checked = ask("/api/limits/check", "llama", by).await.json();
        assert_eq!(checked["allowed"], false);
        assert_eq!(checked["modelDeniedBy"], "token");
    }
    let path = format!("/api/admin/users/{}/allowed-models", world.bob);
    let put = Ask::new(Method::PUT, &path).json(&json!({ "allowedModels": [] }));
    assert_eq!(world.app.send(put.by(&world.ada)).await.status, 200);
    let stored = world.app.get_as(&world.ada, &path).await.json();
    assert_eq!(stored["allowedModels"], json!([]));
    let denied = ask("/api/limits/reserve", "gpt", &host).await;
    assert_eq!(denied.outline(), "403 MODEL_NOT_ALLOWED");
    assert_eq!(denied.message(), "This user can't use the model gpt.");
    world.change(&key, "block", json!({})).await;
    let denied = ask("/api/limits/consume", "gpt", &host).await;
    assert_eq!(denied.outline(), "409 CONFLICT");
    assert_eq!(denied.message(), "This virtual key is blocked.");
}

#[testing::test]
async fn key_is_denied_for_other_users(pool: PgPool) {
    let world = world(&pool).await;
    let key = world.create(json!({})).await;
    let text = key["token"].as_str().unwrap();
    let ada = id_of(&pool, "ada").await;
    for other in [ada.as_str(), UNKNOWN_ID] {
        let used = json!({ "user": other });
        let event = json!({ "events": [{ "user": other, "eventId": "e" }] });
        let question =
            json!({ "questions": [{ "user": other, "object": { "feature": "chat.call" } }] });
        for (path, body) in [
            ("/api/limits/consume", &used),
            ("/api/limits/check", &used),
            ("/api/limits/reserve", &used),
            ("/api/usage", &event),
            ("/api/access/check", &question),
        ] {
            let denied = world
                .app
                .send(Ask::post(path).json(body).bearer(text))
                .await;
            assert_eq!(denied.outline(), "403 FORBIDDEN", "{path}");
            assert!(denied.message().contains("owner"), "{}", denied.body);
        }
    }
    let count = "select count(*) from usage_events";
    assert_eq!(world.app.count(count).await, 0);
}

#[testing::test]
async fn key_of_a_group_is_rejected_after_its_owner_has_left(pool: PgPool) {
    let world = world(&pool).await;
    let bob = world.bob.parse().unwrap();
    let team = group("Team").members(&[bob]).insert(&pool).await;
    let key = world.create(json!({ "group": team })).await;
    assert_eq!(world.limits_of(&key).await.status, 200);
    world.app.run("delete from group_members").await;
    let denied = world.limits_of(&key).await;
    assert_eq!(denied.status, 403, "{}", denied.body);
    let reason = "The owner of this virtual key is no longer a member of its group.";
    assert!(denied.body.contains(reason), "{}", denied.body);
    let listed = world
        .app
        .get_as(&world.ada, "/api/admin/tokens?kind=key&state=blocked")
        .await;
    let listed = &listed.json()[0];
    assert_eq!(listed["key"]["ownerLeftGroup"], true);
    assert_eq!(listed["key"]["blockedAt"], Value::Null);
}

#[testing::test]
async fn events_of_a_key_are_apart_from_those_of_the_application(pool: PgPool) {
    let world = world(&pool).await;
    add_user(&pool, "host", &["application"]).await;
    let host = token(&world.app.services, "host", &["limits:consume"]).await;
    let key = world.create(json!({})).await;
    let (id, text) = (key["id"].as_str().unwrap(), key["token"].as_str().unwrap());
    let bob = &world.bob;
    let limit =
        json!({ "subject": { "user": bob }, "metric": "cost", "amount": "1", "period": "total" });
    let put = Ask::new(Method::PUT, "/api/admin/limits").json(&limit);
    assert_eq!(world.app.send(put.by(&world.ada)).await.status, 200);
    let ask = async |by: &str, path: &str, body: Value| {
        world.app.send(Ask::post(path).json(&body).bearer(by)).await
    };
    let free =
        |event: &str| json!({ "events": [{ "user": bob, "eventId": event, "requests": 0 }] });
    for (event, counted) in [("chat-1", 1), ("chat-1", 0), ("chat-2", 1)] {
        let stored = ask(text, "/api/usage", free(event)).await.json();
        assert_eq!(stored["counted"], counted, "{event}");
    }

    let used = |cost: &str| json!({ "user": bob, "eventId": "chat-1", "cost": cost });
    let denied = ask(&host, "/api/limits/consume", used("500")).await;
    assert_eq!(denied.status, 429, "{}", denied.body);
    let counted = ask(&host, "/api/limits/consume", used("0.1")).await.json();
    assert_eq!(counted["counted"], true);
    // A repetition is compared with the event of its sender.
    let nothing = json!({ "user": bob, "eventId": "chat-1", "requests": 0 });
    for (by, same, other) in [
        (host.as_str(), used("0.1"), nothing.clone()),
        (text, nothing, used("0.1")),
    ] {
        let again = ask(by, "/api/limits/consume", same).await;
        assert_eq!(again.json()["counted"], false, "{}", again.body);
        let denied = ask(by, "/api/limits/consume", other).await;
        assert_eq!(denied.status, 409, "{}", denied.body);
    }

    let reserve = async |by: &str, event: &str, cost: &str| {
        let body = json!({ "user": bob, "token": id, "eventId": event, "cost": cost });
        ask(by, "/api/limits/reserve", body).await
    };
    let lease = async |by: &str, event: &str, cost: &str| {
        let reserved = reserve(by, event, cost).await.json();
        reserved["lease"].as_str().unwrap().to_owned()
    };
    let settle = async |by: &str, lease: &str, cost: &str| {
        let body = json!({ "lease": lease, "cost": cost });
        ask(by, "/api/limits/settle", body).await
    };
    // The key has counted this event, and the application has not.
    let denied = reserve(text, "chat-2", "0").await;
    assert_eq!(denied.status, 409, "{}", denied.body);
    let of_host = lease(&host, "chat-2", "0.1").await;
    let settled = settle(&host, &of_host, "0.1").await;
    assert_eq!(settled.json()["counted"], true);

    let of_host = lease(&host, "chat-3", "0.1").await;
    let of_key = lease(text, "chat-3", "0").await;
    assert_ne!(of_host, of_key);
    let without_key = json!({ "user": bob, "eventId": "chat-3", "cost": "0.1" });
    let denied = ask(&host, "/api/limits/reserve", without_key).await;
    assert_eq!(denied.status, 409, "{}", denied.body);
    assert_eq!(lease(text, "chat-3", "0").await, of_key);
    assert_eq!(settle(text, &of_host, "0").await.status, 400);
    let body = json!({ "lease": of_host });
    let released = ask(text, "/api/limits/release", body).await;
    assert_eq!(released.status, 400, "{}", released.body);
    for (by, lease, cost) in [(text, of_key, "0"), (host.as_str(), of_host, "0.1")] {
        let settled = settle(by, &lease, cost).await;
        assert_eq!(settled.json()["counted"], true);
    }
    let dimes =
        "select used / 100000000 from balances where metric = 'cost' and user_id is not null";
    assert_eq!(world.app.count(dimes).await, 3);
}
