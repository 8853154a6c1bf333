//! Access of users over the API: questions with reasons, and lists of what users reach.

use axum::http::Method;
use serde_json::{Value, json};
use sqlx::PgPool;
use testing::{
    groups::group,
    resources::{client, grant, resource},
    users::id_of,
};
use uuid::Uuid;

use crate::support::{App, Ask, add_user, app, session, token};

const CHECK: &str = "/api/access/check";

/// Ada is an admin. Bob is a member of Editors, which have a feature and access to a model, and to a brand of a client that is not in
/// his list.
struct World {
    app: App,
    ada: String,
    bob: String,
    bob_id: Uuid,
    editors: Uuid,
    model: Uuid,
    brand: Uuid,
}

impl World {
    async fn create(pool: &PgPool) -> Self {
        add_user(pool, "ada", &["admin"]).await;
        add_user(pool, "bob", &["user"]).await;
        let (app, ada) = (app(pool), session(pool, "ada").await);
        for (key, default) in [
            ("chat.call", true),
            ("chat.edit", false),
            ("chat.share", false),
        ] {
            let path = format!("/api/admin/features/{key}");
            let put = Ask::new(Method::PUT, &path).json(&json!({ "defaultValue": default }));
            assert_eq!(app.send(put.by(&ada)).await.status, 200);
        }
        let bob_id = id_of(pool, "bob").await;
        let editors = group("Editors").features(&["chat.edit"]).members(&[bob_id]);
        let editors = editors.insert(pool).await;
        let model = resource("models", "gpt").insert(pool).await;
        let acme = client(pool, "ACME").await;
        let brand = resource("brand", "acme").client(acme).insert(pool).await;
        for resource in [model, brand] {
            grant(pool, resource, (None, Some(editors)), "read").await;
        }
        Self {
            bob: session(pool, "bob").await,
            app,
            ada,
            bob_id,
            editors,
            model,
            brand,
        }
    }

    /// Asks about the access of Bob.
    async fn check(&self, objects: &[Value]) -> Vec<Value> {
        let questions = objects.iter();
        let questions: Value = questions
            .map(|object| json!({ "user": self.bob_id, "object": object }))
            .collect();
        let ask = Ask::post(CHECK).json(&json!({ "questions": questions }));
        let answer = self.app.send(ask.by(&self.ada)).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json().as_array().unwrap().clone()
    }

    /// Returns the names of the resources that Bob lists.
    async fn reached(&self, query: &str) -> Vec<String> {
        let path = format!("/api/access/resources{query}");
        let listed = self.app.get_as(&self.bob, &path).await;
        assert_eq!(listed.status, 200, "{}", listed.body);
        let rows = listed.json();
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| row["name"].as_str().unwrap().to_owned())
            .collect()
    }
}

#[testing::test]
async fn answers_have_their_reasons(pool: PgPool) {
    let world = World::create(&pool).await;
    let editors = json!({ "group": { "id": world.editors, "name": "Editors" } });
    let answers = world
        .check(&[
            json!({ "feature": "chat.call" }),
            json!({ "resource": { "id": world.model } }),
            json!({ "feature": "chat.edit" }),
            json!({ "resource": { "id": world.model, "level": "write" } }),
            json!({ "external": { "kind": "brand", "externalId": "acme" } }),
            json!({ "feature": "chat.share" }),
            json!({ "feature": "planets.move" }),
            json!({ "resource": { "id": Uuid::nil() } }),
            json!({ "external": { "kind": "Big Brand", "externalId": "a\0b" } }),
        ])
        .await;
    let allowed: Vec<bool> = answers
        .iter()
        .map(|answer| answer["allowed"] == true)
        .collect();
    assert_eq!(
        allowed,
        [true, true, true, false, false, false, false, false, false]
    );
    assert_eq!(answers[0]["because"], json!({ "feature": ["default"] }));
    assert_eq!(answers[2]["because"], json!({ "feature": [editors] }));
    let path = &answers[1]["because"]["resource"][0];
    assert_eq!(
        (&path["through"], &path["level"]),
        (&editors, &json!("read"))
    );
    assert_eq!(path["blockedBy"], Value::Null);
    assert!(path["grantedAt"].is_string(), "{path}");
    let blocked = &answers[4]["because"]["resource"][0];
    assert_eq!(
        (&blocked["through"], &blocked["blockedBy"]),
        (&editors, &json!("client"))
    );
    for unknown in &answers[5..] {
        let because = unknown["because"].as_object().unwrap();
        assert!(
            because.values().all(|reasons| *reasons == json!([])),
            "{unknown}"
        );
    }
}

