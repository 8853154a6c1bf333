//! Users: lists, pages, changes and deletion.

use axum::http::header;
use serde_json::{Value, json};
use sqlx::PgPool;

use super::{
    ACCESS_PROHIBITED, ACTION_PROHIBITED, EMAIL_TAKEN, INVALID_TOKEN, NOT_FOUND, OpenWebUi,
    UNKNOWN, members,
};
use crate::support::{PASSWORD, add_user, session};

/// Returns the names of listed users.
fn names(list: &Value) -> Vec<&str> {
    let users = list["users"].as_array().unwrap().iter();
    users.map(|user| user["name"].as_str().unwrap()).collect()
}

/// The changes that a client sends of a user.
fn update(role: &str, name: &str, email: &str) -> Value {
    json!({ "role": role, "name": name, "email": email, "profile_image_url": "/user.png" })
}

#[testing::test]
async fn list_has_pages_of_thirty_in_an_order(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    for n in 10..42 {
        let email = format!("user-{n}@example.org");
        testing::users::user(&format!("user-{n}"))
            .display_name(&format!("Person {n}"))
            .email(email.as_str())
            .insert(&pool)
            .await;
    }
    let list = async |query: &str| served.get(&served.ada, &format!("/users/{query}")).await;
    let first = list("").await.ok();
    assert_eq!(first["total"], 34);
    assert_eq!(names(&first).len(), 30);
    let second = list("?page=2").await.ok();
    assert_eq!((names(&second).len(), &second["total"]), (4, &json!(34)));
    for (query, users) in [
        ("?page=3", 0),
        ("?page=99999999999999999999999", 0),
        ("?page=3&query=Person", 0),
        ("?page=4000", 0),
        ("?page=0", 30),
        ("?page=-1", 30),
        ("?query=person%201", 10),
        ("?query=PERSON+1&page=2", 0),
        ("?query=user-4", 2),
        ("?query=%22%5C%00", 0),
        ("?query=role:admin", 0),
        ("?order_by=unknown&direction=up", 30),
    ] {
        let list = list(query).await.ok();
        assert_eq!(names(&list).len(), users, "{query}");
    }
    let ascending = list("?order_by=name&direction=asc&query=Person").await.ok();
    assert_eq!(names(&ascending)[0], "Person 10");
    let descending = list("?order_by=name&direction=desc&query=Person")
        .await
        .ok();
    assert_eq!(names(&descending)[0], "Person 41");
    for query in ["?page=x", "?page=1.5", "?page=1&page=2"] {
        list(query).await.assert_malformed();
    }
    let all = served.get(&served.ada, "/users/all").await.ok();
    assert_eq!((names(&all).len(), &all["total"]), (34, &json!(34)));
    let found = served
        .get(&served.ada, "/users/search?query=person+11")
        .await;
    assert_eq!(names(&found.ok()), ["Person 11"]);
}

