//! Provider API keys over the API.

use axum::http::Method;
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::support::{Answer, App, Ask, add_user, app, id_of, session};

const OWN: &str = "/api/api-keys";
const SYSTEM: &str = "/api/admin/api-keys";

/// Returns an app with an admin, Ada, a program, their sessions, and Bob.
async fn with_users(pool: &PgPool) -> (App, String, String, String) {
    add_user(pool, "ada", &["admin", "user"]).await;
    add_user(pool, "bob", &["user"]).await;
    add_user(pool, "otto", &["application"]).await;
    let (ada, bob) = (session(pool, "ada").await, session(pool, "bob").await);
    let otto = session(pool, "otto").await;
    (app(pool).storing_keys(), ada, bob, otto)
}

fn key(provider: &str, text: &str) -> Value {
    json!({ "provider": provider, "keyName": "Work", "apiKey": text })
}

async fn post(app: &App, session: &str, path: &str, body: &Value) -> Answer {
    app.send(Ask::post(path).by(session).json(body)).await
}

async fn put(app: &App, session: &str, path: &str, body: &Value) -> Answer {
    app.send(Ask::new(Method::PUT, path).by(session).json(body))
        .await
}

async fn delete(app: &App, session: &str, path: &str) -> Answer {
    app.send(Ask::new(Method::DELETE, path).by(session)).await
}

fn key_id(answer: &Answer) -> String {
    answer.json()["id"].as_str().unwrap().to_owned()
}

#[testing::test]
async fn own_keys_match_fovea(pool: PgPool) {
    let (app, ada, bob, _) = with_users(&pool).await;
    let created = post(&app, &bob, OWN, &key("openai", "sk-secret-abcd")).await;
    assert_eq!(created.status, 201);
    let mut shown = created.json().as_object().unwrap().clone();
    for time in ["createdAt", "updatedAt"] {
        assert!(shown.remove(time).unwrap().as_str().unwrap().ends_with('Z'));
    }
    let id = key_id(&created);
    assert_eq!(
        Value::Object(shown),
        json!({
            "id": id,
            "userId": id_of(&pool, "bob").await,
            "provider": "OPENAI",
            "keyName": "Work",
            "keyMask": "...abcd",
            "isActive": true,
            "usageCount": 0,
            "lastUsed": null,
            "lastUsedAt": null,
        })
    );
    assert_eq!(app.get_as(&bob, OWN).await.json(), json!([created.json()]));
    let again = post(&app, &bob, OWN, &key("OPENAI", "sk-2")).await;
    assert_eq!(again.outline(), "409 CONFLICT");
    assert_eq!(again.message(), "API key for this provider already exists");

    let one = format!("{OWN}/{id}");
    let other = put(&app, &ada, &one, &json!({ "isActive": false })).await;
    assert_eq!(other.outline(), "404 NOT_FOUND", "another user's");
    assert_eq!(delete(&app, &ada, &one).await.outline(), "404 NOT_FOUND");

    let off = put(&app, &bob, &one, &json!({ "isActive": false })).await;
    assert_eq!((off.status, &off.json()["isActive"]), (200, &json!(false)));
    assert_eq!(off.json()["keyMask"], "...abcd", "absent fields stay");
    let changed = json!({ "keyName": "Home", "apiKey": "sk-another-wxyz", "isActive": true });
    let changed = put(&app, &bob, &one, &changed).await.json();
    assert_eq!(
        (
            &changed["keyName"],
            &changed["keyMask"],
            &changed["isActive"]
        ),
        (&json!("Home"), &json!("...wxyz"), &json!(true))
    );
    assert_eq!(
        delete(&app, &bob, &one).await.json(),
        json!({ "success": true })
    );
    assert_eq!(delete(&app, &bob, &one).await.outline(), "404 NOT_FOUND");
    assert_eq!(app.get_as(&bob, OWN).await.json(), json!([]));
    let bad = delete(&app, &bob, "/api/api-keys/7").await;
    assert_eq!(bad.outline(), "400 VALIDATION_ERROR");
    assert_eq!(bad.message(), "params/keyId must match format \"uuid\"");
}

