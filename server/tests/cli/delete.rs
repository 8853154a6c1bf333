//! `rollcall user delete`, `restore` and `get`.

use serde_json::json;
use sqlx::PgPool;

use crate::support::{Cli, NO_SUCH_USER, cli};

/// Adds a session, two personas, an ontology and three annotations of `ada`.
async fn furnish(cli: &Cli) {
    cli.prepare(
        "insert into sessions (id, token_hash, user_id, created_at, last_seen_at, idle_expires_at, expires_at)
        select uuid_v7(now()), '\\x01', id, now(), now(), now() + interval '1 day', now() + interval '1 day'
        from users where username = 'ada';
        insert into personas (id, user_id, name, role, information_need, created_at)
        select uuid_v7(now()), id, 'p' || n, 'r', 'i', now() from users, generate_series(1, 2) n where username = 'ada';
        insert into ontologies (id, persona_id, user_id, name, created_at)
        select uuid_v7(now()), id, user_id, 'o', now() from personas where name = 'p1';
        insert into annotations (id, persona_id, user_id, video_id, label, created_at)
        select uuid_v7(now()), id, user_id, 'v', 'l', now() from personas, generate_series(1, 3) where name = 'p1'",
    )
    .await;
}

#[testing::test]
async fn delete_and_restore(pool: PgPool) {
    let cli = cli(&pool);
    cli.create("ada", "user");
    furnish(&cli).await;
    let text = cli.user(&["delete", "1"]).text();
    let mut lines = text.lines();
    let first = lines.next().unwrap();
    assert!(
        first.starts_with("Deleted user 1 (ada). Can be restored until "),
        "{text}"
    );
    assert!(
        first.ends_with(" UTC with `rollcall user restore ada`."),
        "{text}"
    );
    let counts: Vec<&str> = lines.collect();
    assert_eq!(
        counts,
        [
            "Deleted data:",
            "  Sessions       1",
            "  Personas       2",
            "  Ontologies     1",
            "  Annotations    3",
            "  Conversations  0",
            "  Messages       0",
            "  API keys       0",
            "  Access tokens  0"
        ]
    );
    let gone = format!(
        "{NO_SUCH_USER}: the user was deleted. To restore it, run `rollcall user restore ada`."
    );
    for words in [
        &["get", "1"][..],
        &["get", "ada"],
        &["update", "1", "--name", "x"],
        &["delete", "1"],
        &["suspend", "1", "--reason", "x"],
        &["unsuspend", "1"],
        &["reset-link", "1"],
        &["set-roles", "1", "user"],
    ] {
        assert_eq!(cli.user(words).failure(), gone, "{words:?}");
    }
    assert!(
        cli.user(&["get", "1", "--deleted"])
            .text()
            .contains("\nDeleted ")
    );
    let message = cli.user(&["create", "--username", "Ada", "--name", "Ada"]);
    assert_eq!(
        message.failure(),
        "username: Username already exists. It belongs to a deleted user: restore the user with `rollcall user restore ada`, or \
        free the username with `rollcall user delete ada --permanent`."
    );
    assert_eq!(cli.user(&["list", "--json"]).json(), json!([]));
    let text = cli.user(&["restore", "1"]).text();
    assert_eq!(text, "Restored user 1 (ada). Sessions are not restored.\n");
    let ada = cli.get("1");
    assert_eq!(
        (&ada["personaCount"], &ada["sessionCount"]),
        (&json!(2), &json!(0))
    );
    assert_eq!(
        cli.user(&["restore", "1"]).failure(),
        "This user is not deleted."
    );
    assert_eq!(cli.user(&["restore", "2"]).failure(), NO_SUCH_USER);
}

