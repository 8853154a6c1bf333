//! Limits and uses over the API: the whole way, and bad input.

use axum::http::Method;
use serde_json::{Value, json};
use sqlx::PgPool;
use testing::{groups::group, users::id_of};
use uuid::Uuid;

use crate::support::{Answer, App, Ask, add_user, app, session, token};

/// A host application, a user and an admin.
struct Host {
    app: App,
    token: String,
    admin: String,
    bob: String,
}

async fn host(pool: &PgPool) -> Host {
    for (name, role) in [("ada", "admin"), ("bob", "user"), ("host", "application")] {
        add_user(pool, name, &[role]).await;
    }
    let app = app(pool);
    Host {
        token: token(&app.services, "host", &["limits:consume"]).await,
        admin: session(pool, "ada").await,
        bob: id_of(pool, "bob").await.to_string(),
        app,
    }
}

impl Host {
    async fn post(&self, path: &str, body: Value) -> Answer {
        self.app
            .send(Ask::post(path).json(&body).bearer(&self.token))
            .await
    }

    async fn put(&self, body: Value) -> Answer {
        let ask = Ask::new(Method::PUT, "/api/admin/limits").json(&body);
        self.app.send(ask.by(&self.admin)).await
    }

    async fn change(&self, what: &str, body: Value) -> Answer {
        let path = format!("/api/admin/users/{}/limits/{what}", self.bob);
        self.app
            .send(Ask::post(&path).json(&body).by(&self.admin))
            .await
    }

    fn used(&self, changes: Value) -> Value {
        let mut body = json!({ "user": self.bob });
        for (name, value) in changes.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    }
}

#[testing::test]
async fn use_beyond_a_limit_is_denied_with_the_limit(pool: PgPool) {
    let host = host(&pool).await;
    let limit = json!({
        "subject": { "user": host.bob }, "metric": "cost", "amount": "0.25", "period": "calendar:month",
        "timeZone": "Europe/Berlin", "warnAt": 80,
    });
    let created = host.put(limit.clone()).await;
    assert_eq!(
        (created.status, created.header("etag")),
        (200, "\"1\""),
        "{}",
        created.body
    );
    assert_eq!(created.json()["amount"], "0.25");
    assert_eq!(host.put(limit).await.json()["version"], 1);
    let asked = || host.used(json!({ "cost": "0.1", "eventId": "a" }));
    let counted = host.post("/api/limits/consume", asked()).await;
    assert_eq!(counted.status, 200, "{}", counted.body);
    assert_eq!(counted.json()["limits"][0]["left"], "0.15");
    let again = host.post("/api/limits/consume", asked()).await.json();
    assert_eq!(
        (&again["allowed"], &again["counted"]),
        (&json!(true), &json!(false))
    );
    let other = host.used(json!({ "cost": "0.2", "eventId": "a" }));
    let other = host.post("/api/limits/consume", other).await;
    assert_eq!(other.outline(), "409 CONFLICT");
    let field = &other.json()["details"]["fields"][0];
    assert_eq!(
        (&field["field"], &field["code"]),
        (&json!("eventId"), &json!("event_differs"))
    );
    assert!(other.message().contains("event a "), "{}", other.body);
    let more = || host.used(json!({ "cost": 0.2 }));
    let checked = host.post("/api/limits/check", more()).await;
    assert_eq!(
        (checked.status, &checked.json()["allowed"]),
        (200, &json!(false))
    );
    let denied = host.post("/api/limits/consume", more()).await;
    assert_eq!(denied.outline(), "429 TOO_MANY_REQUESTS");
    assert!(denied.header("retry-after").parse::<u64>().unwrap() >= 1);
    let details = &denied.json()["details"];
    assert_eq!(details["limit"]["metric"], "cost");
    assert_eq!(details["limit"]["subject"], json!({ "user": host.bob }));
    assert!(
        denied.message().contains(
            "The limit of $0.25 per calendar month has $0.15 left, and this use is $0.20."
        ),
        "{}",
        denied.message()
    );

    // A change of the admin is in the ledger, which the user sees.
    let top_up = json!({ "metric": "cost", "amount": "0.1", "reason": "exam" });
    let topped = host.change("top-up", top_up).await;
    assert_eq!(topped.json()["left"], "0.25", "{}", topped.body);
    assert_eq!(host.post("/api/limits/consume", more()).await.status, 200);
    let bob = session(&pool, "bob").await;
    let own = host.app.get_as(&bob, "/api/limits").await.json();
    assert_eq!(
        (&own[0]["left"], &own[0]["warning"]),
        (&json!("0.05"), &json!(true))
    );
    let usage = host.app.get_as(&bob, "/api/usage").await.json();
    assert_eq!(usage["total"]["cost"], "0.3");
    assert_eq!(usage["changes"][0]["reason"], "exam");
    let overview = host
        .app
        .get_as(&host.admin, "/api/admin/usage")
        .await
        .json();
    assert_eq!(overview["users"][0]["username"], "bob");
    assert_eq!(overview["users"][0]["usage"]["cost"], "0.3");
    let export = host
        .app
        .get_as(&host.admin, "/api/admin/usage/export?format=ndjson")
        .await;
    assert_eq!(export.body.lines().count(), 3, "{}", export.body);
}

