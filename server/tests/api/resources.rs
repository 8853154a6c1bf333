//! Resources of the host application over the API.

mod grants;
mod pages;

use axum::http::Method;
use serde_json::{Value, json};
use sqlx::PgPool;
use testing::{
    groups::group,
    resources::{client, resource},
    users::id_of,
};

use crate::support::{Answer, App, Ask, add_user, app, session, token};

const RESOURCES: &str = "/api/admin/resources";

/// Returns an app with an admin, Ada, and Bob. Returns the session of Ada, too.
async fn prepare(pool: &PgPool) -> (App, String) {
    add_user(pool, "ada", &["admin"]).await;
    add_user(pool, "bob", &["user"]).await;
    (app(pool), session(pool, "ada").await)
}

async fn post(app: &App, session: &str, path: &str, body: &Value) -> Answer {
    app.send(Ask::post(path).json(body).by(session)).await
}

fn model(id: &str, more: &Value) -> Value {
    let mut body = json!({ "kind": "models", "externalId": id, "name": id.to_uppercase() });
    let more = more.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(more);
    body
}

#[testing::test]
async fn resources_are_stored_by_kind_and_external_id(pool: PgPool) {
    let (app, ada) = prepare(&pool).await;
    let (bob, acme) = (id_of(&pool, "bob").await, client(&pool, "ACME").await);
    let store = async |resources: Value| {
        let body = json!({ "resources": resources });
        post(&app, &ada, RESOURCES, &body).await.json()
    };
    let gpt = model(
        "gpt",
        &json!({ "ownerId": bob, "clientId": acme, "data": { "a": 1 } }),
    );
    let outcome = store(json!([gpt, model("llama", &json!({}))])).await;
    assert_eq!(
        outcome,
        json!({ "created": 2, "updated": 0, "unchanged": 0 })
    );
    // Fields that are left out stay.
    let renamed = model("gpt", &json!({ "name": "GPT-7" }));
    let outcome = store(json!([renamed, model("llama", &json!({}))])).await;
    assert_eq!(
        outcome,
        json!({ "created": 0, "updated": 1, "unchanged": 1 })
    );
    let listed = app.get_as(&ada, &format!("{RESOURCES}?q=gpt")).await;
    assert_eq!(listed.header("x-total-count"), "1");
    let gpt = listed.json()[0].clone();
    assert_eq!(
        (&gpt["ownerId"], &gpt["clientId"]),
        (&json!(bob), &json!(acme))
    );
    assert_eq!(
        (&gpt["name"], &gpt["data"]),
        (&json!("GPT-7"), &json!({ "a": 1 }))
    );
}

#[testing::test]
async fn one_request_stores_a_thousand_resources(pool: PgPool) {
    let (app, ada) = prepare(&pool).await;
    let models = |number: usize| -> Value {
        let name = "é".repeat(100);
        (0..number)
            .map(|n| model(&format!("m{n}"), &json!({ "name": name })))
            .collect()
    };
    let body = json!({ "resources": models(1_000) });
    let stored = post(&app, &ada, RESOURCES, &body).await;
    assert_eq!(stored.json()["created"], 1_000, "{:.200}", stored.body);
    let again = post(&app, &ada, RESOURCES, &body).await;
    assert_eq!(again.json()["unchanged"], 1_000);
    let body = json!({ "resources": models(1_001) });
    let denied = post(&app, &ada, RESOURCES, &body).await;
    assert_eq!(denied.outline(), "400 VALIDATION_ERROR");
}

#[testing::test]
async fn either_all_resources_are_stored_or_none(pool: PgPool) {
    let (app, ada) = prepare(&pool).await;
    let nil = uuid::Uuid::nil();
    for (other, field, code) in [
        (json!({ "name": " " }), "resources.1.name", "enter_name"),
        (
            json!({ "name": "x".repeat(201) }),
            "resources.1.name",
            "characters_max",
        ),
        (
            json!({ "name": "a\u{202e}b" }),
            "resources.1.name",
            "control_characters",
        ),
        (
            json!({ "kind": "Models" }),
            "resources.1.kind",
            "resource_kind",
        ),
        (
            json!({ "externalId": "gpt" }),
            "resources.1.externalId",
            "resource_repeated",
        ),
        (
            json!({ "data": { "a": "\0" } }),
            "resources.1.data",
            "json_nul",
        ),
        (
            json!({ "clientId": 7 }),
            "resources.clientId",
            "client_unknown",
        ),
        (
            json!({ "ownerId": nil }),
            "resources.ownerId",
            "owner_unknown",
        ),
        (json!({ "clientId": "7" }), "resources.1.clientId", "format"),
        (
            json!({ "planet": 7 }),
            "resources.1.planet",
            "unknown_field",
        ),
    ] {
        let body = json!({ "resources": [model("gpt", &json!({})), model("llama", &other)] });
        let denied = post(&app, &ada, RESOURCES, &body).await;
        assert_eq!(denied.outline(), "400 VALIDATION_ERROR", "{other}");
        let error = &denied.json()["details"]["fields"][0];
        assert_eq!(error["field"], field, "{}", denied.body);
        assert_eq!(error["code"], code, "{}", denied.body);
    }
    let listed = app.get_as(&ada, RESOURCES).await;
    assert_eq!(listed.json(), json!([]));
}

