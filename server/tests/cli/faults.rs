//! Arguments that are not understood, and commands that cannot work at all.

use std::process::Command;

use sqlx::PgPool;

use crate::support::{ROLLCALL, cli};

#[sqlx::test(migrations = "../migrations")]
async fn bad_names_and_addresses_are_each_told(pool: PgPool) {
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
        let told = cli.user(&[&["create"], words].concat()).failure();
        assert_eq!(told, says, "{words:?}");
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
        "client-list: Name at most 1000 clients."
    );
    assert_eq!(cli.count("select count(*) from users").await, 0);
    assert_eq!(cli.count("select count(*) from audit_events").await, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_not_understood(pool: PgPool) {
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
        let told = cli.user(words).misunderstanding();
        let says = ["Usage: rollcall user", "error: invalid value"];
        assert!(
            says.iter().any(|says| told.contains(says)),
            "{words:?}: {told}"
        );
    }
    assert_eq!(cli.count("select count(*) from users").await, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_database_that_fails_is_told_as_it_is(pool: PgPool) {
    let cli = cli(&pool);
    cli.prepare("alter table roles rename to kept_elsewhere")
        .await;
    let told = cli
        .user(&["create", "--name", "x", "--username", "ada"])
        .failure();
    assert!(
        told.starts_with("the database failed: ") && told.contains("roles"),
        "{told}"
    );
}

#[sqlx::test(migrations = false)]
async fn a_database_without_tables_is_told(pool: PgPool) {
    let told = cli(&pool).user(&["list"]).failure();
    assert!(told.contains("rollcall migrate"), "{told}");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_database_that_is_not_there_is_told(pool: PgPool) {
    let mut command = Command::new("env");
    command.args([
        "DATABASE_URL=postgres://nobody@127.0.0.1:1/nothing",
        ROLLCALL,
        "user",
        "list",
    ]);
    let told = cli(&pool).run(&mut command, "").failure();
    assert!(told.contains("Check DATABASE_URL"), "{told}");
}

#[sqlx::test(migrations = "../migrations")]
async fn help_and_completions_know_every_command(pool: PgPool) {
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
