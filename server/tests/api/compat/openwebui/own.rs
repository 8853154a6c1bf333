//! What users store of themselves, and changes of the own account.

use domain::{access_tokens::KeyDraft, features::FeatureSet};
use serde_json::{Value, json};
use service::{access::operator, access_tokens, features};
use sqlx::PgPool;

use super::{ACCESS_PROHIBITED, ACTION_PROHIBITED, INVALID_TOKEN, NOT_FOUND, OpenWebUi, members};
use crate::support::{PASSWORD, token};

const OTHER: &str = "copper lantern under rain";

#[testing::test]
async fn settings_info_and_variables_are_stored(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    let (get, post) = (
        async |path: &str| served.get(&served.bob, path).await.ok(),
        async |path: &str, body: Value| served.post(&served.bob, path, &body).await,
    );
    assert_eq!(get("/users/user/settings").await, Value::Null);
    assert_eq!(get("/users/user/info").await, Value::Null);
    let empty = json!({ "variables": {} });
    assert_eq!(get("/users/user/variables").await, empty);

    let settings = json!({ "ui": { "theme": "dark", "toolServers": [1] }, "extra": 1 });
    let stored = post("/users/user/settings/update", settings).await.ok();
    // Bob lacks the permission to use tool servers.
    let expected = json!({ "ui": { "theme": "dark" }, "extra": 1 });
    assert_eq!(stored, expected);
    assert_eq!(get("/users/user/settings").await, expected);

    for (added, all) in [
        (json!({ "a": 1 }), json!({ "a": 1 })),
        (json!({ "b": [2] }), json!({ "a": 1, "b": [2] })),
        (json!({}), json!({ "a": 1, "b": [2] })),
    ] {
        assert_eq!(post("/users/user/info/update", added).await.ok(), all);
        assert_eq!(get("/users/user/info").await, all);
    }
    for variables in [json!({ "city": "Bonn" }), json!({ "a_1": "x" })] {
        let body = json!({ "variables": variables });
        let stored = post("/users/user/variables/update", body.clone()).await;
        assert_eq!(stored.ok(), body);
        assert_eq!(get("/users/user/variables").await, body);
    }
    for (path, body, status) in [
        (
            "/users/user/variables/update",
            json!({ "variables": { "A": "x" } }),
            400,
        ),
        (
            "/users/user/variables/update",
            json!({ "variables": { "a": 1 } }),
            400,
        ),
        (
            "/users/user/variables/update",
            json!({ "variables": [] }),
            422,
        ),
        ("/users/user/settings/update", json!({ "ui": [] }), 422),
        ("/users/user/settings/update", json!([]), 422),
        ("/users/user/info/update", json!({ "a": "\0" }), 400),
        (
            "/users/user/info/update",
            json!({ "a": "x".repeat(60_000), "b": "y".repeat(5_500) }),
            400,
        ),
    ] {
        let denied = post(path, body).await;
        assert_eq!(denied.status, status, "{path}: {}", denied.body);
    }
    // Administrators see it with the user, but for credentials, and it is of no other user.
    let key = json!({ "ui": { "theme": "dark", "directConnections": { "key": "x" } } });
    let own = post("/users/user/settings/update", key.clone()).await.ok();
    assert_eq!(own["ui"], key["ui"]);
    let listed = served.get(&served.ada, "/users/?query=bob@").await.ok();
    assert_eq!(listed["users"][0]["settings"], expected);
    let ada = served.get(&served.ada, "/users/user/info").await.ok();
    assert_eq!(ada, Value::Null);
}

#[testing::test]
async fn status_is_shown_until_it_expires(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    let path = "/users/user/status/update";
    let now = (served.app.services.clock)().unix_timestamp();
    for (expires, emoji) in [
        (Value::Null, json!("🚀")),
        (json!(now + 3_600), json!("🚀")),
        (json!(now - 1), Value::Null),
        (json!(1), Value::Null),
    ] {
        let body = json!({
            "status_emoji": "🚀",
            "status_message": "Testing",
            "status_expires_at": expires,
        });
        let user = served.post(&served.bob, path, &body).await.ok();
        assert_eq!(user["status_emoji"], emoji, "{user}");
        let user = served.get(&served.bob, "/users/user/status").await.ok();
        assert_eq!(user["status_emoji"], emoji);
        assert!(user["created_at"].is_i64());
        let bob = format!("/users/{}", served.id("bob").await);
        let shown = served.get(&served.ada, &bob).await.ok();
        assert_eq!(shown["status_emoji"], emoji);
    }
    let user = served.post(&served.bob, path, &json!({})).await.ok();
    assert_eq!(user["status_message"], Value::Null);
    for body in [
        json!({ "status_emoji": 1 }),
        json!({ "status_expires_at": "tomorrow" }),
        json!({ "status_expires_at": 1.5 }),
        json!({ "status_expires_at": 1e300 }),
    ] {
        served
            .post(&served.bob, path, &body)
            .await
            .assert_malformed();
    }
    let off = json!({ "ENABLE_USER_STATUS": false });
    served
        .post(&served.ada, "/auths/admin/config", &off)
        .await
        .ok();
    let denied = served.post(&served.bob, path, &json!({})).await;
    denied.assert_denied(403, ACTION_PROHIBITED);
    let denied = served.get(&served.bob, "/users/user/status").await;
    denied.assert_denied(403, ACTION_PROHIBITED);
}

