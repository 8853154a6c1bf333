//! `rollcall user recover-admin`: an admin who can sign in.

use std::process::Command;

use serde_json::json;
use service::{access::Origin, reset};
use sqlx::PgPool;

use crate::support::{Cli, NO_SUCH_USER, PUBLIC_URL, ROLLCALL, cli, services};

#[testing::test]
async fn first_admin_is_created_from_nothing(pool: PgPool) {
    let cli = cli(&pool);
    let text = cli.user(&["recover-admin", "ada"]).text();
    assert!(
        text.starts_with("Recovered user 1 (ada) with the roles admin, user.\n"),
        "{text}"
    );
    let link = text.lines().last().unwrap();
    assert!(link.starts_with(&format!("{PUBLIC_URL}/reset/")), "{text}");
    assert_eq!(cli.actions().await, ["user.admin_recovered"]);
    // A second run creates another link for the same account.
    let again = cli.user(&["recover-admin", "Ada", "--json"]).json();
    assert_eq!(
        (&again["number"], &again["isAdmin"]),
        (&json!(1), &json!(true))
    );
    assert_ne!(again["link"]["url"], link);
    let live = "select count(*) from one_time_links where revoked_at is null";
    assert_eq!(cli.count(live).await, 1);
}

#[testing::test]
async fn recovery_link_signs_in(pool: PgPool) {
    let cli = cli(&pool);
    let setup = |cli: &Cli| cli.run(Command::new(ROLLCALL).arg("setup-link"), "");
    let recovered = cli.user(&["recover-admin", "ada", "--json"]).json();
    let token = recovered["link"]["url"].as_str().unwrap();
    let token = token.rsplit('/').next().unwrap();
    setup(&cli).text();
    let password = "open sesame today";
    reset::choose_password(
        &services(&pool),
        token,
        reset::Choice {
            password,
            password_again: password,
            revoke_tokens: false,
        },
        Origin::default(),
    )
    .await
    .unwrap();
    let message = setup(&cli).failure();
    assert!(message.contains("Setup is already complete"), "{message}");
}

#[testing::test]
async fn recovery_works_whatever_the_account_state(pool: PgPool) {
    let cli = cli(&pool);
    cli.create("plain", "user,manager");
    cli.create_admin("root");
    cli.create_admin("kept-out");
    cli.create_admin("binned");
    cli.create_admin("both");
    cli.create("waiting", "user");
    cli.user(&["suspend", "kept-out", "--reason", "x", "--until", "3d"])
        .text();
    cli.user(&["suspend", "both", "--reason", "x"]).text();
    cli.user(&["delete", "both"]).text();
    cli.user(&["delete", "binned"]).text();
    cli.prepare("update users set status = 'pending' where username = 'waiting'")
        .await;
    for (name, changed) in [
        ("plain", json!(["roles"])),
        ("root", json!([])),
        ("kept-out", json!(["status"])),
        ("binned", json!(["deleted"])),
        ("both", json!(["status", "deleted"])),
        ("waiting", json!(["roles", "status"])),
    ] {
        let user = cli.user(&["recover-admin", name, "--json"]).json();
        assert_eq!(user["username"], name);
        for (field, expected) in [
            ("isAdmin", json!(true)),
            ("status", json!("active")),
            ("deletedAt", json!(null)),
            ("suspension", json!(null)),
        ] {
            assert_eq!(user[field], expected, "{name} {field}");
        }
        let entry: serde_json::Value = sqlx::query_scalar(
            "select jsonb_path_query_array(changes - 'link', '$.keyvalue().key') from audit_events
            where action = 'user.admin_recovered' order by id desc limit 1",
        )
        .fetch_one(&cli.pool)
        .await
        .unwrap();
        assert_eq!(entry, changed, "{name}");
    }
    assert_eq!(
        cli.get("plain")["roles"],
        json!(["admin", "manager", "user"])
    );
    assert_eq!(cli.get("root")["hasPassword"], true);
}

#[testing::test]
async fn unrecoverable_accounts_are_rejected(pool: PgPool) {
    let cli = cli(&pool);
    for (name, says) in [
        ("7", NO_SUCH_USER),
        ("0198c2a4-0000-7000-8000-000000000001", NO_SUCH_USER),
        ("ab", "username: Use 3 to 50 characters."),
        (
            "two words",
            "username: Use only letters, digits and . _ - @ +, and start with a letter or digit.",
        ),
    ] {
        assert_eq!(cli.user(&["recover-admin", name]).failure(), says);
    }
    cli.user(&["recover-admin"]).misunderstanding();
    cli.create("ada", "user");
    cli.prepare(
        "update users set deleted_at = now(), purge_after = now();
        insert into jobs (id, kind, params, created_at)
        select uuid_v7(now()), 'purge', jsonb_build_object('user_id', id), now() from users",
    )
    .await;
    let message = cli.user(&["recover-admin", "ada"]).failure();
    assert_eq!(
        message,
        "This user is being permanently deleted. Choose another one."
    );
    assert_eq!(cli.actions().await, ["user.created"]);
}

/// Checks a server that listens on every address of its machine and so has none that a browser could open.
#[testing::test]
async fn links_need_a_reachable_address(pool: PgPool) {
    let cli = cli(&pool);
    let everywhere = |words: &[&str]| {
        let mut command = Command::new(ROLLCALL);
        let command = cli.with_settings(command.args(words));
        command.env("LEPTOS_SITE_ADDR", "0.0.0.0:3000");
        let ran = command.env("PUBLIC_URL", "").output().unwrap();
        assert!(ran.status.success(), "{ran:?}");
        [ran.stdout, ran.stderr].map(|text| String::from_utf8(text).unwrap())
    };
    for (words, begins) in [
        (&["setup-link"][..], "http://localhost:3000/setup/"),
        (
            &["user", "create", "--username", "bob", "--name", "Bob"],
            "http://localhost:3000/reset/",
        ),
        (
            &["user", "reset-link", "bob"],
            "http://localhost:3000/reset/",
        ),
        (
            &["user", "recover-admin", "ada"],
            "http://localhost:3000/reset/",
        ),
    ] {
        let [out, err] = everywhere(words);
        assert!(out.contains(begins), "{words:?}: {out}");
        assert!(
            err.contains("Set PUBLIC_URL to the URL"),
            "{words:?}: {err}"
        );
    }
    let message = cli.user(&["reset-link", "bob", "--json"]).text();
    assert!(
        message.contains("https://users.example.org/reset/"),
        "{message}"
    );
}
