//! `rollcall virtual-key` and `rollcall limit models`.

use std::process::Command;

use serde_json::json;
use sqlx::PgPool;

use crate::support::{Cli, NO_SUCH_USER, ROLLCALL, Ran, cli};

fn key(cli: &Cli, words: &[&str]) -> Ran {
    let mut command = Command::new(ROLLCALL);
    cli.run(command.arg("virtual-key").args(words), "")
}

#[testing::test]
async fn keys_are_created_blocked_rotated_and_revoked(pool: PgPool) {
    let cli = cli(&pool);
    cli.create("ada", "user");
    cli.prepare("update users set must_change_password = false")
        .await;
    let created = key(
        &cli,
        &[
            "create",
            "--user",
            "ada",
            "--name",
            "lab",
            "--models",
            "gpt,llama",
            "--metadata",
            r#"{"team":"a"}"#,
        ],
    );
    assert_eq!((created.code, created.out.len()), (0, 42), "{created:?}");
    assert!(created.out.starts_with("sk-"), "{created:?}");
    assert!(
        created.err.starts_with("rollcall: Virtual key for user "),
        "{created:?}"
    );
    let listed = key(&cli, &["list", "--user", "ada"]).text();
    let row = listed.lines().nth(1).unwrap();
    assert!(
        row.contains("gpt,llama") && row.contains("live"),
        "{listed}"
    );
    assert!(!row.contains(created.out.trim()), "{listed}");
    let listed = key(&cli, &["list", "--json"]).json();
    assert_eq!(listed[0]["key"]["metadata"], json!({ "team": "a" }));
    let id = listed[0]["id"].as_str().unwrap();
    assert_eq!(
        key(&cli, &["block", id]).text(),
        format!("Blocked virtual key {id}.\n")
    );
    assert_eq!(
        key(&cli, &["block", id]).failure(),
        "This virtual key is blocked."
    );
    let blocked = key(&cli, &["list", "--state", "blocked", "--json"]).json();
    assert_eq!(blocked[0]["id"], id);
    assert_eq!(
        key(&cli, &["unblock", id]).text(),
        format!("Unblocked virtual key {id}.\n")
    );
    let edited = key(
        &cli,
        &["edit", id, "--name", "Notebook", "--models", "", "--json"],
    )
    .json();
    assert_eq!(edited["name"], "Notebook");
    assert_eq!(edited["key"]["allowedModels"], json!([]));
    assert_eq!(edited["key"]["metadata"], json!({ "team": "a" }));
    assert_eq!(
        key(&cli, &["edit", id, "--all-models"]).text(),
        format!("Changed virtual key {id}.\n")
    );
    assert_eq!(
        key(&cli, &["edit", id, "--days", "0"]).failure(),
        "days: Enter a number of days from 1 to 365, the maximum on this server."
    );
    let rotated = key(&cli, &["rotate", id, "--overlap-hours", "0"]);
    assert!(
        rotated.out.starts_with("sk-") && rotated.out != created.out,
        "{rotated:?}"
    );
    assert!(
        rotated.err.contains("The previous secret no longer works."),
        "{rotated:?}"
    );
    assert_eq!(
        key(&cli, &["rotate", id, "--overlap-hours", "169"]).failure(),
        "overlap-hours: Use 0 to 168 hours."
    );
    assert_eq!(
        key(&cli, &["revoke", id]).text(),
        format!("Revoked virtual key {id}.\n")
    );
    assert_eq!(key(&cli, &["block", id]).failure(), "Virtual key not found");
    let query = "select count(*) from audit_events where via = 'cli' and target_label = 'ada'
        and action like 'user.virtual_key_%'";
    assert_eq!(cli.count(query).await, 7);
    let unknown = key(&cli, &["create", "--user", "eve", "--name", "x"]);
    assert_eq!(unknown.failure(), NO_SUCH_USER);
}

#[testing::test]
async fn models_of_a_user_are_set_and_shown(pool: PgPool) {
    let cli = cli(&pool);
    cli.create("ada", "user");
    let models = |more: &[&str]| {
        let mut command = Command::new(ROLLCALL);
        let words = [&["limit", "models", "ada"][..], more].concat();
        cli.run(command.args(words), "").text()
    };
    assert_eq!(models(&[]), "All models are allowed.\n");
    assert_eq!(
        models(&["--allow", "gpt, llama"]),
        "Allowed models: gpt, llama.\n"
    );
    assert_eq!(models(&["--allow", ""]), "No models are allowed.\n");
    assert_eq!(models(&[]), "No models are allowed.\n");
    assert_eq!(models(&["--all"]), "All models are allowed.\n");
}
