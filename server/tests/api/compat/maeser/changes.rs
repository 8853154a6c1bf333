//! Commands that change users.

use serde_json::{Value, json};
use sqlx::PgPool;
use testing::users::{id_of, user};

use super::{about, assert_page, both, identify};
use crate::support::{Ask, add_user, session};

/// Lists the audit log entries: action, user, actor and source.
async fn entries(pool: &PgPool) -> Vec<String> {
    sqlx::query_scalar(
        "select concat_ws(' ', action, target_label, actor_label, via) from audit_events order by id",
    )
    .fetch_all(pool)
    .await
    .unwrap()
}

#[testing::test]
async fn admin_and_ban_are_the_role_and_the_suspension(pool: PgPool) {
    let [below, own] = both(&pool).await;
    let panel = below.at.app.clone();
    let [yes, no] = [
        json!({ "new_status": true }),
        json!({ "new_status": false }),
    ];
    let alice = "github.alice123";
    own.change("toggle-admin", alice, &yes, "Made github.alice123 an admin")
        .await;
    assert_eq!(own.user(alice).await["admin"], json!(true));
    below
        .change(
            "toggle-admin",
            alice,
            &no,
            "Made github.alice123 no longer an admin",
        )
        .await;
    assert_eq!(below.user(alice).await["admin"], json!(false));
    own.change("toggle-ban", alice, &yes, "Made github.alice123 banned")
        .await;
    assert_eq!(
        own.names(&json!({ "banned-filter": "banned" })).await,
        [alice]
    );
    // A ban that exists already is no change, and neither is the end of none.
    own.change("toggle-ban", alice, &yes, "Made github.alice123 banned")
        .await;
    let path = format!("/api/admin/users/{}", id_of(&pool, "alice").await);
    let shown = panel.get_as(&below.root, &path).await.json();
    assert_eq!(
        (&shown["status"], &shown["isAdmin"]),
        (&json!("suspended"), &json!(false))
    );
    for _ in 0..2 {
        below
            .change(
                "toggle-ban",
                alice,
                &no,
                "Made github.alice123 no longer banned",
            )
            .await;
    }
    assert_eq!(below.user(alice).await["is_active"], json!(true));
    assert_eq!(
        entries(&pool).await,
        [
            "user.updated alice root api",
            "user.updated alice root api",
            "user.suspended alice root api",
            "user.unsuspended alice root api",
        ]
    );
}

#[testing::test]
async fn unknown_user_is_no_error_and_no_change(pool: PgPool) {
    for world in both(&pool).await {
        for (kind, more, says) in [
            (
                "toggle-admin",
                json!({ "new_status": true }),
                "Made github.x an admin",
            ),
            (
                "toggle-ban",
                json!({ "new_status": true }),
                "Made github.x banned",
            ),
            (
                "update-requests",
                json!({ "action": "add" }),
                "Updated github.x requests",
            ),
            ("remove-user", json!({}), "Removed github.x from the cache"),
            ("fetch-user", json!({}), "Fetched github.x"),
        ] {
            world.change(kind, "github.x", &more, says).await;
        }
    }
    assert!(entries(&pool).await.is_empty());
}

#[testing::test]
async fn errors_have_the_texts_of_maeser(pool: PgPool) {
    for world in both(&pool).await {
        let unsupported = "Unsupported authentication method: old. Authenticator is not registered to this user manager.";
        for (body, status, says) in [
            (json!({ "type": "get-user" }), 400, "Missing user_auth"),
            (
                json!({ "type": "get-user", "user_auth": "github" }),
                400,
                "Missing user_id",
            ),
            (json!({ "type": "toggle-admin" }), 400, "Missing new_status"),
            (json!({ "type": "toggle-ban" }), 400, "Missing new_status"),
            (json!({ "type": "update-requests" }), 400, "Missing action"),
            (
                json!({ "type": "update-requests", "action": "x" }),
                400,
                "Invalid action was given: &#34;x&#34;",
            ),
            (
                json!({ "type": "nope" }),
                400,
                "Invalid command type was given: &#34;nope&#34;",
            ),
            (
                json!({}),
                400,
                "Invalid command type was given: &#34;None&#34;",
            ),
            (
                json!({ "type": "list-users", "admin-filter": "Admin" }),
                400,
                "Invalid admin_filter value: Admin",
            ),
            (
                json!({ "type": "list-users", "banned-filter": "Banned" }),
                400,
                "Invalid banned_filter value: Banned",
            ),
            (
                json!({ "type": "list-users", "auth-filter": "a b" }),
                400,
                "Invalid authenticator name: a b. Authenticator names must be alphanumeric.",
            ),
            (
                about("toggle-admin", "old.b.1", &json!({ "new_status": true })),
                400,
                unsupported,
            ),
            (
                about("toggle-ban", "old.b.1", &json!({ "new_status": true })),
                400,
                unsupported,
            ),
            (
                about("update-requests", "old.b.1", &json!({ "action": "add" })),
                400,
                unsupported,
            ),
            (
                about("remove-user", "old.b.1", &json!({})),
                400,
                unsupported,
            ),
            (about("fetch-user", "old.b.1", &json!({})), 400, unsupported),
            (
                about("get-user", "github.x", &json!({})),
                404,
                "No user github.x",
            ),
            // The own account, which Maeser does not protect.
            (
                about(
                    "toggle-ban",
                    "rollcall.root",
                    &json!({ "new_status": true }),
                ),
                403,
                "Cannot suspend yourself",
            ),
        ] {
            assert_page(&world.command(&body).await, status, says);
        }
    }
    assert!(entries(&pool).await.is_empty());
}

