//! `rollcall token`: creation, lists and revocation.

use std::process::Command;

use sqlx::PgPool;

use crate::support::{Cli, NO_SUCH_USER, ROLLCALL, Ran, cli};

fn token(cli: &Cli, words: &[&str]) -> Ran {
    let mut command = Command::new(ROLLCALL);
    cli.run(command.arg("token").args(words), "")
}

#[testing::test]
async fn tokens_are_created_listed_and_revoked(pool: PgPool) {
    let cli = cli(&pool);
    cli.create_admin("ada");
    // A password that another user has set gives no program access either.
    cli.prepare("update users set must_change_password = false")
        .await;
    let created = token(
        &cli,
        &[
            "create",
            "--user",
            "ada",
            "--name",
            "nightly",
            "--scopes",
            "users:read,account",
        ],
    );
    assert_eq!((created.code, created.out.len()), (0, 42), "{created:?}");
    assert!(
        created.out.starts_with("rc_"),
        "a program can read it unchanged: {created:?}"
    );
    assert!(
        created
            .err
            .starts_with("rollcall: Access token for user 1 (ada), valid until "),
        "{created:?}"
    );

    let listed = token(&cli, &["list", "--user", "1"]).text();
    let row = listed.lines().nth(1).unwrap();
    assert!(
        row.contains(&created.out[..11]) && !row.contains(created.out.trim()),
        "{listed}"
    );
    assert!(
        row.contains("nightly") && row.contains("account") && row.contains("live"),
        "{listed}"
    );
    let json = token(&cli, &["list", "--json"]).json();
    assert_eq!(
        json[0]["scopes"],
        serde_json::json!(["users:read", "account"])
    );
    let id = json[0]["id"].as_str().unwrap();
    assert_eq!(
        token(&cli, &["revoke", id]).text(),
        format!("Revoked access token {id}.\n")
    );
    assert_eq!(
        token(&cli, &["revoke", id]).failure(),
        "Access token not found"
    );
    assert_eq!(
        token(&cli, &["list", "--state", "live", "--json"]).text(),
        "[]\n"
    );
    assert_eq!(
        token(&cli, &["list", "--state", "revoked", "--json"]).json()[0]["state"],
        "revoked"
    );
    let actions = cli.actions().await;
    assert_eq!(actions[1..], ["user.token_created", "user.token_revoked"]);
    let query =
        "select count(*) from audit_events where via = 'cli' and actor_label = 'command line'
        and target_label = 'ada' and action like 'user.token_%'";
    assert_eq!(cli.count(query).await, 2);
}

#[testing::test]
async fn invalid_arguments_are_reported(pool: PgPool) {
    let cli = cli(&pool);
    cli.create("bob", "user");
    let create = |more: &[&str]| token(&cli, &[&["create", "--name", "x"], more].concat());
    for (words, says) in [
        (
            &["--user", "bob", "--scopes", "users:read"][..],
            "scopes: The owner doesn't have the permission users:read.",
        ),
        (
            &["--user", "bob", "--scopes", "users"],
            "scopes: Unknown scope: \"users\".",
        ),
        (
            &["--user", "bob", "--scopes", "account", "--days", "0"],
            "days: Enter a number of days from 1 to 365, the maximum on this server.",
        ),
        (
            &["--user", "bob", "--scopes", "account", "--no-end"],
            "days: Enter a number of days from 1 to 365, the maximum on this server.",
        ),
        (&["--user", "eve", "--scopes", "account"], NO_SUCH_USER),
    ] {
        assert_eq!(create(words).failure(), says, "{words:?}");
    }
    create(&["--user", "bob"]).misunderstanding();
    create(&[
        "--user", "bob", "--scopes", "account", "--days", "3", "--no-end",
    ])
    .misunderstanding();
    token(&cli, &["revoke", "nightly"]).misunderstanding();
    let dead = token(&cli, &["list", "--state", "dead"]).misunderstanding();
    assert!(dead.contains("`state` is \"dead\"."), "{dead}");
    for option in ["--user", "--state"] {
        let blank = token(&cli, &["list", option, ""]).misunderstanding();
        assert!(blank.contains("the value is empty"), "{option}: {blank}");
    }
    assert_eq!(cli.count("select count(*) from access_tokens").await, 0);
    let mut endless = Command::new(ROLLCALL);
    endless
        .args([
            "token", "create", "--user", "bob", "--name", "x", "--scopes", "account", "--no-end",
        ])
        .env("TOKEN_MAX_DAYS", "0");
    let created = cli.run(&mut endless, "");
    assert!(created.err.ends_with("never expires.\n"), "{created:?}");
    let none = "select count(*) from access_tokens where expires_at is null";
    assert_eq!(cli.count(none).await, 1);
}