#[testing::test]
async fn invalid_keys_are_rejected_with_a_sentence(pool: PgPool) {
    let (app, ada, bob, _) = with_users(&pool).await;
    let with = |field: &str, value: Value| {
        let mut body = key("OPENAI", "sk-12345678");
        body[field] = value;
        body
    };
    let long = "k".repeat(4_097);
    for (body, field) in [
        (with("provider", json!("")), "provider"),
        (with("provider", json!("MISTRAL")), "provider"),
        (with("keyName", json!("  ")), "keyName"),
        (with("keyName", json!("n".repeat(101))), "keyName"),
        (with("keyName", json!("a\u{202E}b")), "keyName"),
        (with("apiKey", json!("")), "apiKey"),
        (with("apiKey", json!("sk-1\nsk-2")), "apiKey"),
        (with("apiKey", json!("sk-1\u{0}")), "apiKey"),
        (with("apiKey", json!("sk 1")), "apiKey"),
        (with("apiKey", json!(long)), "apiKey"),
    ] {
        for (session, path) in [(&bob, OWN), (&ada, SYSTEM)] {
            let answer = post(&app, session, path, &body).await;
            assert_eq!(answer.outline(), "400 VALIDATION_ERROR", "{body}");
            let error = &answer.json()["details"]["fields"][0];
            assert_eq!(error["field"], field, "{body}");
            assert!(error["message"].as_str().unwrap().ends_with('.'), "{error}");
        }
    }
    for body in [
        json!({ "provider": "OPENAI", "keyName": "Work" }),
        with("apiKey", json!(7)),
        with("userId", json!("00000000-0000-7000-8000-000000000000")),
        with("usageCount", json!(9)),
        json!([]),
    ] {
        let answer = post(&app, &bob, OWN, &body).await;
        assert_eq!(answer.outline(), "400 VALIDATION_ERROR", "{body}");
        assert!(!answer.body.contains("sk-1234"), "{}", answer.body);
    }
    let created = key_id(&post(&app, &bob, OWN, &key("OPENAI", "sk-12345678")).await);
    for body in [
        json!({ "apiKey": "" }),
        json!({ "keyName": "" }),
        json!({ "provider": "GOOGLE" }),
        json!({ "isActive": "no" }),
    ] {
        let answer = put(&app, &bob, &format!("{OWN}/{created}"), &body).await;
        assert_eq!(answer.outline(), "400 VALIDATION_ERROR", "{body}");
    }
    assert_eq!(app.count("select count(*) from api_keys").await, 1);
}

#[testing::test]
async fn system_has_several_keys_per_provider(pool: PgPool) {
    let (app, ada, _, _) = with_users(&pool).await;
    let first = post(&app, &ada, SYSTEM, &key("OPENAI", "sk-first-1111")).await;
    let second = post(&app, &ada, SYSTEM, &key("OPENAI", "sk-second-2222")).await;
    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!(first.json()["userId"], Value::Null);
    let one = format!("{SYSTEM}/{}", key_id(&first));
    let off = put(&app, &ada, &one, &json!({ "isActive": false })).await;
    assert_eq!(off.json()["isActive"], false);
    assert_eq!(
        delete(&app, &ada, &one).await.json(),
        json!({ "success": true })
    );
    assert_eq!(
        app.get_as(&ada, SYSTEM).await.json(),
        json!([second.json()])
    );
    assert_eq!(
        app.get_as(&ada, OWN).await.json(),
        json!([]),
        "no user owns them"
    );
}

#[testing::test]
async fn admin_lists_and_revokes_user_keys(pool: PgPool) {
    let (app, ada, bob, _) = with_users(&pool).await;
    let created = post(&app, &bob, OWN, &key("OPENAI", "sk-secret-abcd")).await;
    let of_bob = format!("/api/admin/users/{}/api-keys", id_of(&pool, "bob").await);
    let of_ada = format!("/api/admin/users/{}/api-keys", id_of(&pool, "ada").await);
    let seen = app.get_as(&ada, &of_bob).await;
    assert_eq!(seen.json(), json!([created.json()]));
    assert!(!seen.body.contains("secret"));
    let id = key_id(&created);
    let wrong = delete(&app, &ada, &format!("{of_ada}/{id}")).await;
    assert_eq!(wrong.outline(), "404 NOT_FOUND");
    let bad = delete(&app, &ada, &format!("{of_bob}/x")).await;
    assert_eq!(bad.outline(), "400 VALIDATION_ERROR");
    let gone = delete(&app, &ada, &format!("{of_bob}/{id}")).await;
    assert_eq!(gone.json(), json!({ "success": true }));
    assert_eq!(app.get_as(&bob, OWN).await.json(), json!([]));
}