#[testing::test]
async fn profile_is_changed_by_its_user(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    let path = "/auths/update/profile";
    let body = json!({
        "profile_image_url": "/user.png",
        "name": "Robert",
        "bio": "b",
        "gender": "g",
        "date_of_birth": "1990-12-31",
    });
    let changed = served.post(&served.bob, path, &body).await.ok();
    assert_eq!(
        members(&changed),
        ["email", "id", "name", "profile_image_url", "role"]
    );
    let user = served.get(&served.bob, "/auths/").await.ok();
    for name in ["name", "bio", "gender", "date_of_birth"] {
        assert_eq!(user[name], body[name], "{name}");
    }
    for (name, value, status) in [
        ("name", json!(""), 400),
        ("name", Value::Null, 422),
        (
            "profile_image_url",
            json!("data:image/png;base64,AAAA"),
            400,
        ),
        ("date_of_birth", json!("1990-02-31"), 422),
        ("bio", json!(7), 422),
        ("bio", json!("\0"), 400),
    ] {
        let mut body = body.clone();
        body[name] = value;
        let denied = served.post(&served.bob, path, &body).await;
        assert_eq!(denied.status, status, "{body}: {}", denied.body);
    }
    // As in Open WebUI, a member that is null or left out is removed.
    let cleared = json!({ "name": "Robert", "bio": null });
    served.post(&served.bob, path, &cleared).await.ok();
    let user = served.get(&served.bob, "/auths/").await.ok();
    for name in ["bio", "gender", "date_of_birth"] {
        assert_eq!(user[name], Value::Null, "{name}");
    }
    assert_eq!(user["profile_image_url"], "/user.png");
    let zone = |zone: &str| json!({ "timezone": zone });
    let path = "/auths/update/timezone";
    let changed = served.post(&served.bob, path, &zone("Europe/London")).await;
    assert_eq!(changed.ok(), json!({ "status": true }));
    let user = served.get(&served.bob, "/users/user/status").await.ok();
    assert_eq!(user["timezone"], "Europe/London");
    for wrong in ["Mars/Olympus", "x\0", "; drop"] {
        let denied = served.post(&served.bob, path, &zone(wrong)).await;
        assert_eq!(denied.status, 400, "{wrong:?}: {}", denied.body);
    }
}

#[testing::test]
async fn uploaded_images_are_denied(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    let update = format!("/users/{}/update", served.id("bob").await);
    let users = "select count(*) from users";
    let before = served.app.count(users).await;
    for kind in ["png", "jpeg", "webp", "gif", "svg+xml"] {
        let body = json!({
            "name": "Robert",
            "email": "new@example.org",
            "password": PASSWORD,
            "profile_image_url": format!("data:image/{kind};base64,PHN2Zz4="),
        });
        for (token, path) in [
            (&served.bob, "/auths/update/profile"),
            (&served.ada, update.as_str()),
            (&served.ada, "/auths/add"),
            (&served.bob, "/auths/signup"),
        ] {
            let denied = served.post(token, path, &body).await;
            let text = "Invalid profile image: only paths and addresses are accepted, no uploads.";
            denied.assert_denied(400, text);
        }
    }
    assert_eq!(served.app.count(users).await, before);
    let user = served.get(&served.bob, "/auths/").await.ok();
    assert_eq!(
        (&user["name"], &user["profile_image_url"]),
        (&json!("Bob"), &json!("/user.png"))
    );
}

#[testing::test]
async fn new_password_ends_all_tokens(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    let path = "/auths/update/password";
    let second = served.sign_in("bob@example.org", PASSWORD).await;
    let change = |password: &str, new: &str| json!({ "password": password, "new_password": new });
    for (body, status) in [
        (change("wrong", OTHER), 400),
        (change(PASSWORD, "short"), 400),
        (json!({ "password": PASSWORD }), 422),
    ] {
        let denied = served.post(&served.bob, path, &body).await;
        assert_eq!(denied.status, status, "{}", denied.body);
    }
    let changed = served
        .post(&served.bob, path, &change(PASSWORD, OTHER))
        .await;
    assert_eq!(changed.ok(), true);
    for token in [&served.bob, &second] {
        let denied = served.get(token, "/auths/").await;
        denied.assert_denied(401, INVALID_TOKEN);
    }
    assert_eq!(
        served.try_sign_in("bob@example.org", PASSWORD).await.status,
        400
    );
    served.sign_in("bob@example.org", OTHER).await;
    served.get(&served.ada, "/auths/").await.ok();
    // A token of a program must not be enough.
    let key = token(&served.app.services, "bob", &["account"]).await;
    let denied = served.post(&key, path, &change(OTHER, PASSWORD)).await;
    denied.assert_denied(403, ACTION_PROHIBITED);
}