#[testing::test]
async fn list_is_filtered(pool: PgPool) {
    let (app, ada) = prepare(&pool).await;
    let (bob, acme) = (id_of(&pool, "bob").await, client(&pool, "ACME").await);
    let editors = group("Editors").insert(&pool).await;
    let gpt = resource("models", "gpt").owner(bob).insert(&pool).await;
    resource("models", "llama").client(acme).insert(&pool).await;
    resource("brand", "gpt brand").insert(&pool).await;
    let grants = json!({ "grants": [{ "subject": { "group": editors }, "level": "read" }] });
    post(&app, &ada, &format!("{RESOURCES}/{gpt}/grants"), &grants).await;
    for (query, names) in [
        ("kind=models".to_owned(), &["gpt", "llama"][..]),
        ("kind=models&external_id=gpt".to_owned(), &["gpt"]),
        ("external_id=gp".to_owned(), &[]),
        ("q=GPT".to_owned(), &["gpt", "gpt brand"]),
        ("q=GPT&kind=brand".to_owned(), &["gpt brand"]),
        (format!("owner={bob}"), &["gpt"]),
        ("owner=BOB".to_owned(), &["gpt"]),
        ("owner=unknown".to_owned(), &[]),
        (format!("client={acme}"), &["llama"]),
        ("client=acme".to_owned(), &["llama"]),
        ("client=x".to_owned(), &[]),
        (format!("group={editors}"), &["gpt"]),
        ("reached_by=bob".to_owned(), &["gpt"]),
        ("reached_by=bob&kind=brand".to_owned(), &[]),
        ("reached_by=ada".to_owned(), &["gpt", "gpt brand", "llama"]),
        ("kind=Models".to_owned(), &[]),
        ("client=7777".to_owned(), &[]),
    ] {
        let listed = app.get_as(&ada, &format!("{RESOURCES}?{query}")).await;
        let rows = listed.json();
        let rows = rows.as_array().unwrap().iter();
        let mut found: Vec<&str> = rows.map(|row| row["name"].as_str().unwrap()).collect();
        found.sort_unstable();
        assert_eq!(found, names, "{query}");
        let total = names.len().to_string();
        assert_eq!(listed.header("x-total-count"), total, "{query}");
    }
    let denied = app.get_as(&ada, &format!("{RESOURCES}?group=x")).await;
    assert_eq!(denied.outline(), "400 VALIDATION_ERROR");
    assert_eq!(denied.json()["details"]["parameter"], "group");
    for path in [
        "?reached_by=unknown",
        "/export?format=csv&reached_by=unknown",
    ] {
        let denied = app.get_as(&ada, &format!("{RESOURCES}{path}")).await;
        assert_eq!(denied.outline(), "400 VALIDATION_ERROR", "{path}");
        assert_eq!(denied.json()["details"]["parameter"], "reached_by");
        assert!(denied.message().contains("unknown"), "{}", denied.body);
    }
    let reader = token(&app.services, "ada", &["resources:read"]).await;
    for path in ["?reached_by=bob", "/export?format=csv&reached_by=bob"] {
        let ask = Ask::get(&format!("{RESOURCES}{path}")).bearer(&reader);
        let denied = app.send(ask).await;
        assert_eq!(denied.outline(), "400 VALIDATION_ERROR", "{path}");
        assert_eq!(denied.json()["details"]["parameter"], "reached_by");
        assert!(denied.message().contains("access:read"), "{}", denied.body);
    }
}