#[testing::test]
async fn users_are_found_and_sorted_by_spend_and_limits(pool: PgPool) {
    let host = host(&pool).await;
    let limit = json!({ "subject": "default", "metric": "cost", "amount": "1", "period": "total" });
    host.put(limit).await;
    let event = json!({ "user": host.bob, "eventId": "1", "cost": "1.5" });
    let stored = host.post("/api/usage", json!({ "events": [event] })).await;
    assert_eq!(stored.status, 200, "{}", stored.body);
    for (query, expected) in [
        ("q=spend:1.5", &["bob"][..]),
        ("q=spend:%3E1.5", &[]),
        ("q=over:budget", &["bob"]),
        ("q=-over:budget&sort=username", &["ada", "host"]),
        ("q=over:requests", &[]),
        ("sort=-spend&limit=1", &["bob"]),
    ] {
        let path = format!("/api/admin/users?{query}");
        let list = host.app.get_as(&host.admin, &path).await;
        assert_eq!(list.status, 200, "{}", list.body);
        let list = list.json();
        let users = list.as_array().unwrap().iter();
        let names: Vec<&str> = users
            .map(|user| user["username"].as_str().unwrap())
            .collect();
        assert_eq!(names, expected, "{query}");
    }
}

#[testing::test]
async fn lease_is_settled_over_the_api(pool: PgPool) {
    let host = host(&pool).await;
    host.put(json!({ "subject": "default", "metric": "parallel", "amount": 1 }))
        .await;
    let reserved = host
        .post("/api/limits/reserve", host.used(json!({ "tokens": 100 })))
        .await
        .json();
    let denied = host.post("/api/limits/reserve", host.used(json!({}))).await;
    assert_eq!(denied.outline(), "429 TOO_MANY_REQUESTS");
    let lease = &reserved["lease"];
    let settled = json!({ "lease": lease, "tokensIn": 10, "tokensOut": 20 });
    for counted in [true, false] {
        let answer = host
            .post("/api/limits/settle", settled.clone())
            .await
            .json();
        assert_eq!(answer["counted"], counted);
    }
    let released = host
        .post("/api/limits/release", json!({ "lease": lease }))
        .await;
    assert_eq!(released.outline(), "409 CONFLICT");
    assert_eq!(
        host.post("/api/limits/reserve", host.used(json!({})))
            .await
            .status,
        200
    );
}

#[testing::test]
async fn bad_amounts_are_rejected_and_count_nothing(pool: PgPool) {
    let host = host(&pool).await;
    for (field, value) in [
        ("requests", json!(-1)),
        ("requests", json!(0.5)),
        ("requests", json!("many")),
        ("tokens", json!(1e300)),
        ("tokensIn", json!("9223372036854775808")),
        ("cost", json!("NaN")),
        ("cost", json!("-0.1")),
        ("cost", json!("1e400")),
        ("cost", json!("0.12345678901234567890")),
        ("cost", json!("1000000.01")),
        ("cost", json!(null)),
        ("model", json!("a\u{0}b")),
        ("model", json!("m".repeat(201))),
        ("eventId", json!("")),
        ("unknown", json!(1)),
        ("user", json!("00000000-0000-7000-8000-000000000000")),
        ("token", json!("00000000-0000-7000-8000-000000000000")),
    ] {
        for path in [
            "/api/limits/consume",
            "/api/limits/check",
            "/api/limits/reserve",
        ] {
            let answer = host.post(path, host.used(json!({ field: value }))).await;
            assert_eq!(
                answer.outline(),
                "400 VALIDATION_ERROR",
                "{path} {field} {value}"
            );
        }
    }
    for body in [
        r#"{"user":"x","cost":1e400}"#,
        r#"{"user":"x","cost":NaN}"#,
        r#"{"cost":"1"}"#,
    ] {
        let ask = Ask::post("/api/limits/consume").body("application/json", body);
        let answer = host.app.send(ask.bearer(&host.token)).await;
        assert_eq!(answer.outline(), "400 VALIDATION_ERROR", "{body}");
    }
    assert_eq!(host.app.count("select count(*) from usage_events").await, 0);
}

