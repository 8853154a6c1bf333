//! Owned data, as host applications read and write it.

use std::sync::Arc;

use axum::http::Method;
use serde_json::{Value, json};
use sqlx::PgPool;
use tokio::task::JoinSet;

use crate::support::{Answer, App, Ask, add_user, app, id_of, session};

const PERSONAS: &str = "/api/personas";

/// Ada and Bob, who own nothing, and an admin and an auditor.
struct World {
    app: App,
    ada: String,
    bob: String,
    admin: String,
    auditor: String,
}

impl World {
    async fn create(pool: &PgPool) -> Self {
        for (name, roles) in [
            ("ada", &["user"][..]),
            ("bob", &["user"]),
            ("root", &["admin", "user"]),
            ("audrey", &["auditor"]),
        ] {
            add_user(pool, name, roles).await;
        }
        Self {
            app: app(pool),
            ada: session(pool, "ada").await,
            bob: session(pool, "bob").await,
            admin: session(pool, "root").await,
            auditor: session(pool, "audrey").await,
        }
    }

    async fn ask(&self, method: Method, path: &str, body: &Value, session: &str) -> Answer {
        self.app
            .send(Ask::new(method, path).json(body).by(session))
            .await
    }

    async fn post(&self, path: &str, body: &Value, session: &str) -> Answer {
        self.ask(Method::POST, path, body, session).await
    }

    async fn put(&self, path: &str, body: &Value, session: &str) -> Answer {
        self.ask(Method::PUT, path, body, session).await
    }

    async fn delete(&self, path: &str, session: &str) -> Answer {
        self.app
            .send(Ask::new(Method::DELETE, path).by(session))
            .await
    }

    /// Creates a persona of Ada, and returns its path.
    async fn persona(&self) -> String {
        let created = self.post(PERSONAS, &named("Analyst"), &self.ada).await;
        assert_eq!(created.status, 201);
        format!("{PERSONAS}/{}", id(&created))
    }

    /// Returns the audit log from the beginning: action, actor, target.
    async fn audit_log(&self) -> Vec<(String, String, String)> {
        sqlx::query_as("select action, actor_label, target_label from audit_events order by id")
            .fetch_all(&self.app.pool)
            .await
            .unwrap()
    }

    /// Returns the counts of Ada's data in the list of users.
    async fn counts(&self) -> (Value, Value, Value) {
        let list = self
            .app
            .get_as(&self.admin, "/api/admin/users?q=ada")
            .await
            .json();
        let ada = &list[0];
        (
            ada["personaCount"].clone(),
            ada["ontologyCount"].clone(),
            ada["annotationCount"].clone(),
        )
    }
}

/// Returns the body that creates a persona.
fn named(name: &str) -> Value {
    json!({ "name": name, "role": "Analyst", "informationNeed": "Boats" })
}

/// Returns the same body with other values, or without some.
fn with(fields: Value) -> Value {
    let mut body = named("a");
    for (name, value) in fields.as_object().unwrap() {
        match value {
            Value::Null => drop(body.as_object_mut().unwrap().remove(name)),
            value => body[name] = value.clone(),
        }
    }
    body
}

fn id(answer: &Answer) -> String {
    answer.json()["id"].as_str().unwrap().to_owned()
}

/// Returns the path of the same object for administrators.
fn by_admin(path: &str) -> String {
    path.replacen("/api", "/api/admin", 1)
}

fn errors(answer: &Answer) -> Vec<String> {
    let fields = answer.json()["details"]["fields"].clone();
    let name = |error: &Value| error["field"].as_str().unwrap().to_owned();
    fields.as_array().unwrap().iter().map(name).collect()
}