#[testing::test]
async fn removed_user_is_deleted_and_can_be_restored(pool: PgPool) {
    let [below, own] = both(&pool).await;
    let alice = session(&pool, "alice").await;
    own.change(
        "remove-user",
        "github.alice123",
        &json!({}),
        "Removed github.alice123 from the cache",
    )
    .await;
    assert_eq!(own.get(&alice, "/").await.status, 302);
    assert_eq!(
        own.names(&json!({ "auth-filter": "github" })).await,
        [""; 0]
    );
    let asked = about("get-user", "github.alice123", &json!({}));
    assert_page(&own.command(&asked).await, 404, "No user github.alice123");
    // Users of an authenticator that is not registered are removed by force.
    let forced = json!({ "force_remove": true });
    below
        .change(
            "remove-user",
            "old.b.1",
            &forced,
            "Removed old.b.1 from the cache",
        )
        .await;
    let name = about("remove-user", "a b.c", &forced);
    let invalid = "Invalid authenticator name: a b. Authenticator names must be alphanumeric.";
    assert_page(&below.command(&name).await, 400, invalid);
    assert_eq!(below.names(&json!({})).await, ["rollcall.root"]);
    assert_eq!(
        entries(&pool).await,
        ["user.deleted alice root api", "user.deleted bob root api"]
    );
    let path = format!("/api/admin/users/{}/restore", id_of(&pool, "alice").await);
    let restore = Ask::post(&path).by(&below.root);
    let restored = below.at.app.send(restore).await;
    assert_eq!(restored.status, 200, "{}", restored.body);
    assert_eq!(below.user("github.alice123").await["aka"], json!(["alice"]));
}

#[testing::test]
async fn cleaning_removes_identities_of_usual_users_only(pool: PgPool) {
    let [below, _] = both(&pool).await;
    add_user(&pool, "gina", &["admin"]).await;
    identify(&pool, "gina", "maeser.github", "gina").await;
    user("hugo").status("suspended").insert(&pool).await;
    identify(&pool, "hugo", "maeser.ldap", "hugo").await;
    add_user(&pool, "plain", &["user"]).await;
    add_user(&pool, "ida", &["user"]).await;
    identify(&pool, "ida", "maeser.github", "ida").await;
    identify(&pool, "ida", "maeser.ldap", "i.da").await;
    let cleanables = below.run(&json!({ "type": "list-cleanables" })).await;
    let expected = json!(["github:alice123", "github:ida", "ldap:i.da"]);
    assert_eq!(sorted(cleanables), expected);
    let cleaned = below.run(&json!({ "type": "clean-cache" })).await;
    assert_eq!(cleaned, json!({ "response": "Cleaned user cache" }));
    let none = below.run(&json!({ "type": "list-cleanables" })).await;
    assert_eq!(none, json!([]));
    assert_eq!(
        below.names(&json!({})).await,
        [
            "github.gina",
            "ldap.hugo",
            "old.b.1",
            "rollcall.plain",
            "rollcall.root"
        ]
    );
    let mut entries = entries(&pool).await;
    entries.sort();
    assert_eq!(
        entries,
        ["user.deleted alice root api", "user.deleted ida root api"]
    );
}

fn sorted(texts: Value) -> Value {
    let mut texts = texts.as_array().unwrap().clone();
    texts.sort_by_key(ToString::to_string);
    Value::Array(texts)
}

#[testing::test]
async fn fetched_user_gets_the_identity(pool: PgPool) {
    let [below, _] = both(&pool).await;
    let fetch = async |name: &str| {
        below
            .change("fetch-user", name, &json!({}), &format!("Fetched {name}"))
            .await;
    };
    for _ in 0..2 {
        fetch("ldap.bob").await;
    }
    assert_eq!(below.user("ldap.bob").await["aka"], json!(["bob"]));
    // An account keeps the identity that it has.
    fetch("github.alice").await;
    assert_eq!(
        below.names(&json!({ "auth-filter": "github" })).await,
        ["github.alice123"]
    );
    fetch("rollcall.alice").await;
    assert_eq!(entries(&pool).await, ["user.updated bob root api"]);
}