#[testing::test]
async fn unknown_models_count_against_the_limits_of_all_models(pool: PgPool) {
    let host = host(&pool).await;
    for (model, amount) in [(json!("gpt"), 5), (json!(null), 2)] {
        let mut limit = json!({
            "subject": "default", "metric": "requests", "amount": amount, "period": "1d"
        });
        if !model.is_null() {
            limit["model"] = model;
        }
        assert_eq!(host.put(limit).await.status, 200);
    }
    let unknown = || host.used(json!({ "model": "gpt-unheard-of" }));
    for _ in 0..2 {
        let used = host.post("/api/limits/consume", unknown()).await;
        assert_eq!(used.status, 200, "{}", used.body);
        let limits = used.json()["limits"].clone();
        assert_eq!(limits.as_array().unwrap().len(), 1, "{limits}");
    }
    let denied = host.post("/api/limits/consume", unknown()).await;
    assert_eq!(denied.outline(), "429 TOO_MANY_REQUESTS");
    let stored = "select count(*) from usage_events where model = 'gpt-unheard-of'";
    assert_eq!(host.app.count(stored).await, 2);
    // Where models are listed, any other is denied by its name.
    let path = format!("/api/admin/users/{}/allowed-models", host.bob);
    let models = Ask::new(Method::PUT, &path).json(&json!({ "allowedModels": ["gpt"] }));
    assert_eq!(host.app.send(models.by(&host.admin)).await.status, 200);
    for path in ["/api/limits/consume", "/api/limits/reserve"] {
        let denied = host.post(path, unknown()).await;
        assert_eq!(denied.outline(), "403 MODEL_NOT_ALLOWED", "{path}");
        assert!(
            denied.message().contains("gpt-unheard-of"),
            "{}",
            denied.body
        );
    }
}

#[testing::test]
async fn bad_limits_are_rejected(pool: PgPool) {
    let host = host(&pool).await;
    let team = group("Team").insert(&pool).await;
    for (changes, field) in [
        (json!({ "amount": -1 }), "amount"),
        (json!({ "amount": "" }), "amount"),
        (json!({ "amount": 1e300 }), "amount"),
        (
            json!({ "metric": "cost", "amount": "9223372036.854775808" }),
            "amount",
        ),
        (
            json!({ "metric": "cost", "amount": "0.0000000001" }),
            "amount",
        ),
        (json!({ "period": "1y" }), "period"),
        (json!({ "period": null }), "period"),
        (json!({ "metric": "rpm" }), "period"),
        (json!({ "metric": "cost", "period": "drip:60" }), "period"),
        (json!({ "timeZone": "Mars/Olympus" }), "timeZone"),
        (json!({ "softAmount": 11 }), "softAmount"),
        (json!({ "warnAt": 101 }), "warnAt"),
        (json!({ "shared": true }), "shared"),
        (json!({ "subject": { "group": host.bob } }), "subject"),
        (json!({ "subject": { "user": team } }), "subject"),
        (
            json!({ "subject": { "user": host.bob, "group": team } }),
            "subject",
        ),
        (json!({ "metric": "words" }), "metric"),
        (json!({ "subject": "unknown" }), "subject"),
    ] {
        let mut body =
            json!({ "subject": "default", "metric": "requests", "amount": 10, "period": "1d" });
        for (name, value) in changes.as_object().unwrap() {
            body[name] = value.clone();
        }
        let answer = host.put(body).await;
        assert_eq!(answer.outline(), "400 VALIDATION_ERROR", "{changes}");
        let fields = answer.json()["details"]["fields"].clone();
        assert_eq!(fields[0]["field"], field, "{changes}: {}", answer.body);
    }
    let two = json!({
        "subject": { "user": host.bob, "group": team }, "metric": "rpm", "amount": 1,
    });
    let two = host.put(two).await;
    assert!(
        two.message().contains("exactly one subject"),
        "{}",
        two.body
    );
    let several = json!({
        "subject": "default", "metric": "requests", "amount": -1, "period": "1d", "timeZone": "Mars/Olympus",
    });
    let several = host.put(several).await.json()["details"]["fields"].clone();
    assert_eq!(
        (&several[0]["field"], &several[1]["field"]),
        (&json!("amount"), &json!("timeZone")),
        "{several}"
    );
    // A blank never becomes unlimited.
    let without = host
        .put(json!({ "subject": "default", "metric": "rpm" }))
        .await;
    assert_eq!(without.outline(), "400 VALIDATION_ERROR");
    assert_eq!(host.app.count("select count(*) from limits").await, 0);
    for (metric, amount) in [("requests", json!(0)), ("tokens", json!(null))] {
        let body =
            json!({ "subject": "default", "metric": metric, "amount": amount, "period": "1d" });
        assert_eq!(host.put(body).await.json()["amount"], amount);
    }
    let listed = host
        .app
        .get_as(&host.admin, "/api/admin/limits?metric=requests")
        .await;
    assert_eq!(listed.header("x-total-count"), "1", "{}", listed.body);
    for query in ["metric=words", "subject=unknown", "id=x"] {
        let path = format!("/api/admin/limits?{query}");
        let answer = host.app.get_as(&host.admin, &path).await;
        assert_eq!(answer.outline(), "400 VALIDATION_ERROR", "{query}");
    }
}