#[testing::test]
async fn api_key_needs_the_password(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    let path = "/auths/api_key";
    let none = served.get(&served.ada, path).await;
    assert_eq!(none.status, 404, "{}", none.body);
    let not_allowed = "API key creation is not allowed in the environment.";
    for body in [json!({}), json!([])] {
        let denied = served.post(&served.ada, path, &body).await;
        denied.assert_denied(403, not_allowed);
    }
    let with_password = json!({ "password": PASSWORD });
    let denied = served.post(&served.bob, path, &with_password).await;
    denied.assert_denied(403, not_allowed);
    let wrong = json!({ "password": "wrong" });
    let wrong = served.post(&served.ada, path, &wrong).await;
    assert_eq!(wrong.status, 400, "{}", wrong.body);

    let created = served.post(&served.ada, path, &with_password).await.ok();
    let first = created["api_key"].as_str().unwrap().to_owned();
    served.get(&first, "/users/").await.ok();
    let shown = served.get(&served.ada, path).await.ok();
    let shown = shown["api_key"].as_str().unwrap();
    assert!(first.starts_with(shown.trim_end_matches('…')), "{shown}");
    assert!(shown.len() < first.len());
    let second = served.post(&served.ada, path, &with_password).await.ok();
    served
        .get(&first, "/users/")
        .await
        .assert_denied(401, INVALID_TOKEN);
    let second = second["api_key"].as_str().unwrap();
    served.get(second, "/users/").await.ok();
    assert_eq!(served.delete(&served.ada, path).await.ok(), true);
    served
        .get(second, "/users/")
        .await
        .assert_denied(401, INVALID_TOKEN);
    assert_eq!(served.get(&served.ada, path).await.status, 404);

    // A user with the permission can, too.
    features::add_set(&served.app.services, &operator(), FeatureSet::OpenWebui)
        .await
        .unwrap();
    let body = json!({ "features": { "api_keys": true } });
    served
        .post(&served.ada, "/users/default/permissions", &body)
        .await
        .ok();
    served.post(&served.bob, path, &with_password).await.ok();
}

#[testing::test]
async fn virtual_key_opens_nothing(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    let key: KeyDraft = serde_json::from_value(json!({ "name": "lab" })).unwrap();
    let bob = testing::users::id_of(&pool, "bob").await;
    let issued = access_tokens::create_key(&served.app.services, &operator(), bob, &key)
        .await
        .unwrap();
    for path in ["/auths/", "/users/permissions"] {
        let denied = served.get(&issued.token, path).await;
        denied.assert_denied(401, INVALID_TOKEN);
    }
    assert_eq!(
        served.get(&served.bob, "/users/none/info").await.body,
        json!({ "detail": ACCESS_PROHIBITED })
    );
    let unknown = served.get(&served.ada, "/users/none/info").await;
    unknown.assert_denied(400, NOT_FOUND);
}

#[testing::test]
async fn token_without_the_scope_of_data_reads_none(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    let variables = json!({ "variables": { "city": "Bonn" } });
    let path = "/users/user/variables/update";
    served.post(&served.bob, path, &variables).await.ok();
    let profile = json!({ "name": "Bob", "bio": "Born in Bonn" });
    let path = "/auths/update/profile";
    served.post(&served.bob, path, &profile).await.ok();
    let id = served.id("bob").await;
    let scopes = ["account", "data:read"];
    let reading = token(&served.app.services, "bob", &scopes).await;
    let shown = served.get(&reading, "/users/user/variables").await.ok();
    assert_eq!(shown, variables);
    let user = served.get(&reading, "/auths/").await.ok();
    assert_eq!(user["bio"], profile["bio"]);

    let account = token(&served.app.services, "bob", &["account"]).await;
    for name in ["settings", "info", "variables"] {
        let denied = served.get(&account, &format!("/users/user/{name}")).await;
        denied.assert_denied(401, ACCESS_PROHIBITED);
    }
    for path in ["/auths/".to_owned(), format!("/users/{id}/info")] {
        let user = served.get(&account, &path).await.ok();
        assert_eq!((&user["name"], &user["bio"]), (&json!("Bob"), &Value::Null));
    }
}

#[testing::test]
async fn rejected_profile_changes_nothing(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    for (name, value) in [("bio", json!("x".repeat(2_001))), ("gender", json!("\0"))] {
        let mut body = json!({ "name": "Robert" });
        body[name] = value;
        let denied = served
            .post(&served.bob, "/auths/update/profile", &body)
            .await;
        assert_eq!(denied.status, 400, "{name}: {}", denied.body);
    }
    let user = served.get(&served.bob, "/auths/").await.ok();
    assert_eq!(user["name"], "Bob");
}