#[testing::test]
async fn owner_manages_own_data(pool: PgPool) {
    let world = World::create(&pool).await;
    let ada = &world.ada;
    let persona = world.persona().await;
    let shown = world.app.get_as(ada, &persona).await.json();
    for (field, expected) in [
        ("name", json!("Analyst")),
        ("role", json!("Analyst")),
        ("informationNeed", json!("Boats")),
        ("details", json!(null)),
        ("isSystemGenerated", json!(false)),
        ("hidden", json!(false)),
        ("updatedAt", shown["createdAt"].clone()),
    ] {
        assert_eq!(shown[field], expected, "{field}");
    }
    let ontology = format!("{persona}/ontology");
    let empty = world.app.get_as(ada, &ontology).await.json();
    for list in ["entities", "roles", "events", "relationTypes", "relations"] {
        assert_eq!(empty[list], json!([]), "{list}");
    }
    let content = json!({ "content": { "types": ["boat"] } });
    assert_eq!(
        world.put(&ontology, &content, ada).await.json()["name"],
        "Ontology"
    );
    let named = world
        .put(&ontology, &json!({ "name": "Harbour" }), ada)
        .await
        .json();
    assert_eq!(
        (&named["name"], &named["content"]["types"][0]),
        (&json!("Harbour"), &json!("boat"))
    );
    let mark = json!({ "videoId": "v1", "label": "A boat", "content": { "at": 3 } });
    let created = world
        .post(&format!("{persona}/annotations"), &mark, ada)
        .await;
    assert_eq!(created.status, 201);
    let annotation = format!("/api/annotations/{}", id(&created));
    assert_eq!(world.counts().await, (json!(1), json!(1), json!(1)));

    let changed = world
        .put(&annotation, &json!({ "label": "Two boats" }), ada)
        .await
        .json();
    assert_eq!(
        (&changed["label"], &changed["content"]["at"]),
        (&json!("Two boats"), &json!(3))
    );
    let renamed = json!({ "name": "Captain", "details": "Knows\nthe sea", "hidden": true });
    let changed = world.put(&persona, &renamed, ada).await.json();
    assert_eq!(
        (&changed["name"], &changed["hidden"]),
        (&json!("Captain"), &json!(true))
    );
    // Without a difference nothing is audited.
    assert_eq!(world.put(&persona, &renamed, ada).await.status, 200);

    assert_eq!(
        world.delete(&annotation, ada).await.json(),
        json!({ "success": true })
    );
    assert_eq!(world.app.get_as(ada, &annotation).await.status, 404);
    world
        .post(&format!("{persona}/annotations"), &mark, ada)
        .await;
    assert_eq!(world.delete(&persona, ada).await.status, 200);
    assert_eq!(world.counts().await, (json!(0), json!(0), json!(0)));
    let actions: Vec<_> = world
        .audit_log()
        .await
        .into_iter()
        .map(|entry| entry.0)
        .collect();
    assert_eq!(
        actions,
        [
            "persona.created",
            "ontology.updated",
            "ontology.updated",
            "annotation.created",
            "annotation.updated",
            "persona.updated",
            "annotation.deleted",
            "annotation.created",
            "persona.deleted",
        ]
    );
    let gone: Value =
        sqlx::query_scalar("select changes from audit_events where action = 'persona.deleted'")
            .fetch_one(&pool)
            .await
            .unwrap();
    assert_eq!(
        (&gone["ontologies"], &gone["annotations"]),
        (&json!([1, 0]), &json!([1, 0]))
    );
}

#[testing::test]
async fn data_of_others_is_not_found(pool: PgPool) {
    let world = World::create(&pool).await;
    let persona = world.persona().await;
    let ontology = format!("{persona}/ontology");
    let annotations = format!("{persona}/annotations");
    world
        .put(&ontology, &json!({ "name": "Harbour" }), &world.ada)
        .await;
    let mark = json!({ "videoId": "v1", "label": "A boat" });
    let created = world.post(&annotations, &mark, &world.ada).await;
    let annotation = format!("/api/annotations/{}", id(&created));
    let before = world.audit_log().await.len();
    for other in [&world.bob, &world.auditor, &world.admin] {
        for path in [&persona, &ontology, &annotations, &annotation] {
            assert_eq!(
                world.app.get_as(other, path).await.outline(),
                "404 NOT_FOUND",
                "{path}"
            );
        }
        for path in [&persona, &ontology, &annotation] {
            assert_eq!(
                world.put(path, &json!({}), other).await.outline(),
                "404 NOT_FOUND",
                "{path}"
            );
            assert_eq!(
                world.delete(path, other).await.outline(),
                "404 NOT_FOUND",
                "{path}"
            );
        }
        assert_eq!(world.post(&annotations, &mark, other).await.status, 404);
        let own = world.app.get_as(other, PERSONAS).await;
        assert_eq!(own.json(), json!([]));
    }
    assert_eq!(world.audit_log().await.len(), before);
    assert_eq!(world.counts().await, (json!(1), json!(1), json!(1)));
}

