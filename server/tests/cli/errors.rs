//! Arguments that are not understood, and commands that cannot work at all.

use std::process::Command;

use sqlx::PgPool;

use crate::support::{ROLLCALL, cli};

#[testing::test]
async fn invalid_names_and_emails_are_each_reported(pool: PgPool) {
    let cli = cli(&pool);
    let long = "a".repeat(51);
    let roles = vec!["r"; 21].join(",");
    for (words, says) in [
        (
            &["--name", "", "--email", "x"][..],
            "name: Enter a name.\nemail: Enter an email address such as name@example.org.",
        ),
        (
            &["--name", "x", "--username", "ab"],
            "username: Use 3 to 50 characters.",
        ),
        (
            &["--name", "x", "--username", &long],
            "username: Use 3 to 50 characters.",
        ),
        (
            &["--name", "x", "--username", "a\u{202E}da"],
            "username: Remove the invisible control characters.",
        ),
        (
            &["--name", "a\u{1b}[2J", "--username", "ada"],
            "name: Remove the invisible control characters.",
        ),
        (
            &["--name", "x", "--username", "ada", "--password", "12345"],
            "password: Use at least 6 characters.",
        ),
        (
            &["--name", "x", "--username", "ada", "--roles", "a b"],
            "roles: Use 1 to 50 letters, digits and . _ - : for a role name.",
        ),
        (
            &["--name", "x", "--username", "ada", "--roles", &roles],
            "roles: Assign at most 20 roles.",
        ),
        (
            &[
                "--name",
                "x",
                "--username",
                "ada",
                "--notification-preferences",
                r#"{"a":"\u0000"}"#,
            ],
            "notification-preferences: Remove the NUL characters.",
        ),
    ] {
        let message = cli.user(&[&["create"], words].concat()).failure();
        assert_eq!(message, says, "{words:?}");
    }
    let clients = vec!["1"; 1_001].join(",");
    let many = [
        "create",
        "--name",
        "x",
        "--username",
        "ada",
        "--client-list",
        &clients,
    ];
    assert_eq!(
        cli.user(&many).failure(),
        "client-list: List at most 1000 clients."
    );
    assert_eq!(cli.count("select count(*) from users").await, 0);
    assert_eq!(cli.count("select count(*) from audit_events").await, 0);
}

#[testing::test]
async fn invalid_arguments_are_reported(pool: PgPool) {
    let cli = cli(&pool);
    for words in [
        &[][..],
        &["frobnicate"],
        &["create"],
        &["create", "--email", "ada@example.org"],
        &[
            "create",
            "--name",
            "x",
            "--email",
            "ada@example.org",
            "--admin",
        ],
        &[
            "create",
            "--name",
            "x",
            "--email",
            "ada@example.org",
            "--client-list",
            "1,b",
        ],
        &[
            "create",
            "--name",
            "x",
            "--email",
            "ada@example.org",
            "--notification-preferences",
            "{email:true}",
        ],
        &[
            "create",
            "--name",
            "x",
            "--name",
            "y",
            "--email",
            "ada@example.org",
        ],
        &["delete"],
        &["delete", "1", "2"],
        &["reset-link"],
    ] {
        let message = cli.user(words).misunderstanding();
        let says = ["Usage: rollcall user", "error: invalid value"];
        assert!(
            says.iter().any(|says| message.contains(says)),
            "{words:?}: {message}"
        );
    }
    assert_eq!(cli.count("select count(*) from users").await, 0);
}

#[testing::test]
async fn database_error_is_reported(pool: PgPool) {
    let cli = cli(&pool);
    cli.prepare("alter table roles rename to kept_elsewhere")
        .await;
    let message = cli
        .user(&["create", "--name", "x", "--username", "ada"])
        .failure();
    assert!(
        message.starts_with("the database failed: ") && message.contains("roles"),
        "{message}"
    );
}

#[sqlx::test(migrations = false)]
async fn missing_tables_are_reported(pool: PgPool) {
    let message = cli(&pool).user(&["list"]).failure();
    assert!(message.contains("rollcall migrate"), "{message}");
}

#[testing::test]
async fn unreachable_database_is_reported(pool: PgPool) {
    let mut command = Command::new("env");
    command.args([
        "DATABASE_URL=postgres://unknown@127.0.0.1:1/nothing",
        ROLLCALL,
        "user",
        "list",
    ]);
    let message = cli(&pool).run(&mut command, "").failure();
    assert!(message.contains("Check DATABASE_URL"), "{message}");
}

#[testing::test]
async fn help_and_completions_list_every_command(pool: PgPool) {
    let cli = cli(&pool);
    let help = cli.user(&["--help"]).text();
    for shell in ["bash", "zsh", "fish"] {
        let completions = cli
            .run(Command::new(ROLLCALL).args(["completions", shell]), "")
            .text();
        for command in [
            "create",
            "update",
            "delete",
            "restore",
            "list",
            "get",
            "suspend",
            "unsuspend",
            "reset-link",
            "set-roles",
            "recover-admin",
        ] {
            assert!(completions.contains(command), "{shell}: {command}");
            assert!(
                help.contains(&format!("\n  {command} ")),
                "{command} in {help}"
            );
        }
        assert!(completions.contains("notification-preferences"), "{shell}");
    }
}
