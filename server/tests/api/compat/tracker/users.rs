//! Users: the calls of guide 001, and the own account.

use axum::http::Method;
use serde_json::{Value, json};
use sqlx::PgPool;

use super::{Tracker, UNKNOWN, refresh_cookie};
use crate::support::{Ask, PASSWORD, session};

const NO_SUCH_USER: &str = "The user with this id does not exist in the system";
const TAKEN: &str = "The user with this email already exists in the system.";
const NO_PRIVILEGES: &str = "The user doesn't have enough privileges";

fn eve() -> Value {
    json!({
        "name": "Eve Adams",
        "email": "eve@example.org",
        "password": "securepassword",
        "roles": ["admin", "user"],
        "client_list": [1, 2, 3],
        "notification_preferences": { "email": true, "ui": true },
    })
}

#[testing::test]
async fn user_is_created_changed_and_deleted(pool: PgPool) {
    let tracker = Tracker::new(&pool).await;
    let ada = tracker.ada().await;
    let created = tracker.post(&ada, "/users/", eve()).await;
    assert_eq!(created.status, 200, "{}", created.body);
    let id = created.body["id"].as_i64().unwrap();
    let mut expected = eve();
    expected["id"] = json!(id);
    expected.as_object_mut().unwrap().remove("password");
    assert_eq!(created.body, expected);
    assert_eq!(tracker.number("eve").await, id);

    let path = format!("/users/{id}");
    let found = tracker.get(&ada, &path).await;
    assert_eq!((found.status, &found.body), (200, &expected));
    let changes =
        json!({ "name": "Updated Name", "email": "updated@example.org", "roles": ["user"] });
    let changed = tracker.put(&ada, &path, changes.clone()).await;
    for (field, value) in changes.as_object().unwrap() {
        expected[field] = value.clone();
    }
    assert_eq!((changed.status, &changed.body), (200, &expected));
    let patch = Tracker::ask(Method::PATCH, &path).bearer(&ada);
    let patch = patch.json(&json!({ "client_list": [], "name": null }));
    expected["client_list"] = json!([]);
    assert_eq!(tracker.send(patch).await.body, expected);

    // The panel shows the same user.
    let panel = session(&pool, "ada").await;
    let find = format!("/api/admin/users/find?user=number:{id}");
    let shown = tracker.app.send(Ask::get(&find).by(&panel)).await.json();
    assert_eq!(shown["username"], "eve");
    assert_eq!(shown["displayName"], "Updated Name");
    assert_eq!(shown["notificationPreferences"]["email"], true);

    let deleted = tracker.delete(&ada, &path).await;
    assert_eq!((deleted.status, &deleted.body), (200, &expected));
    for gone in [
        tracker.get(&ada, &path).await,
        tracker.delete(&ada, &path).await,
        tracker.put(&ada, &path, json!({ "name": "X" })).await,
    ] {
        gone.assert_denied(404, NO_SUCH_USER);
    }
    let written: Vec<(String, String, String)> = sqlx::query_as(
        "select action, via, actor_label from audit_events where target_label = 'eve' order by id",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let entry = |action: &str| (action.to_owned(), "api".to_owned(), "ada".to_owned());
    let expected = [
        "user.created",
        "user.updated",
        "user.updated",
        "user.deleted",
    ];
    assert_eq!(written, expected.map(entry));
}

#[testing::test]
async fn created_user_signs_in_with_the_password(pool: PgPool) {
    let tracker = Tracker::new(&pool).await;
    let ada = tracker.ada().await;
    let minimal =
        json!({ "name": "Max", "email": "max@example.org", "password": "securepassword" });
    let created = tracker.post(&ada, "/users", minimal).await;
    assert_eq!(created.body["roles"], json!(["user"]));
    assert_eq!(
        created.body["notification_preferences"],
        json!({ "email": false, "ui": true })
    );
    let signed_in = tracker.login("max@example.org", "securepassword").await;
    assert_eq!(signed_in.status, 200);
    let old = signed_in.body["access_token"].as_str().unwrap();
    assert_eq!(tracker.get(old, "/users/me").await.body, created.body);

    let path = format!("/users/{}", created.body["id"]);
    let reset = tracker
        .put(&ada, &path, json!({ "password": "newpassword" }))
        .await;
    assert_eq!(reset.body, created.body);
    tracker
        .login("max@example.org", "securepassword")
        .await
        .assert_denied(400, "Incorrect email or password");
    let signed_in = tracker.login("max@example.org", "newpassword").await;
    assert_eq!(signed_in.status, 200);
}

#[testing::test]
async fn email_of_another_user_is_denied(pool: PgPool) {
    let tracker = Tracker::new(&pool).await;
    let ada = tracker.ada().await;
    let mut other = eve();
    other["email"] = json!("BOB@example.org");
    let created = tracker.post(&ada, "/users/", other).await;
    created.assert_denied(400, TAKEN);
    let added = tracker.post(&ada, "/users/", eve()).await;
    let path = format!("/users/{}", added.body["id"]);
    let renamed = tracker
        .put(&ada, &path, json!({ "email": "bob@example.org" }))
        .await;
    renamed.assert_denied(400, TAKEN);
    // Two users whose addresses begin alike have different usernames.
    let mut first = eve();
    first["email"] = json!("bob@example.com");
    assert_eq!(tracker.post(&ada, "/users/", first).await.status, 200);
    assert!(tracker.number("bob-2").await > 0);
}

#[testing::test]
async fn users_are_listed_by_id(pool: PgPool) {
    let tracker = Tracker::new(&pool).await;
    let ada = tracker.ada().await;
    assert_eq!(tracker.post(&ada, "/users/", eve()).await.status, 200);
    tracker
        .app
        .run("update users set email = null where username = 'bob'")
        .await;
    let names = async |query: &str| -> Value {
        let listed = tracker.get(&ada, &format!("/users/{query}")).await;
        assert_eq!(listed.status, 200, "{query}");
        let users = listed.body.as_array().unwrap().iter();
        users.map(|user| user["name"].clone()).collect()
    };
    for (query, expected) in [
        ("", json!(["Ada", "Bob", "Eve Adams"])),
        ("?skip=0&limit=100", json!(["Ada", "Bob", "Eve Adams"])),
        ("?skip=1&limit=1", json!(["Bob"])),
        ("?skip=3", json!([])),
        ("?limit=0", json!([])),
        ("?skip=4294967295&other=1", json!([])),
    ] {
        assert_eq!(names(query).await, expected, "{query}");
    }
    let listed = tracker.get(&ada, "/users/?skip=1&limit=1").await.body;
    let found = tracker
        .get(&ada, &format!("/users/{}", listed[0]["id"]))
        .await;
    assert_eq!(listed[0], found.body);
    assert_eq!(found.body["email"], Value::Null);
}

#[testing::test]
async fn unknown_users_are_named_as_such(pool: PgPool) {
    let tracker = Tracker::new(&pool).await;
    let ada = tracker.ada().await;
    for id in [UNKNOWN, "0", "-1", "99999999999999999999999999"] {
        let path = format!("/users/{id}");
        for reply in [
            tracker.get(&ada, &path).await,
            tracker.delete(&ada, &path).await,
            tracker.put(&ada, &path, json!({ "name": "X" })).await,
        ] {
            reply.assert_denied(404, NO_SUCH_USER);
        }
    }
}

#[testing::test]
async fn rights_are_the_current_ones(pool: PgPool) {
    let tracker = Tracker::new(&pool).await;
    let (ada, bob) = (
        tracker.ada().await,
        tracker.sign_in("bob@example.org").await.access,
    );
    let id = tracker.number("bob").await;
    let users = tracker.get(&bob, "/users/").await;
    users.assert_denied(403, NO_PRIVILEGES);
    let path = format!("/users/{id}");
    // Only administrators read users by their ids, as the documentation has it.
    let own = tracker.get(&bob, &path).await;
    own.assert_denied(403, NO_PRIVILEGES);
    for (roles, status) in [(json!(["admin", "user"]), 200), (json!(["user"]), 403)] {
        let granted = tracker.put(&ada, &path, json!({ "roles": roles })).await;
        assert_eq!(granted.body["roles"], roles);
        assert_eq!(tracker.get(&bob, "/users/").await.status, status);
    }
}

#[testing::test]
async fn rules_of_rollcall_hold(pool: PgPool) {
    let tracker = Tracker::new(&pool).await;
    let ada = tracker.ada().await;
    let own = format!("/users/{}", tracker.number("ada").await);
    let denied = tracker.delete(&ada, &own).await;
    denied.assert_denied(403, "Cannot delete yourself");
    for (change, says) in [
        (
            json!({ "roles": ["user"] }),
            "You can't change your own roles. Ask another administrator.",
        ),
        (
            json!({ "email": "other@example.org" }),
            "Change your own email address under My account.",
        ),
        (
            json!({ "password": "newpassword" }),
            "Change your own password under My account.",
        ),
    ] {
        let denied = tracker.put(&ada, &own, change).await;
        denied.assert_denied(403, says);
    }
    let mut unknown = eve();
    unknown["roles"] = json!(["user", "manager"]);
    let reply = tracker.post(&ada, "/users/", unknown).await;
    reply.assert_invalid(&[json!(["body", "roles"])]);
}

#[testing::test]
async fn own_account_is_changed_but_not_its_rights(pool: PgPool) {
    let tracker = Tracker::new(&pool).await;
    let bob = tracker.sign_in("bob@example.org").await.access;
    let mut me = tracker.get(&bob, "/users/me").await.body;
    let changes = json!({
        "id": 1,
        "name": "Robert",
        "email": "bob@example.org",
        "roles": ["admin"],
        "client_list": [1],
        "notification_preferences": { "email": true, "ui": false },
    });
    let changed = tracker.put(&bob, "/users/me", changes).await;
    me["name"] = json!("Robert");
    me["notification_preferences"] = json!({ "email": true, "ui": false });
    assert_eq!((changed.status, &changed.body), (200, &me));
    assert_eq!(tracker.get(&bob, "/users/me").await.body, me);

    let email = json!({ "email": "robert@example.org" });
    let denied = tracker.put(&bob, "/users/me", email).await;
    denied.assert_denied(400, "Enter your current password.");
    let wrong = json!({ "email": "robert@example.org", "current_password": "wrong" });
    let denied = tracker.put(&bob, "/users/me", wrong).await;
    denied.assert_denied(400, "Wrong current password.");
    let right = json!({ "email": "robert@example.org", "current_password": PASSWORD });
    let changed = tracker.put(&bob, "/users/me", right).await;
    assert_eq!(changed.body["email"], "robert@example.org");
    let entries = "select count(*) from audit_events where action = 'user.updated' and via = 'self' and actor_label = 'bob'";
    assert_eq!(tracker.app.count(entries).await, 2);
}

#[testing::test]
async fn own_password_replaces_the_tokens(pool: PgPool) {
    let tracker = Tracker::new(&pool).await;
    let (other, mine) = (
        tracker.sign_in("bob@example.org").await,
        tracker.sign_in("bob@example.org").await,
    );
    let body = json!({ "password": "copper lantern under rain", "current_password": PASSWORD });
    let changed = tracker.put(&mine.access, "/users/me", body).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    let (renewed, attributes) = refresh_cookie(&changed);
    assert!(
        attributes.contains("Path=/compat/tracker/api/v1/auth;"),
        "{attributes}"
    );
    for token in [&other.access, &mine.access] {
        let me = tracker.get(token, "/users/me").await;
        me.assert_denied(401, "Could not validate credentials");
    }
    let ask = Tracker::ask(Method::GET, "/auth/refresh-cookie");
    let refreshed = tracker.send(ask.cookie("refresh_token", &renewed)).await;
    let access = refreshed.body["access_token"].as_str().unwrap();
    assert_eq!(tracker.get(access, "/users/me").await.body["name"], "Bob");
    let signed_in = tracker
        .login("bob@example.org", "copper lantern under rain")
        .await;
    assert_eq!(signed_in.status, 200);
}