#[testing::test]
async fn users_have_the_members_of_the_client(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    let (bob, group) = (served.id("bob").await, served.group("Writers").await);
    let body = json!({ "user_ids": [bob] });
    let path = format!("/groups/id/{group}/users/add");
    served.post(&served.ada, &path, &body).await.ok();
    let list = served.get(&served.ada, "/users/?query=bob@").await.ok();
    let [user] = list["users"].as_array().unwrap().as_slice() else {
        panic!("{list}");
    };
    for name in ["last_active_at", "updated_at", "created_at"] {
        assert!(user[name].is_i64(), "{name}: {user}");
    }
    assert_eq!(user["group_ids"], json!([group]));
    assert_eq!(
        (
            &user["id"],
            &user["username"],
            &user["email"],
            &user["role"]
        ),
        (
            &json!(bob),
            &json!("bob"),
            &json!("bob@example.org"),
            &json!("user")
        )
    );
    let shown = served.get(&served.ada, &format!("/users/{bob}")).await.ok();
    assert_eq!(
        members(&shown),
        [
            "groups",
            "is_active",
            "name",
            "profile_image_url",
            "status_emoji",
            "status_expires_at",
            "status_message"
        ]
    );
    assert_eq!(shown["groups"], json!([{ "id": group, "name": "Writers" }]));
    // Everyone sees oneself.
    for path in ["info", "active", "profile/image"] {
        let own = served
            .get(&served.bob, &format!("/users/{bob}/{path}"))
            .await;
        assert_eq!(own.status, 200, "{path}");
        let ada = served.id("ada").await;
        let other = served
            .get(&served.bob, &format!("/users/{ada}/{path}"))
            .await;
        other.assert_denied(401, ACCESS_PROHIBITED);
    }
    let image = served
        .get(&served.ada, &format!("/users/{bob}/profile/image"))
        .await;
    assert_eq!(image.headers[header::CONTENT_TYPE], "image/png");
    assert!(image.bytes.starts_with(b"\x89PNG\r\n"));
    let groups = served
        .get(&served.ada, &format!("/users/{bob}/groups"))
        .await
        .ok();
    assert_eq!(groups[0]["id"], group);
    let sessions = format!("/users/{bob}/oauth/sessions");
    let sessions = served.get(&served.ada, &sessions).await;
    sessions.assert_denied(400, NOT_FOUND);
}

#[testing::test]
async fn user_counts_as_active_for_three_minutes(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    let path = format!("/users/{}/active", served.id("bob").await);
    for (seconds, is_active) in [(0, true), (170, true), (190, false)] {
        sqlx::query("update users set last_active_at = now() - make_interval(secs => $1) where username = 'bob'")
            .bind(f64::from(seconds))
            .execute(&pool)
            .await
            .unwrap();
        let got = served.get(&served.ada, &path).await.ok();
        assert_eq!(got, json!({ "active": is_active }), "{seconds}");
    }
}

#[testing::test]
async fn unknown_users_are_not_found(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    let deleted = served.id("bob").await;
    served
        .delete(&served.ada, &format!("/users/{deleted}"))
        .await
        .ok();
    let long = "x".repeat(512);
    for id in [
        UNKNOWN,
        deleted.as_str(),
        "a+b",
        "a%2Fb",
        "%00",
        "%25",
        long.as_str(),
    ] {
        for path in ["", "/info", "/active", "/groups", "/profile/image"] {
            let got = served.get(&served.ada, &format!("/users/{id}{path}")).await;
            got.assert_denied(400, NOT_FOUND);
        }
        let preview = served
            .get(&served.ada, &format!("/users/{id}/preview"))
            .await;
        preview.assert_denied(404, NOT_FOUND);
        let body = update("user", "B", "b@example.org");
        let path = format!("/users/{id}/update");
        let changed = served.post(&served.ada, &path, &body).await;
        changed.assert_denied(400, NOT_FOUND);
        let again = served.delete(&served.ada, &format!("/users/{id}")).await;
        again.assert_denied(400, NOT_FOUND);
    }
}

