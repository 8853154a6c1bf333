//! `rollcall user create`: new users.

use serde_json::json;
use service::passwords::{Asker, Hasher, Verdict};
use sqlx::PgPool;

use crate::support::{Cli, PUBLIC_URL, cli};

const ADA: [&str; 5] = ["create", "--username", "ada", "--name", "Ada"];

fn create(cli: &Cli, more: &[&str]) -> crate::support::Ran {
    cli.user(&[&ADA, more].concat())
}

/// Returns whether a password is that of the account `ada`.
async fn opens(cli: &Cli, password: &str) -> bool {
    let hash: String = sqlx::query_scalar("select password_hash from users where username = 'ada'")
        .fetch_one(&cli.pool)
        .await
        .unwrap();
    let hasher = Hasher::start().unwrap();
    matches!(
        hasher
            .verify(Asker::Operator, password.into(), Some(hash))
            .await,
        Ok(Verdict::Right)
    )
}

#[testing::test]
async fn every_flag_is_stored(pool: PgPool) {
    let cli = cli(&pool);
    let preferences = r#"{"email":true,"ui":false}"#;
    let created = create(
        &cli,
        &[
            "--email",
            "ada@example.org",
            "--password",
            "open sesame ",
            "--roles",
            "admin, user",
            "--client-list",
            "3,1,2",
            "--notification-preferences",
            preferences,
            "--json",
        ],
    );
    let created = created.json();
    for (field, expected) in [
        ("number", json!(1)),
        ("username", json!("ada")),
        ("displayName", json!("Ada")),
        ("email", json!("ada@example.org")),
        ("isAdmin", json!(true)),
        ("roles", json!(["admin", "user"])),
        ("status", json!("active")),
        ("hasPassword", json!(true)),
        ("mustChangePassword", json!(true)),
        ("createdVia", json!("cli")),
        ("clientList", json!([3, 1, 2])),
        (
            "notificationPreferences",
            json!({ "email": true, "ui": false }),
        ),
    ] {
        assert_eq!(created[field], expected, "{field}");
    }
    assert!(created.get("link").is_none(), "{created}");
    assert!(opens(&cli, "open sesame ").await);
    assert!(!opens(&cli, "open sesame").await);
}

#[testing::test]
async fn user_without_password_gets_a_link(pool: PgPool) {
    let cli = cli(&pool);
    let text = create(&cli, &[]).text();
    let (first, link) = text.trim_end().rsplit_once('\n').unwrap();
    assert!(
        first.starts_with("Created user 1 (ada) with the role user.\n"),
        "{text}"
    );
    assert!(link.starts_with(&format!("{PUBLIC_URL}/reset/")), "{text}");
    let bob = ["create", "--username", "bob", "--name", "Bob", "--json"];
    let bob = cli.user(&bob).json();
    assert!(
        bob["link"]["url"].as_str().unwrap().contains("/reset/"),
        "{bob}"
    );
    assert_eq!(
        (&bob["roles"], &bob["hasPassword"]),
        (&json!(["user"]), &json!(false))
    );
}

#[testing::test]
async fn password_is_read_from_stdin(pool: PgPool) {
    let cli = cli(&pool);
    let words = [&ADA[..], &["--password", "-"]].concat();
    let text = cli.user_with_input(&words, "open sesame \nmore\n").text();
    assert!(text.contains("The password is temporary"), "{text}");
    assert!(opens(&cli, "open sesame ").await);
    let update = ["update", "ada", "--password-stdin"];
    cli.user_with_input(&update, "close sesame").text();
    assert!(opens(&cli, "close sesame").await);
    let short = cli.user_with_input(&update, "\n").failure();
    assert_eq!(short, "password: Use at least 6 characters.");
    let long = cli.user_with_input(&update, &"x".repeat(10_000)).failure();
    assert_eq!(long, "password: Use at most 256 bytes.");
    let both = [
        "update",
        "ada",
        "--password-stdin",
        "--password",
        "other sesame",
    ];
    cli.user(&both).misunderstanding();
    cli.user(&["update", "ada", "--password", "-- open sesame"])
        .text();
    assert!(opens(&cli, "-- open sesame").await);
}

#[testing::test]
async fn user_without_username_signs_in_by_email(pool: PgPool) {
    let cli = cli(&pool);
    let create = |email: &str| cli.user(&["create", "--name", "Ada", "--email", email, "--json"]);
    let ada = create("ada+x@example.org").json();
    assert_eq!(ada["username"], "ada+x@example.org");
    let long = format!("{}@example.org", "a".repeat(45));
    assert_eq!(
        create(&long).failure(),
        "username: The email address cannot be the username: Use 3 to 50 characters. Choose one with --username."
    );
    let character = create("o'brien@example.org").failure();
    assert!(
        character.contains("Choose one with --username."),
        "{character}"
    );
    assert_eq!(
        create("unknown").failure(),
        "email: Enter an email address such as name@example.org."
    );
    assert_eq!(
        create("ADA+X@example.org").failure(),
        "username: Username already exists"
    );
    let named = [
        "create",
        "--name",
        "A",
        "--email",
        long.as_str(),
        "--username",
        "long",
    ];
    cli.user(&named).text();
    cli.user(&["create", "--name", "Ada"]).misunderstanding();
}

#[testing::test]
async fn missing_role_is_created(pool: PgPool) {
    let cli = cli(&pool);
    let taken = [
        "create",
        "--username",
        "ada",
        "--name",
        "x",
        "--roles",
        "lost",
    ];
    let created = create(&cli, &["--roles", "user,Manager"]);
    assert_eq!(created.code, 0, "{created:?}");
    assert_eq!(
        created.err,
        "rollcall: Created the role manager, without permissions.\n"
    );
    assert_eq!(cli.actions().await, ["role.created", "user.created"]);
    let permitted = "select count(*) from roles where name = 'manager' and permissions = '{}' and builtin_kind is null";
    assert_eq!(cli.count(permitted).await, 1);
    assert_eq!(cli.get("ada")["roles"], json!(["manager", "user"]));
    assert_eq!(
        cli.user(&taken).failure(),
        "username: Username already exists"
    );
    assert_eq!(
        cli.count("select count(*) from roles where name = 'lost'")
            .await,
        0
    );
    let again = cli.user(&["set-roles", "ada", "manager"]).text();
    assert_eq!(again, "Assigned the role manager to user 1 (ada).\n");
    assert_eq!(
        cli.count("select count(*) from roles where builtin_kind is null")
            .await,
        1
    );
}