#[testing::test]
async fn permanent_deletion(pool: PgPool) {
    let cli = cli(&pool);
    cli.create("ada", "user");
    cli.create("bob", "user");
    furnish(&cli).await;
    let answer = cli.user(&["delete", "ada", "--permanent", "--json"]).json();
    assert_eq!(
        answer,
        json!({
            "success": true,
            "permanent": true,
            "restorableUntil": null,
            "counts": {
                "sessions": 1, "personas": 2, "ontologies": 1, "annotations": 3, "conversations": 0, "messages": 0,
                "apiKeys": 0, "tokens": 0
            }
        })
    );
    assert_eq!(cli.count("select count(*) from users").await, 1);
    assert_eq!(cli.count("select count(*) from annotations").await, 0);
    assert_eq!(cli.user(&["get", "1"]).failure(), NO_SUCH_USER);
    assert_eq!(cli.user(&["restore", "1"]).failure(), NO_SUCH_USER);
    let bin = cli.user(&["delete", "bob", "--json"]).json();
    assert_eq!(bin["permanent"], false);
    assert!(
        bin["restorableUntil"].as_str().unwrap().ends_with('Z'),
        "{bin}"
    );
    let text = cli.user(&["delete", "bob", "--permanent"]).text();
    assert!(
        text.starts_with("Permanently deleted user 2 (bob).\n"),
        "{text}"
    );
    assert_eq!(cli.count("select count(*) from users").await, 0);
    assert_eq!(
        cli.user(&["delete", "bob", "--permanent"]).failure(),
        NO_SUCH_USER
    );
}

#[testing::test]
async fn without_retention_deletion_is_permanent(pool: PgPool) {
    let cli = cli(&pool);
    cli.create("ada", "user");
    let mut command = std::process::Command::new("env");
    command.args([
        "DELETE_RETENTION_DAYS=0",
        crate::support::ROLLCALL,
        "user",
        "delete",
        "1",
    ]);
    let text = cli.run(&mut command, "").text();
    assert!(
        text.starts_with("Permanently deleted user 1 (ada).\n"),
        "{text}"
    );
    assert_eq!(cli.count("select count(*) from users").await, 0);
}

#[testing::test]
async fn last_admin_cannot_be_deleted(pool: PgPool) {
    let cli = cli(&pool);
    cli.create_admin("ada");
    let last = "This is the last active administrator. Add another one first.";
    for words in [
        &["delete", "1"][..],
        &["delete", "1", "--permanent"],
        &["update", "1", "--roles", "user"],
        &["update", "1", "--roles", ""],
        &["set-roles", "1", "user,manager"],
        &["suspend", "1", "--reason", "x"],
    ] {
        assert_eq!(cli.user(words).failure(), last, "{words:?}");
    }
    assert_eq!(
        cli.count("select count(*) from roles where builtin_kind is null")
            .await,
        0
    );
    // A user who cannot sign in yet does not count as another admin.
    cli.create("bob", "admin");
    assert_eq!(cli.user(&["delete", "1"]).failure(), last);
    cli.create_admin("eve");
    cli.user(&["delete", "1"]).text();
    assert_eq!(cli.user(&["set-roles", "eve", "user"]).failure(), last);
}

#[testing::test]
async fn user_is_shown_by_number_id_and_name(pool: PgPool) {
    let cli = cli(&pool);
    cli.create("ada", "user");
    let ada = cli.get("1");
    let id = ada["id"].as_str().unwrap();
    for name in ["1", "ada", "ADA", id] {
        let shown = cli.user(&["get", name, "--json"]).json();
        assert_eq!(shown["username"], "ada", "{name}");
    }
    let text = cli.user(&["get", "1"]).text();
    for line in [
        "ID             1",
        "Username       ada",
        "Status         active",
        "Last sign-in   never",
    ] {
        assert!(text.lines().any(|shown| shown == line), "{line} in {text}");
    }
    for name in [
        "2",
        "0",
        "bob",
        "",
        "99999999999999999999",
        "1 or 1=1",
        "0198c2a4-0000-7000-8000-000000000001",
    ] {
        assert_eq!(cli.user(&["get", name]).failure(), NO_SUCH_USER, "{name}");
    }
    cli.user(&["get"]).misunderstanding();
    cli.user(&["get", "-1"]).misunderstanding();
}