#[testing::test]
async fn admin_manages_data_of_others(pool: PgPool) {
    let world = World::create(&pool).await;
    let persona = by_admin(&world.persona().await);
    let ada = id_of(&pool, "ada").await;
    let list = format!("/api/admin/users/{ada}/personas");
    for session in [&world.admin, &world.auditor] {
        assert_eq!(
            world.app.get_as(session, &list).await.json()[0]["name"],
            "Analyst"
        );
        assert_eq!(world.app.get_as(session, &persona).await.status, 200);
    }
    let another = named("Another");
    for session in [&world.auditor, &world.ada] {
        assert_eq!(world.post(&list, &another, session).await.status, 403);
        assert_eq!(world.put(&persona, &another, session).await.status, 403);
        assert_eq!(world.delete(&persona, session).await.status, 403);
    }
    assert_eq!(
        world.post(&list, &another, &world.admin).await.json()["userId"],
        json!(ada)
    );
    assert_eq!(
        world
            .put(&persona, &json!({ "role": "Sailor" }), &world.admin)
            .await
            .json()["role"],
        "Sailor"
    );
    let mark = json!({ "videoId": "v1", "label": "A boat" });
    let created = world
        .post(&format!("{persona}/annotations"), &mark, &world.admin)
        .await;
    assert_eq!(created.json()["userId"], json!(ada));
    assert_eq!(world.delete(&persona, &world.admin).await.status, 200);
    assert_eq!(world.counts().await, (json!(1), json!(1), json!(0)));
    let by_root = world
        .audit_log()
        .await
        .into_iter()
        .filter(|entry| entry.1 == "root");
    assert!(by_root.clone().count() == 4 && by_root.into_iter().all(|entry| entry.2 == "ada"));

    let unknown = "/api/admin/users/00000000-0000-7000-8000-000000000000/personas";
    assert_eq!(
        world.app.get_as(&world.admin, unknown).await.message(),
        "User not found"
    );
    assert_eq!(
        world.post(unknown, &another, &world.admin).await.message(),
        "User not found"
    );
    // The data of a deleted user cannot be changed.
    world
        .app
        .run("update users set deleted_at = now() where username = 'ada'")
        .await;
    assert_eq!(
        world.post(&list, &another, &world.admin).await.outline(),
        "409 CONFLICT"
    );
}

#[testing::test]
async fn list_is_paginated(pool: PgPool) {
    let world = World::create(&pool).await;
    let persona = world.persona().await;
    for name in ["B", "C", "D", "E"] {
        world.post(PERSONAS, &named(name), &world.ada).await;
        let mark = json!({ "videoId": "v", "label": name });
        world
            .post(&format!("{persona}/annotations"), &mark, &world.ada)
            .await;
    }
    for (list, field, all) in [
        (PERSONAS.to_owned(), "name", "E D C B Analyst"),
        (format!("{persona}/annotations"), "label", "B C D E"),
    ] {
        let mut path = format!("{list}?limit=2");
        let mut seen = Vec::new();
        loop {
            let part = world.app.get_as(&world.ada, &path).await;
            for row in part.json().as_array().unwrap() {
                seen.push(row[field].as_str().unwrap().to_owned());
            }
            let link = part.header("link");
            let Some(next) = link.strip_prefix('<') else {
                break;
            };
            path = next.split('>').next().unwrap().to_owned();
            assert!(
                path.starts_with(&list) && link.ends_with("; rel=\"next\""),
                "{link}"
            );
        }
        assert_eq!(seen.join(" "), all);
    }
    for query in ["limit=0", "limit=1001", "limit=x", "after=x", "page=2"] {
        let denied = world
            .app
            .get_as(&world.ada, &format!("{PERSONAS}?{query}"))
            .await;
        assert_eq!(denied.outline(), "400 VALIDATION_ERROR", "{query}");
    }
}