/// Checks that a right that is taken away where it comes from is gone at the next request.
#[testing::test]
async fn access_ends_with_its_reason(pool: PgPool) {
    let world = World::create(&pool).await;
    assert_eq!(world.reached("").await, ["gpt"]);
    assert_eq!(world.reached("?kind=brand").await, [""; 0]);
    let clients = Ask::new(Method::PATCH, &format!("/api/admin/users/{}", world.bob_id));
    let acme: i32 = sqlx::query_scalar("select id from clients")
        .fetch_one(&pool)
        .await
        .unwrap();
    let clients = clients
        .json(&json!({ "clientList": [acme] }))
        .by(&world.ada);
    assert_eq!(world.app.send(clients).await.status, 200);
    assert_eq!(world.reached("?kind=brand").await, ["acme"]);

    let path = format!("/api/admin/groups/{}/members/remove", world.editors);
    let removed = Ask::post(&path)
        .json(&json!({ "names": ["bob"] }))
        .by(&world.ada);
    assert_eq!(world.app.send(removed).await.json()["changed"], 1);
    assert_eq!(world.reached("").await, [""; 0]);
    let answers = world
        .check(&[
            json!({ "resource": { "id": world.brand } }),
            json!({ "feature": "chat.edit" }),
        ])
        .await;
    assert!(
        answers.iter().all(|answer| answer["allowed"] == false),
        "{answers:?}"
    );
    let features = world
        .app
        .get_as(&world.bob, "/api/access/features")
        .await
        .json();
    let values: Vec<&Value> = features
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["value"])
        .collect();
    assert_eq!(values, [&json!(true), &json!(false), &json!(false)]);
}

#[testing::test]
async fn access_of_a_user_is_what_the_user_reaches(pool: PgPool) {
    let world = World::create(&pool).await;
    let path = format!("/api/admin/users/{}/access", world.bob_id);
    let access = world.app.get_as(&world.ada, &path).await.json();
    assert_eq!(
        access["resources"],
        json!([{ "kind": "models", "count": 1 }])
    );
    let own = world
        .app
        .get_as(&world.bob, "/api/access/features")
        .await
        .json();
    assert_eq!(access["features"], own);
    for kind in ["", "?kind=models", "?kind=brand", "?kind=%00"] {
        let theirs = format!("{path}/resources{kind}");
        let theirs = world.app.get_as(&world.ada, &theirs).await.json();
        let own = format!("/api/access/resources{kind}");
        let own = world.app.get_as(&world.bob, &own).await.json();
        assert_eq!(theirs, own, "{kind}");
    }
    let admin = format!("/api/admin/users/{}/access", id_of(&pool, "ada").await);
    let admin = world.app.get_as(&world.ada, &admin).await.json();
    let features = admin["features"].as_array().unwrap();
    assert!(
        features.iter().all(|feature| feature["value"] == true),
        "{admin}"
    );
    let kinds = json!([{ "kind": "brand", "count": 1 }, { "kind": "models", "count": 1 }]);
    assert_eq!(admin["resources"], kinds);
}

#[testing::test]
async fn questions_are_limited(pool: PgPool) {
    let world = World::create(&pool).await;
    let question = json!({ "user": world.bob_id, "object": { "feature": "chat.call" } });
    for (number, outline) in [
        (0, "400 VALIDATION_ERROR"),
        (1, "200"),
        (100, "200"),
        (101, "400 VALIDATION_ERROR"),
    ] {
        let body = json!({ "questions": vec![question.clone(); number] });
        let answer = world
            .app
            .send(Ask::post(CHECK).json(&body).by(&world.ada))
            .await;
        assert_eq!(answer.outline(), outline, "{number}");
    }
    for object in [
        json!({ "planet": 7 }),
        json!("feature"),
        json!({ "resource": { "id": "x" } }),
        json!({ "resource": { "id": world.model, "level": "own" } }),
        json!({ "external": { "kind": "models" } }),
        json!({ "feature": "chat.call", "resource": { "id": world.model } }),
        json!(["feature", "chat.call"]),
    ] {
        let body = json!({ "questions": [{ "user": world.bob_id, "object": object }] });
        let answer = world
            .app
            .send(Ask::post(CHECK).json(&body).by(&world.ada))
            .await;
        assert_eq!(answer.outline(), "400 VALIDATION_ERROR", "{object}");
    }
}

#[testing::test]
async fn users_ask_about_themselves_only(pool: PgPool) {
    let world = World::create(&pool).await;
    let question = json!({ "user": world.bob_id, "object": { "feature": "chat.call" } });
    let body = json!({ "questions": [question] });
    let denied = world
        .app
        .send(Ask::post(CHECK).json(&body).by(&world.bob))
        .await;
    assert_eq!(denied.outline(), "403 FORBIDDEN");
    let token = token(&world.app.services, "bob", &["data:read"]).await;
    let listed = world
        .app
        .send(Ask::get("/api/access/resources").bearer(&token))
        .await;
    assert_eq!(listed.header("x-total-count"), "1");
    let features = world
        .app
        .send(Ask::get("/api/access/features").bearer(&token))
        .await;
    assert_eq!(features.outline(), "403 FORBIDDEN");
}