#[testing::test]
async fn program_resolves_the_key_of_a_user(pool: PgPool) {
    let (app, ada, bob, otto) = with_users(&pool).await;
    let path = format!("{OWN}/resolve/openai?userId={}", id_of(&pool, "bob").await);
    let none = app.get_as(&otto, &path).await;
    assert_eq!(none.outline(), "404 NOT_FOUND");
    let system = post(&app, &ada, SYSTEM, &key("OPENAI", "sk-system")).await;
    let own = post(&app, &bob, OWN, &key("OPENAI", "sk-of-bob")).await;
    let message = app.get_as(&otto, &path).await;
    assert_eq!(
        message.json(),
        json!({
            "provider": "OPENAI", "source": "user", "keyId": key_id(&own), "apiKey": "sk-of-bob"
        })
    );
    assert_eq!(message.header("cache-control"), "no-store");
    let itself = app.get_as(&otto, &format!("{OWN}/resolve/OPENAI")).await;
    assert_eq!(
        itself.json(),
        json!({
            "provider": "OPENAI", "source": "system", "keyId": key_id(&system), "apiKey": "sk-system"
        })
    );
    for who in [&ada, &bob] {
        let denied = app.get_as(who, &path).await;
        assert_eq!(denied.outline(), "403 FORBIDDEN", "not even an admin");
    }
    for bad in ["?userId=7", "?userId=", "?user=7"] {
        let answer = app
            .get_as(&otto, &format!("{OWN}/resolve/OPENAI{bad}"))
            .await;
        assert_eq!(answer.outline(), "400 VALIDATION_ERROR");
    }
    let used = app.get_as(&bob, OWN).await;
    assert_eq!(used.json()[0]["usageCount"], 1);
    let audited = "select count(*) from audit_events where action = 'api_key.resolved'";
    assert_eq!(app.count(audited).await, 2);
}

#[testing::test]
async fn without_an_encryption_key_keys_are_reported_disabled(pool: PgPool) {
    let (_, ada, bob, otto) = with_users(&pool).await;
    let app = app(&pool);
    for answer in [
        post(&app, &bob, OWN, &key("OPENAI", "sk-12345678")).await,
        post(&app, &ada, SYSTEM, &key("OPENAI", "sk-12345678")).await,
        app.get_as(&otto, &format!("{OWN}/resolve/OPENAI")).await,
    ] {
        assert_eq!(answer.outline(), "503 DISABLED");
        assert!(answer.message().contains("API_KEY_ENCRYPTION_KEY"));
    }
    assert_eq!(app.get_as(&bob, OWN).await.json(), json!([]));
    for (who, page) in [
        (&ada, "/keys"),
        (&ada, "/keys/new"),
        (&bob, "/account/keys"),
    ] {
        let page = app.get_as(who, page).await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains("API keys are disabled"));
    }
}

#[testing::test]
async fn no_response_contains_a_key(pool: PgPool) {
    let (app, ada, bob, _) = with_users(&pool).await;
    post(&app, &ada, SYSTEM, &key("OPENAI", "sk-system-secret")).await;
    post(&app, &bob, OWN, &key("OPENAI", "sk-own-secret")).await;
    let denied = Ask::post("/account/keys/new").by(&bob).form(&[
        ("owner", "own"),
        ("provider", "GOOGLE"),
        ("key_name", ""),
        ("api_key", "sk-typed-secret"),
    ]);
    let again = app.send(denied).await;
    assert_eq!(again.status, 422);
    for page in [
        again,
        app.get_as(&ada, "/keys").await,
        app.get_as(&ada, "/users/bob/keys").await,
        app.get_as(&bob, "/account/keys").await,
        app.get_as(&bob, "/api/user/export").await,
        app.get_as(&ada, "/users/bob/history").await,
    ] {
        assert!(!page.body.contains("-secret"), "{}", page.body);
    }
}
