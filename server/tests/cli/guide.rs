//! Command lines of guide 001, each unchanged, by `scripts/user`.

use std::{env, fs, os::unix::fs::symlink, path::PathBuf, process::Command};

use serde_json::json;
use sqlx::PgPool;

use crate::support::{Cli, NO_SUCH_USER, ROLLCALL, Ran, cli, root};

/// Creates a build folder with the program of this test alone.
fn target(name: &str) -> PathBuf {
    let target = env::temp_dir().join(format!("rollcall-{name}-{}", std::process::id()));
    fs::create_dir_all(target.join("debug")).unwrap();
    symlink(ROLLCALL, target.join("debug/rollcall")).unwrap();
    target
}

/// Runs lines of a shell in the root of the checkout.
fn shell(cli: &Cli, name: &str, lines: &str) -> Ran {
    let target = target(name);
    let mut bash = Command::new("bash");
    bash.args(["-c", lines]).current_dir(root());
    let ran = cli.run(bash.env("CARGO_TARGET_DIR", &target), "");
    fs::remove_dir_all(target).unwrap();
    ran
}

const FIRST: &str = r#"./scripts/user create --name "Admin User" --email "admin@example.com" --password "securepassword" --roles admin,user"#;

#[testing::test]
async fn create_change_list_and_delete(pool: PgPool) {
    let cli = cli(&pool);
    let run = |lines| shell(&cli, "steps", lines);
    let text = run(FIRST).text();
    assert!(
        text.starts_with("Created user 1 (admin@example.com) with the roles admin, user.\n"),
        "{text}"
    );
    assert_eq!(run(FIRST).failure(), "username: Username already exists");

    let text =
        run(r#"./scripts/user update 1 --name "Updated Name" --password "newpassword""#).text();
    assert!(
        text.starts_with("Updated user 1 (admin@example.com).\n"),
        "{text}"
    );
    let updated = run(r#"./scripts/user update 1 \
  --name "Updated Name" \
  --email "updated@example.com" \
  --roles admin,user,manager"#);
    assert_eq!(
        (updated.code, updated.err.as_str()),
        (
            0,
            "rollcall: Created the role manager, without permissions.\n"
        )
    );
    run(r#"./scripts/user update 1 --password "newpassword""#).text();
    run("./scripts/user update 1 --roles admin,user").text();
    let user = cli.get("1");
    assert_eq!(
        (&user["displayName"], &user["email"], &user["roles"]),
        (
            &json!("Updated Name"),
            &json!("updated@example.com"),
            &json!(["admin", "user"])
        )
    );

    cli.create_admin("another");
    let text = run("./scripts/user list").text();
    assert_eq!(text.lines().count(), 3, "{text}");
    let text = run("./scripts/user list --skip 1 --limit 1").text();
    assert!(
        text.contains("another") && !text.contains("Updated Name"),
        "{text}"
    );
    assert!(run("./scripts/user get 1").text().contains("Updated Name"));
    run("./scripts/user delete 1").text();
    for line in [
        "get 1",
        "delete 1",
        "update 1 --name x",
        "get 7",
        "delete 7",
        "update 7 --name x",
    ] {
        let ran = shell(&cli, "gone", &format!("./scripts/user {line}"));
        assert!(ran.failure().starts_with(NO_SUCH_USER), "{line}");
    }
}

#[testing::test]
async fn with_all_parameters(pool: PgPool) {
    let cli = cli(&pool);
    let lines = r#"./scripts/user create \
  --name "Admin User" \
  --email "admin@example.com" \
  --password "securepassword" \
  --roles admin,user \
  --client-list 1,2,3 \
  --notification-preferences '{"email":true,"ui":true}'"#;
    shell(&cli, "all", lines).text();
    let user = cli.get("1");
    assert_eq!(user["clientList"], json!([1, 2, 3]));
    assert_eq!(
        user["notificationPreferences"],
        json!({ "email": true, "ui": true })
    );
    assert_eq!(user["hasPassword"], true);
}

#[testing::test]
async fn first_admin_is_created(pool: PgPool) {
    let cli = cli(&pool);
    let lines = r#"./scripts/user create \
  --name "Admin User" \
  --email "admin@example.com" \
  --password "securepassword" \
  --roles admin"#;
    shell(&cli, "first", lines).text();
    assert_eq!(cli.get("admin@example.com")["roles"], json!(["admin"]));
}
