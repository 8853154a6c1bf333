//! Grants of access to resources.

use serde_json::{Value, json};
use sqlx::PgPool;
use testing::{groups::group, resources::resource, users::id_of};

use super::{RESOURCES, post, prepare};

#[testing::test]
async fn access_is_granted_and_revoked(pool: PgPool) {
    let (app, ada) = prepare(&pool).await;
    let bob = id_of(&pool, "bob").await;
    let editors = group("Editors").members(&[bob]).insert(&pool).await;
    let gpt = resource("models", "gpt").insert(&pool).await;
    let path = format!("{RESOURCES}/{gpt}/grants");
    let to = |subject: Value, level: &str| json!({ "subject": subject, "level": level });
    let grants = json!({ "grants": [
        to(json!({ "user": bob }), "write"), to(json!({ "group": editors }), "read"), to(json!("everyone"), "read")
    ] });
    for changed in [3, 0] {
        let granted = post(&app, &ada, &path, &grants).await;
        assert_eq!(granted.json(), json!({ "changed": changed }));
    }
    let lowered = json!({ "grants": [to(json!({ "user": bob }), "read")] });
    assert_eq!(post(&app, &ada, &path, &lowered).await.json()["changed"], 1);
    let listed = app.get_as(&ada, &path).await.json();
    let subjects: Vec<&Value> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["subject"])
        .collect();
    assert_eq!(
        subjects,
        [
            &json!("everyone"),
            &json!({ "group": { "id": editors, "name": "Editors", "members": 1 } }),
            &json!({ "user": { "id": bob, "username": "bob" } })
        ]
    );
    assert_eq!(
        (&listed[2]["level"], &listed[2]["grantedBy"]),
        (&json!("read"), &json!("ada"))
    );
    let revoke = json!({ "subjects": [{ "user": bob }, { "user": bob }, "everyone"] });
    let revoke_path = format!("{path}/revoke");
    assert_eq!(
        post(&app, &ada, &revoke_path, &revoke).await.json()["changed"],
        2
    );
    assert_eq!(
        post(&app, &ada, &revoke_path, &revoke).await.json()["changed"],
        0
    );
    let left = app.get_as(&ada, &path).await.json();
    assert_eq!(left.as_array().unwrap().len(), 1);
}

#[testing::test]
async fn invalid_grants_are_explained(pool: PgPool) {
    let (app, ada) = prepare(&pool).await;
    let gpt = resource("models", "gpt").insert(&pool).await;
    let path = format!("{RESOURCES}/{gpt}/grants");
    let nil = uuid::Uuid::nil();
    let everyone = json!({ "subject": "everyone", "level": "read" });
    for (grants, field) in [
        (json!([]), "grants"),
        (json!(vec![everyone; 1_001]), "grants"),
        (
            json!([{ "subject": { "user": nil }, "level": "read" }]),
            "grants",
        ),
        (
            json!([{ "subject": { "group": nil }, "level": "read" }]),
            "grants",
        ),
        (
            json!([{ "subject": "planets", "level": "read" }]),
            "grants.0.subject",
        ),
        (
            json!([{ "subject": 7, "level": "read" }]),
            "grants.0.subject",
        ),
        (
            json!([{ "subject": "everyone", "level": "own" }]),
            "grants.0.level",
        ),
        (json!([{ "subject": "everyone" }]), "grants.0"),
    ] {
        let denied = post(&app, &ada, &path, &json!({ "grants": grants })).await;
        assert_eq!(denied.outline(), "400 VALIDATION_ERROR", "{grants:.80}");
        let error = &denied.json()["details"]["fields"][0];
        assert_eq!(error["field"], field, "{}", denied.body);
    }
    assert_eq!(app.get_as(&ada, &path).await.json(), json!([]));
}
