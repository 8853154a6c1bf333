//! Groups and their members.

use serde_json::{Value, json};
use sqlx::PgPool;

use super::{ACCESS_PROHIBITED, ACTION_PROHIBITED, NOT_FOUND, OpenWebUi, UNKNOWN, members};
use crate::support::session;

#[testing::test]
async fn group_is_created_changed_and_deleted(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    let before = served.last_entry().await;
    let body = json!({
        "name": "Writers",
        "description": "They write",
        "permissions": { "chat": { "call": true, "stt": false } },
        "data": { "config": { "share": false } },
    });
    let created = served.post(&served.ada, "/groups/create", &body).await.ok();
    assert_eq!(
        members(&created),
        [
            "created_at",
            "data",
            "description",
            "id",
            "member_count",
            "meta",
            "name",
            "permissions",
            "updated_at",
            "user_id"
        ]
    );
    assert_eq!(created["user_id"], served.id("ada").await);
    assert_eq!(created["permissions"]["chat"]["call"], true);
    assert_eq!(created["permissions"]["chat"]["stt"], false);
    assert_eq!(
        (&created["data"], &created["meta"]),
        (&body["data"], &Value::Null)
    );
    let id = created["id"].as_str().unwrap();
    let path = |rest: &str| format!("/groups/id/{id}{rest}");
    assert_eq!(served.get(&served.ada, &path("")).await.ok(), created);
    for (query, count) in [("", 1), ("?share=true", 0), ("?share=false", 1)] {
        let list = served
            .get(&served.ada, &format!("/groups/{query}"))
            .await
            .ok();
        assert_eq!(list.as_array().unwrap().len(), count, "{query}");
    }
    let update = json!({ "name": "Editors", "description": "They write" });
    let changed = served
        .post(&served.ada, &path("/update"), &update)
        .await
        .ok();
    assert_eq!(changed["name"], "Editors");
    assert_eq!(changed["permissions"], created["permissions"]);
    let update = json!({ "name": "Editors", "description": "", "permissions": {} });
    let changed = served
        .post(&served.ada, &path("/update"), &update)
        .await
        .ok();
    assert_eq!(changed["permissions"], Value::Null);
    let ada = session(&pool, "ada").await;
    let group = served
        .app
        .get_as(&ada, &format!("/api/admin/groups/{id}"))
        .await;
    assert!(group.body.contains("Editors"), "{}", group.body);
    let deleted = served.delete(&served.ada, &path("/delete")).await;
    assert_eq!(deleted.ok(), true);
    let gone = served.get(&served.ada, &path("")).await;
    gone.assert_denied(401, NOT_FOUND);
    let entry = |action: &str| (action.to_owned(), "ada".to_owned());
    assert_eq!(
        served.entries(before).await,
        [
            entry("feature.set_added"),
            entry("group.created"),
            entry("group.updated"),
            entry("group.updated"),
            entry("group.deleted")
        ]
    );
}

#[testing::test]
async fn data_that_an_update_leaves_out_stays(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    let id = served.group("Writers").await;
    // As the panel, its API and another dialect store theirs.
    let others = r#"update groups set data = '{"own": 1, "config": {"share": true}}', meta = '{"litellm": {"a": 1}}'"#;
    served.app.run(others).await;
    let path = format!("/groups/id/{id}/update");
    for (name, sent, data, meta) in [
        (
            "data",
            json!({ "config": { "share": false } }),
            json!({ "own": 1, "config": { "share": false } }),
            json!({ "litellm": { "a": 1 } }),
        ),
        (
            "meta",
            json!({ "icon": "pen" }),
            json!({ "own": 1, "config": { "share": false } }),
            json!({ "litellm": { "a": 1 }, "icon": "pen" }),
        ),
        (
            "description",
            json!("They write"),
            json!({ "own": 1, "config": { "share": false } }),
            json!({ "litellm": { "a": 1 }, "icon": "pen" }),
        ),
    ] {
        let body = json!({ "name": "Writers", name: sent });
        let changed = served.post(&served.ada, &path, &body).await.ok();
        assert_eq!((&changed["data"], &changed["meta"]), (&data, &meta));
    }
}