#[testing::test]
async fn invalid_input_changes_nothing(pool: PgPool) {
    let world = World::create(&pool).await;
    let persona = world.persona().await;
    let annotations = format!("{persona}/annotations");
    let before = world.audit_log().await.len();
    for (body, at) in [
        (with(json!({ "name": null })), "name"),
        (with(json!({ "name": " " })), "name"),
        (with(json!({ "name": "a\u{202E}b" })), "name"),
        (with(json!({ "name": "a".repeat(201) })), "name"),
        (with(json!({ "role": null })), "role"),
        (with(json!({ "role": "" })), "role"),
        (with(json!({ "role": "x".repeat(201) })), "role"),
        (with(json!({ "details": "x".repeat(10_001) })), "details"),
        (with(json!({ "informationNeed": null })), "informationNeed"),
        (with(json!({ "informationNeed": "" })), "informationNeed"),
        (
            with(json!({ "informationNeed": "a\u{0}b" })),
            "informationNeed",
        ),
    ] {
        let answer = world.post(PERSONAS, &body, &world.ada).await;
        assert_eq!(answer.outline(), "400 VALIDATION_ERROR", "{body:.80}");
        assert_eq!(errors(&answer), [at], "{body:.80}");
    }
    for body in [
        json!([]),
        json!({ "name": 1 }),
        json!({ "name": "a", "userId": "b" }),
        json!("a"),
        json!(null),
    ] {
        assert_eq!(
            world.post(PERSONAS, &body, &world.ada).await.outline(),
            "400 VALIDATION_ERROR"
        );
    }
    let answer = world
        .post(&annotations, &json!({ "content": {} }), &world.ada)
        .await;
    assert_eq!(errors(&answer), ["videoId", "label"]);
    for body in [
        json!({ "content": [] }),
        json!({ "content": "x" }),
        json!({ "entities": {} }),
        json!({ "roles": null }),
        json!({ "name": "" }),
    ] {
        let answer = world
            .put(&format!("{persona}/ontology"), &body, &world.ada)
            .await;
        assert_eq!(answer.outline(), "400 VALIDATION_ERROR", "{body}");
    }
    assert_eq!(
        world
            .app
            .get_as(&world.ada, "/api/personas/x")
            .await
            .outline(),
        "400 VALIDATION_ERROR"
    );
    assert_eq!(world.audit_log().await.len(), before);

    let long = |bytes: usize| json!({ "content": { "text": "x".repeat(bytes) } });
    let ontology = format!("{persona}/ontology");
    assert_eq!(
        world
            .put(&ontology, &long(900_000), &world.ada)
            .await
            .status,
        200
    );
    assert_eq!(
        world
            .put(&ontology, &long(1_100_000), &world.ada)
            .await
            .outline(),
        "413 PAYLOAD_TOO_LARGE"
    );
}

#[testing::test]
async fn concurrent_ontology_writes_create_one(pool: PgPool) {
    let world = Arc::new(World::create(&pool).await);
    let ontology = format!("{}/ontology", world.persona().await);
    assert_eq!(world.delete(&ontology, &world.ada).await.status, 200);
    let mut writers = JoinSet::new();
    for n in 0..16 {
        let (world, ontology) = (Arc::clone(&world), ontology.clone());
        let body = json!({ "name": format!("Harbour {n}") });
        writers.spawn(async move { world.put(&ontology, &body, &world.ada).await.status });
    }
    let statuses = writers.join_all().await;
    assert!(statuses.iter().all(|status| *status == 200), "{statuses:?}");
    assert_eq!(world.app.count("select count(*) from ontologies").await, 1);
    assert_eq!(
        world
            .app
            .count("select count(*) from audit_events where action = 'ontology.created'")
            .await,
        1
    );
    assert_eq!(
        world
            .app
            .count("select count(*) from audit_events where action like 'ontology.%'")
            .await,
        17
    );
}

#[testing::test]
async fn signed_out_or_denied_caller_writes_nothing(pool: PgPool) {
    let world = World::create(&pool).await;
    let persona = world.persona().await;
    world
        .app
        .run("update users set status = 'suspended' where username = 'ada'")
        .await;
    assert_eq!(
        world
            .put(&persona, &json!({ "name": "x" }), &world.ada)
            .await
            .status,
        401
    );
    assert_eq!(world.app.get(PERSONAS).await.status, 401);
}
