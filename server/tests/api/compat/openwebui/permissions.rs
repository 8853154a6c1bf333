//! The permission tree.

use serde_json::{Value, json};
use sqlx::PgPool;

use super::{ACCESS_PROHIBITED, OpenWebUi, members};

const DEFAULTS: &str = "/users/default/permissions";
const OWN: &str = "/users/permissions";

#[testing::test]
async fn defaults_are_those_of_the_features(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    let builtin = format!("{DEFAULTS}/defaults");
    let builtin = served.get(&served.ada, &builtin).await.ok();
    assert_eq!(
        members(&builtin),
        [
            "access_grants",
            "chat",
            "features",
            "settings",
            "sharing",
            "workspace"
        ]
    );
    assert_eq!(served.get(&served.ada, DEFAULTS).await.ok(), builtin);
    assert_eq!(served.get(&served.bob, OWN).await.ok(), builtin);

    let before = served.last_entry().await;
    let mut wanted = builtin.clone();
    wanted["features"]["web_search"] = json!(false);
    wanted["workspace"]["models"] = json!(true);
    wanted["unknown"] = json!({ "x": true });
    let changed = served.post(&served.ada, DEFAULTS, &wanted).await.ok();
    wanted.as_object_mut().unwrap().remove("unknown");
    assert_eq!(changed, wanted);
    assert_eq!(served.get(&served.ada, DEFAULTS).await.ok(), wanted);
    assert_eq!(served.get(&served.bob, OWN).await.ok(), wanted);
    let entry = |action: &str| (action.to_owned(), "ada".to_owned());
    assert_eq!(
        served.entries(before).await,
        [
            entry("feature.set_added"),
            entry("feature.updated"),
            entry("feature.updated")
        ]
    );
    // Parts that the body leaves out stay, and the same again changes nothing.
    served
        .post(&served.ada, DEFAULTS, &json!({ "chat": {} }))
        .await
        .ok();
    assert_eq!(served.entries(before).await.len(), 3);
    // The panel has the same catalogue.
    let default = served
        .app
        .count("select count(*) from features where key = 'workspace.models' and default_value")
        .await;
    assert_eq!(default, 1);
    for body in [
        json!({ "chat": true }),
        json!({ "chat": { "call": "yes" } }),
        json!([]),
        Value::Null,
    ] {
        let malformed = served.post(&served.ada, DEFAULTS, &body).await;
        malformed.assert_malformed();
    }
}

#[testing::test]
async fn groups_add_permissions_to_the_defaults(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    let body = json!({
        "name": "Builders",
        "description": "",
        "permissions": { "workspace": { "tools": true } },
    });
    let group = served.post(&served.ada, "/groups/create", &body).await.ok();
    let own = served.get(&served.bob, OWN).await.ok();
    assert_eq!(own["workspace"]["tools"], false);
    let path = format!("/groups/id/{}/users/add", group["id"].as_str().unwrap());
    let bob = json!({ "user_ids": [served.id("bob").await] });
    served.post(&served.ada, &path, &bob).await.ok();
    let own = served.get(&served.bob, OWN).await.ok();
    assert_eq!(own["workspace"]["tools"], true);
    assert_eq!(own["workspace"]["models"], false);
    // Administrators have all features.
    let ada = served.get(&served.ada, OWN).await.ok();
    assert_eq!(ada["workspace"]["models"], true);
    for path in [DEFAULTS, "/users/default/permissions/defaults"] {
        let denied = served.get(&served.bob, path).await;
        denied.assert_denied(401, ACCESS_PROHIBITED);
    }
}