#[testing::test]
async fn matching_resources_are_exported(pool: PgPool) {
    let (app, ada) = prepare(&pool).await;
    let bob = id_of(&pool, "bob").await;
    let gpt = resource("models", "=gpt").owner(bob).insert(&pool).await;
    resource("brand", "acme").insert(&pool).await;
    let file = app
        .get_as(&ada, &format!("{RESOURCES}/export?format=csv&kind=models"))
        .await;
    assert_eq!(file.status, 200, "{}", file.body);
    let lines: Vec<&str> = file.body.lines().collect();
    assert!(lines[0].starts_with("id,kind,externalId,name,owner,"));
    let row = format!("{gpt},\"models\",\"'=gpt\",\"'=gpt\",\"bob\",{bob},");
    assert!(lines[1].starts_with(&row), "{}", lines[1]);
    assert_eq!(lines.len(), 2);
    let file = app
        .get_as(&ada, &format!("{RESOURCES}/export?format=ndjson"))
        .await;
    assert_eq!(file.body.lines().count(), 2, "{}", file.body);
    let denied = app
        .get_as(&ada, &format!("{RESOURCES}/export?format=xml"))
        .await;
    assert_eq!(denied.outline(), "400 VALIDATION_ERROR");
    let exported = "select count(*) from audit_events where action = 'resource.exported'";
    assert_eq!(app.count(exported).await, 2);
}

#[testing::test]
async fn resource_is_changed_and_deleted(pool: PgPool) {
    let (app, ada) = prepare(&pool).await;
    let gpt = resource("models", "gpt").insert(&pool).await;
    let path = format!("{RESOURCES}/{gpt}");
    let edit = |body| {
        let ask = Ask::new(Method::PATCH, &path).json(&body).by(&ada);
        ask.header("if-match", "\"1\"")
    };
    let edited = app.send(edit(json!({ "active": false }))).await;
    assert_eq!(edited.header("etag"), "\"2\"", "{}", edited.body);
    assert_eq!(edited.json()["active"], false);
    let outdated = app.send(edit(json!({ "name": "GPT" }))).await;
    assert_eq!(outdated.outline(), "412 PRECONDITION_FAILED");
    let current = &outdated.json()["details"]["object"]["resource"];
    assert_eq!(
        (&current["name"], &current["version"]),
        (&json!("gpt"), &json!(2))
    );
    for (body, field) in [
        (json!({ "clientId": 7 }), "clientId"),
        (json!({ "ownerId": uuid::Uuid::nil() }), "ownerId"),
        (json!({ "name": "" }), "name"),
    ] {
        let ask = Ask::new(Method::PATCH, &path).json(&body).by(&ada);
        let denied = app.send(ask).await;
        assert_eq!(denied.outline(), "400 VALIDATION_ERROR", "{body}");
        assert_eq!(denied.json()["details"]["fields"][0]["field"], field);
    }
    let everyone = json!({ "grants": [{ "subject": "everyone", "level": "read" }] });
    post(&app, &ada, &format!("{path}/grants"), &everyone).await;
    let preview = app.get_as(&ada, &format!("{path}/deletion-preview")).await;
    assert_eq!(
        preview.json(),
        json!({ "users": 0, "groups": 0, "members": 0, "everyone": true })
    );
    let deleted = app.send(Ask::new(Method::DELETE, &path).by(&ada)).await;
    assert_eq!(deleted.status, 200, "{}", deleted.body);
    assert_eq!(app.get_as(&ada, &path).await.outline(), "404 NOT_FOUND");
}

#[testing::test]
async fn resources_are_transferred(pool: PgPool) {
    let (app, ada) = prepare(&pool).await;
    let (bob, owner) = (id_of(&pool, "bob").await, id_of(&pool, "ada").await);
    let gpt = resource("models", "gpt").owner(bob).insert(&pool).await;
    let path = format!("{RESOURCES}/transfer");
    for (body, outline) in [
        (json!({ "from": bob, "to": bob }), "409 CONFLICT"),
        (
            json!({ "from": bob, "to": owner, "resources": 7 }),
            "409 CONFLICT",
        ),
        (
            json!({ "from": bob, "to": uuid::Uuid::nil() }),
            "404 NOT_FOUND",
        ),
        (json!({ "from": bob, "to": owner, "resources": 1 }), "200"),
        (json!({ "from": bob, "to": owner }), "200"),
    ] {
        let answer = post(&app, &ada, &path, &body).await;
        assert_eq!(answer.outline(), outline, "{body}");
    }
    let moved = app.get_as(&ada, &format!("{RESOURCES}/{gpt}")).await;
    assert_eq!(moved.json()["ownerId"], json!(owner));
}