#[testing::test]
async fn members_are_added_listed_and_removed(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    let (bob, id) = (served.id("bob").await, served.group("Writers").await);
    let path = |rest: &str| format!("/groups/id/{id}{rest}");
    let ids = |ids: &[&str]| json!({ "user_ids": ids });
    let add = path("/users/add");
    // Ids that no user has are ignored.
    let added = served
        .post(&served.ada, &add, &ids(&[bob.as_str(), UNKNOWN, "x\0"]))
        .await;
    assert_eq!(added.ok()["member_count"], 1);
    for body in [
        ids(&[]),
        json!({}),
        json!({ "user_ids": null }),
        ids(&[bob.as_str()]),
    ] {
        let again = served.post(&served.ada, &add, &body).await;
        assert_eq!(again.ok()["member_count"], 1);
    }
    let export = served.get(&served.ada, &path("/export")).await.ok();
    assert_eq!(export["user_ids"], json!([bob]));
    let users = served
        .post(&served.ada, &path("/users"), &json!({}))
        .await
        .ok();
    assert_eq!(users[0]["id"], bob);
    assert_eq!(users[0]["groups"], json!([{ "id": id, "name": "Writers" }]));
    assert_eq!(served.get(&served.ada, &path("/members")).await.ok(), users);

    // Members see their own groups, and only what these are.
    let own = served.get(&served.bob, "/users/groups").await.ok();
    assert_eq!(own[0]["id"], id);
    let own = served.get(&served.bob, "/groups/").await.ok();
    assert_eq!(own.as_array().unwrap().len(), 1);
    let info = served.get(&served.bob, &path("/info")).await.ok();
    assert!(!members(&info).contains(&"permissions"), "{info}");
    served
        .get(&served.bob, &path(""))
        .await
        .assert_denied(401, ACCESS_PROHIBITED);
    let other = served.group("Others").await;
    let other = served
        .get(&served.bob, &format!("/groups/id/{other}/info"))
        .await;
    other.assert_denied(401, NOT_FOUND);

    let preview = served.get(&served.ada, &path("/preview")).await.ok();
    assert_eq!(preview["group"], json!({ "id": id, "name": "Writers" }));
    assert_eq!(preview["models"], json!({ "items": [], "total": 0 }));
    let preview = served
        .get(&served.ada, &format!("/users/{bob}/preview"))
        .await
        .ok();
    assert_eq!(preview["groups"], json!([{ "id": id, "name": "Writers" }]));

    let remove = path("/users/remove");
    let removed = served
        .post(&served.ada, &remove, &ids(&[bob.as_str()]))
        .await;
    assert_eq!(removed.ok()["member_count"], 0);
    let own = served.get(&served.bob, "/users/groups").await.ok();
    assert_eq!(own, json!([]));
}

#[testing::test]
async fn groups_are_checked(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    let id = served.group("Writers").await;
    let valid = json!({ "name": "Readers", "description": "" });
    for (name, value, status) in [
        ("name", json!(""), 400),
        ("name", json!("Writers"), 400),
        ("name", json!("x".repeat(201)), 400),
        ("name", json!("a\0"), 400),
        ("name", Value::Null, 422),
        ("description", json!(1), 422),
        ("permissions", json!([]), 422),
        ("permissions", json!({ "chat": { "call": 1 } }), 422),
        ("data", json!({ "a": "\0" }), 400),
        ("data", json!({ "a": "x".repeat(10_000) }), 400),
        ("meta", json!("x"), 422),
    ] {
        let mut body = valid.clone();
        body[name] = value;
        let denied = served.post(&served.ada, "/groups/create", &body).await;
        assert_eq!(denied.status, status, "{name}: {}", denied.body);
    }
    for id in [UNKNOWN, "x", "%00", "a+b", "a%2Fb"] {
        for path in ["", "/info", "/export", "/members", "/preview"] {
            let denied = served
                .get(&served.ada, &format!("/groups/id/{id}{path}"))
                .await;
            denied.assert_denied(401, NOT_FOUND);
        }
        for path in ["/users", "/users/add", "/users/remove", "/update"] {
            let path = format!("/groups/id/{id}{path}");
            let denied = served.post(&served.ada, &path, &json!({})).await;
            denied.assert_denied(401, NOT_FOUND);
        }
        let denied = served
            .delete(&served.ada, &format!("/groups/id/{id}/delete"))
            .await;
        denied.assert_denied(401, NOT_FOUND);
    }
    let add = format!("/groups/id/{id}/users/add");
    for ids in [json!(7), json!([7]), json!({})] {
        let body = json!({ "user_ids": ids });
        served
            .post(&served.ada, &add, &body)
            .await
            .assert_malformed();
    }
}

#[testing::test]
async fn users_with_more_permissions_are_not_added(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    let id = served.group("Writers").await;
    testing::roles::role("librarian")
        .permissions(&["groups:read", "groups:write"])
        .insert(&pool)
        .await;
    crate::support::add_user(&pool, "lib", &["librarian"]).await;
    crate::support::add_password(&pool, &served.app.services.hasher).await;
    let lib = served
        .sign_in("lib@example.org", crate::support::PASSWORD)
        .await;
    let body = json!({ "user_ids": [served.id("ada").await, served.id("bob").await] });
    let path = format!("/groups/id/{id}/users/add");
    let denied = served.post(&lib, &path, &body).await;
    denied.assert_denied(403, ACTION_PROHIBITED);
    let group = served
        .get(&served.ada, &format!("/groups/id/{id}"))
        .await
        .ok();
    assert_eq!(group["member_count"], 1);

    // The response is the group: a token that cannot read it changes nothing.
    let services = &served.app.services;
    let writing = crate::support::token(services, "ada", &["groups:write"]).await;
    for path in ["add", "remove"] {
        let path = format!("/groups/id/{id}/users/{path}");
        let denied = served.post(&writing, &path, &body).await;
        denied.assert_denied(401, ACCESS_PROHIBITED);
    }
    let group = served
        .get(&served.ada, &format!("/groups/id/{id}"))
        .await
        .ok();
    assert_eq!(group["member_count"], 1);
}