#[testing::test]
async fn change_is_visible_in_the_panel(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    let bob = served.id("bob").await;
    let before = served.last_entry().await;
    let body = update("user", "Robert", "robert@example.org");
    let path = format!("/users/{bob}/update");
    let changed = served.post(&served.ada, &path, &body).await.ok();
    assert_eq!(
        (&changed["name"], &changed["email"]),
        (&json!("Robert"), &json!("robert@example.org"))
    );
    let ada = session(&pool, "ada").await;
    let user = served
        .app
        .get_as(&ada, &format!("/api/admin/users/{bob}"))
        .await;
    assert!(user.body.contains("robert@example.org"), "{}", user.body);
    let entry = |action: &str| (action.to_owned(), "ada".to_owned());
    assert_eq!(served.entries(before).await, [entry("user.updated")]);
    // The same again changes nothing.
    served.post(&served.ada, &path, &body).await.ok();
    served.post(&served.ada, &path, &json!({})).await.ok();
    assert_eq!(served.entries(before).await.len(), 1);

    let taken = update("user", "Robert", "ada@example.org");
    let taken = served.post(&served.ada, &path, &taken).await;
    taken.assert_denied(400, EMAIL_TAKEN);
    let image = json!({ "profile_image_url": "https://example.org/bob.png" });
    let changed = served.post(&served.ada, &path, &image).await.ok();
    assert_eq!(changed["profile_image_url"], image["profile_image_url"]);
    for (body, status) in [
        (
            json!({ "profile_image_url": "data:image/png;base64,iVBORw0KGgo=" }),
            400,
        ),
        (json!({ "role": "root" }), 400),
        (json!({ "name": "" }), 400),
        (json!({ "name": 7 }), 422),
        (json!({ "password": "short" }), 400),
        (json!([]), 422),
    ] {
        let got = served.post(&served.ada, &path, &body).await;
        assert_eq!(got.status, status, "{body}: {}", got.body);
    }
    let password = json!({ "password": "copper lantern under rain" });
    served.post(&served.ada, &path, &password).await.ok();
    let denied = served.get(&served.bob, "/auths/").await;
    denied.assert_denied(401, INVALID_TOKEN);
    served
        .sign_in("robert@example.org", "copper lantern under rain")
        .await;
}

#[testing::test]
async fn role_decides_whether_an_account_can_be_used(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    let bob = served.id("bob").await;
    let before = served.last_entry().await;
    let path = format!("/users/{bob}/update");
    let roles = [
        ("admin", "user.updated"),
        ("pending", "user.suspended"),
        ("admin", "user.unsuspended"),
        ("user", "user.updated"),
    ];
    for (role, _) in roles {
        let body = json!({ "role": role });
        let changed = served.post(&served.ada, &path, &body).await.ok();
        assert_eq!(changed["role"], role);
    }
    let written: Vec<String> = served
        .entries(before)
        .await
        .into_iter()
        .map(|entry| entry.0)
        .collect();
    assert_eq!(written, roles.map(|(_, action)| action));
    let denied = served.get(&served.bob, "/auths/").await;
    denied.assert_denied(401, INVALID_TOKEN);

    let waiting = served.add("Wendy", "wendy@example.org", "pending").await;
    let path = format!("/users/{}/update", waiting["id"].as_str().unwrap());
    let before = served.last_entry().await;
    let approved = served
        .post(&served.ada, &path, &json!({ "role": "user" }))
        .await
        .ok();
    assert_eq!(approved["role"], "user");
    let entry = ("user.approved".to_owned(), "ada".to_owned());
    assert_eq!(served.entries(before).await, [entry]);
    served.sign_in("wendy@example.org", PASSWORD).await;
}

#[testing::test]
async fn administrators_cannot_remove_themselves(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    let ada = served.id("ada").await;
    let path = format!("/users/{ada}/update");
    for body in [
        json!({ "role": "user" }),
        json!({ "role": "pending" }),
        json!({ "password": "copper lantern under rain" }),
        json!({ "email": "other@example.org" }),
    ] {
        let denied = served.post(&served.ada, &path, &body).await;
        denied.assert_denied(403, ACTION_PROHIBITED);
    }
    let denied = served.delete(&served.ada, &format!("/users/{ada}")).await;
    denied.assert_denied(403, ACTION_PROHIBITED);
    let renamed = json!({ "role": "admin", "name": "Ada L.", "email": "ada@example.org" });
    let renamed = served.post(&served.ada, &path, &renamed).await.ok();
    assert_eq!(renamed["name"], "Ada L.");

    // A user who can change users, but has fewer permissions than an administrator.
    testing::roles::role("helpdesk")
        .permissions(&["users:read", "users:write", "groups:read"])
        .insert(&pool)
        .await;
    add_user(&pool, "helen", &["helpdesk"]).await;
    crate::support::add_password(&pool, &served.app.services.hasher).await;
    let helen = served.sign_in("helen@example.org", PASSWORD).await;
    let denied = served.post(&helen, &path, &json!({ "name": "A" })).await;
    denied.assert_denied(403, ACTION_PROHIBITED);
}

