//! `rollcall user update` and `rollcall user set-roles`.

use serde_json::json;
use sqlx::PgPool;

use crate::support::{NO_SUCH_USER, cli};

#[testing::test]
async fn only_named_fields_change(pool: PgPool) {
    let cli = cli(&pool);
    cli.create_admin("root");
    cli.create("ada", "user");
    let id = cli.get("ada")["id"].as_str().unwrap().to_owned();
    for (words, field, expected) in [
        (
            &["ADA", "--name", "王 伟"][..],
            "displayName",
            json!("王 伟"),
        ),
        (
            &["2", "--email", "ada@example.org"],
            "email",
            json!("ada@example.org"),
        ),
        (
            &[&id, "--roles", "admin,user"],
            "roles",
            json!(["admin", "user"]),
        ),
        (&["2", "--client-list", "7,8"], "clientList", json!([7, 8])),
        (
            &["2", "--notification-preferences", r#"{"ui":true}"#],
            "notificationPreferences",
            json!({ "ui": true }),
        ),
        (
            &["2", "--password", "sesame"],
            "mustChangePassword",
            json!(true),
        ),
        (&["2", "--client-list", ""], "clientList", json!([])),
        (
            &["2", "--notification-preferences", "{}"],
            "notificationPreferences",
            json!({}),
        ),
        (&["2", "--email", ""], "email", json!(null)),
        (&["2", "--roles", ""], "roles", json!(["user"])),
    ] {
        let words = [&["update"], words].concat();
        let text = cli.user(&words).text();
        assert!(text.starts_with("Updated user 2 (ada)."), "{text}");
        assert_eq!(cli.get("ada")[field], expected, "{words:?}");
    }
    let ada = cli.get("ada");
    assert_eq!(
        (&ada["displayName"], &ada["hasPassword"]),
        (&json!("王 伟"), &json!(true))
    );
    let json = cli.user(&["update", "2", "--name", "Ada", "--json"]).json();
    assert_eq!(
        (&json["displayName"], &json["_count"]["personas"]),
        (&json!("Ada"), &json!(0))
    );
}

#[testing::test]
async fn sessions_end_on_request(pool: PgPool) {
    let cli = cli(&pool);
    cli.create("ada", "user");
    cli.prepare(
        "insert into sessions (id, token_hash, user_id, created_at, last_seen_at, idle_expires_at, expires_at)
        select uuid_v7(now()), '\\x00', id, now(), now(), now() + interval '1 day', now() + interval '1 day' from users",
    )
    .await;
    cli.user(&["update", "ada", "--password", "sesame"]).text();
    assert_eq!(cli.get("ada")["sessionCount"], 1);
    cli.user(&["update", "ada", "--revoke-sessions"]).text();
    assert_eq!(cli.get("ada")["sessionCount"], 0);
}

#[testing::test]
async fn invalid_changes_are_rejected(pool: PgPool) {
    let cli = cli(&pool);
    cli.create("ada", "user");
    cli.create("bob", "user");
    cli.user(&["update", "ada", "--email", "ada@example.org"])
        .text();
    for (words, says) in [
        (
            &["bob", "--email", "ADA@example.org"][..],
            "email: Email already exists",
        ),
        (
            &["bob", "--email", "x"],
            "email: Enter an email address such as name@example.org.",
        ),
        (&["bob", "--name", " "], "name: Enter a name."),
        (
            &["bob", "--password", "12345"],
            "password: Use at least 6 characters.",
        ),
        (&["3", "--name", "x"], NO_SUCH_USER),
        (&["unknown-user", "--name", "x"], NO_SUCH_USER),
        (
            &["0198c2a4-0000-7000-8000-000000000001", "--name", "x"],
            NO_SUCH_USER,
        ),
        (
            &["bob", "--name", "", "--email", "x", "--roles", "two words"],
            "name: Enter a name.\nemail: Enter an email address such as name@example.org.\n\
            roles: Use 1 to 50 letters, digits and . _ - : for a role name.",
        ),
    ] {
        let message = cli.user(&[&["update"], words].concat()).failure();
        assert_eq!(message, says, "{words:?}");
    }
    for words in [
        &["update"][..],
        &["update", "bob"],
        &["update", "bob", "--username", "other"],
        &["update", "bob", "--client-list", "a"],
        &["update", "bob", "--notification-preferences", "[]"],
        &["set-roles", "bob"],
        &["set-roles"],
    ] {
        cli.user(words).misunderstanding();
    }
    assert_eq!(cli.get("bob")["version"], 1);
}