#[testing::test]
async fn reported_events_are_checked(pool: PgPool) {
    let host = host(&pool).await;
    let event = |id: usize| json!({ "user": host.bob, "eventId": id.to_string() });
    let events: Vec<Value> = (0..1_000).map(event).collect();
    let stored = host.post("/api/usage", json!({ "events": events })).await;
    assert_eq!(stored.json()["counted"], 1_000, "{}", stored.body);
    let more: Vec<Value> = (0..1_001).map(event).collect();
    let denied = host.post("/api/usage", json!({ "events": more })).await;
    assert_eq!(denied.outline(), "413 PAYLOAD_TOO_LARGE");
    assert!(
        denied.message().contains("1000 events"),
        "{}",
        denied.message()
    );
    let million = format!("{{\"events\":[{}]}}", vec!["{}"; 1_000_000].join(","));
    let ask = Ask::post("/api/usage").body("application/json", million);
    let denied = host.app.send(ask.bearer(&host.token)).await;
    assert_eq!(denied.outline(), "413 PAYLOAD_TOO_LARGE");
    assert!(
        denied.message().contains("events of usage"),
        "{}",
        denied.message()
    );
    for at in ["1970-01-01T00:00:00Z", "2999-01-01T00:00:00Z", "tomorrow"] {
        let event = json!({ "user": host.bob, "eventId": "x", "at": at });
        let answer = host.post("/api/usage", json!({ "events": [event] })).await;
        assert_eq!(answer.outline(), "400 VALIDATION_ERROR", "{at}");
        let field = answer.json()["details"]["fields"][0]["field"].clone();
        assert_eq!(field, "events.0.at", "{at}: {}", answer.body);
    }
    host.app
        .run("update users set deleted_at = now() where username = 'bob'")
        .await;
    let late = json!({ "user": host.bob, "eventId": "late" });
    let late = host
        .post("/api/usage", json!({ "events": [late] }))
        .await
        .json();
    assert_eq!(
        (&late["counted"], &late["unknownUsers"]),
        (&json!(1), &json!(0))
    );
    let used = host.post("/api/limits/consume", host.used(json!({}))).await;
    assert_eq!(used.outline(), "409 CONFLICT");
}

#[testing::test]
async fn events_with_tokens_of_others_are_rejected_and_the_rest_counted(pool: PgPool) {
    let host = host(&pool).await;
    // The only token is that of the host application itself.
    let token: Uuid = sqlx::query_scalar("select id from access_tokens")
        .fetch_one(&pool)
        .await
        .unwrap();
    let limit = json!({
        "subject": { "token": token }, "metric": "requests", "amount": 9, "period": "total"
    });
    assert_eq!(host.put(limit).await.status, 200);
    let events = json!([
        { "user": host.bob, "eventId": "1" },
        { "user": host.bob, "eventId": "2", "token": token },
        { "user": host.bob, "eventId": "3", "token": Uuid::nil() },
    ]);
    let stored = host.post("/api/usage", json!({ "events": events })).await;
    assert_eq!(stored.status, 200, "{}", stored.body);
    let stored = stored.json();
    assert_eq!(stored["counted"], 2, "{stored}");
    assert_eq!(stored["rejected"].as_array().unwrap().len(), 1, "{stored}");
    let rejected = &stored["rejected"][0];
    assert_eq!(
        (&rejected["field"], &rejected["code"]),
        (&json!("events.1.token"), &json!("token_of_another"))
    );
    for nothing in [
        "select count(*) from usage_events where event_id = '2'",
        "select count(*) from balances where token_id is not null",
    ] {
        assert_eq!(host.app.count(nothing).await, 0, "{nothing}");
    }
}

#[testing::test]
async fn only_applications_meter(pool: PgPool) {
    let host = host(&pool).await;
    let ask = Ask::post("/api/limits/consume").json(&host.used(json!({})));
    let denied = host.app.send(ask.by(&host.admin)).await;
    assert_eq!(denied.outline(), "403 FORBIDDEN");
    let reading = Ask::get("/api/admin/limits").bearer(&host.token);
    assert_eq!(host.app.send(reading).await.outline(), "403 FORBIDDEN");
}