#[testing::test]
async fn nothing_changes_without_the_permission_to_approve(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    testing::roles::role("helpdesk")
        .permissions(&["users:read", "users:write", "groups:read"])
        .insert(&pool)
        .await;
    add_user(&pool, "helen", &["helpdesk"]).await;
    crate::support::add_password(&pool, &served.app.services.hasher).await;
    let helen = served.sign_in("helen@example.org", PASSWORD).await;
    let waiting = served.add("Wendy", "wendy@example.org", "pending").await;
    let path = format!("/users/{}/update", waiting["id"].as_str().unwrap());
    let before = served.last_entry().await;
    let body = json!({ "name": "Other", "role": "user" });
    let denied = served.post(&helen, &path, &body).await;
    denied.assert_denied(401, ACCESS_PROHIBITED);
    let written = served.entries(before).await;
    assert!(written.is_empty(), "{written:?}");
    let renamed = json!({ "name": "Other", "role": "pending" });
    let renamed = served.post(&helen, &path, &renamed).await.ok();
    assert_eq!(
        (&renamed["name"], &renamed["role"]),
        (&json!("Other"), &json!("pending"))
    );
}

#[testing::test]
async fn deleted_user_leaves_at_once(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    let before = served.last_entry().await;
    let path = format!("/users/{}", served.id("bob").await);
    let deleted = served.delete(&served.ada, &path).await;
    assert_eq!(deleted.ok(), true);
    let denied = served.get(&served.bob, "/auths/").await;
    denied.assert_denied(401, INVALID_TOKEN);
    let list = served.get(&served.ada, "/users/").await.ok();
    assert_eq!(list["total"], 1);
    let entry = ("user.deleted".to_owned(), "ada".to_owned());
    assert_eq!(served.entries(before).await, [entry]);
}

#[testing::test]
async fn pending_users_have_the_address_that_they_have_entered(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    testing::users::user("cyd@example.org")
        .email("cyd@other.example")
        .insert(&pool)
        .await;
    for (username, entered) in [
        ("eve", "eve@example.org"),
        ("eve2", "eve@other.example"),
        ("mallory", "BOB@example.org"),
        ("mallory2", "CYD@example.org"),
    ] {
        testing::users::user(username)
            .display_name("Eve")
            .status("pending")
            .roles(&["user"])
            .insert(&pool)
            .await;
        sqlx::query("update users set unverified_email = $2 where username = $1")
            .bind(username)
            .bind(entered)
            .execute(&pool)
            .await
            .unwrap();
    }
    // That of another user would pass for that user's.
    let expected = ["", "", "eve@example.org", "eve@other.example"];
    for path in ["/users/?query=Eve", "/users/search?query=Eve", "/users/all"] {
        let list = served.get(&served.ada, path).await.ok();
        let users = list["users"].as_array().unwrap().iter();
        let of_eve = users.filter(|user| user["name"] == "Eve");
        let mut emails: Vec<&str> = of_eve.map(|user| user["email"].as_str().unwrap()).collect();
        emails.sort_unstable();
        assert_eq!(emails, expected, "{path}");
    }
    // Clients send the address back: it stays as it is.
    let path = format!("/users/{}/update", served.id("eve").await);
    let before = served.last_entry().await;
    let body = update("user", "Eve", "eve@example.org");
    let approved = served.post(&served.ada, &path, &body).await.ok();
    assert_eq!(approved["role"], "user");
    let entry = ("user.approved".to_owned(), "ada".to_owned());
    assert_eq!(served.entries(before).await, [entry]);
}
