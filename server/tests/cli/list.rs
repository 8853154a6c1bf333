//! `rollcall user list`: pages, filters and formats.

use std::process::Command;

use serde_json::{Value, json};
use sqlx::PgPool;
use time::{Duration, macros::datetime};

use crate::support::{Cli, ROLLCALL, cli};

/// Adds users with consecutive numbers.
pub(crate) async fn crowd(cli: &Cli) {
    testing::crowd::crowd(2200, "user-", "User ")
        .emails()
        .created_via("import")
        .created(datetime!(2026-01-01 0:00 UTC), Duration::MINUTE)
        .insert(&cli.pool)
        .await;
}

fn numbers(list: &Value) -> Vec<i64> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|user| user["number"].as_i64().unwrap())
        .collect()
}

#[testing::test]
async fn skip_and_limit_select_any_range(pool: PgPool) {
    let cli = cli(&pool);
    crowd(&cli).await;
    for (words, (first, count)) in [
        (&[][..], (1, 100)),
        (&["--skip", "0", "--limit", "3"], (1, 3)),
        (&["--skip", "3", "--limit", "3"], (4, 3)),
        (&["--skip", "990", "--limit", "1020"], (991, 1020)),
        (&["--skip", "1000", "--limit", "1000"], (1001, 1000)),
        (&["--skip", "2190"], (2191, 10)),
        (&["--limit", "1000000"], (1, 2200)),
        (&["--skip", "18446744073709551615"], (1, 0)),
        (&["--skip", "2200"], (1, 0)),
        (&["--limit", "0"], (1, 0)),
    ] {
        let list = cli.user(&[&["list", "--json"], words].concat()).json();
        let expected: Vec<i64> = (first..).take(count).collect();
        assert_eq!(numbers(&list), expected, "{words:?}");
    }
    let text = cli
        .user(&["list", "--skip", "998", "--limit", "1002"])
        .text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 1003);
    assert!(
        lines[0].starts_with("ID    NAME       EMAIL "),
        "{}",
        lines[0]
    );
    assert!(
        lines[1].starts_with("999   User 999   user-999@example.org   user-999 "),
        "{}",
        lines[1]
    );
    assert!(
        lines[1002].starts_with("2000  User 2000  "),
        "{}",
        lines[1002]
    );
}

#[testing::test]
async fn filters_and_sorts_match_the_panel(pool: PgPool) {
    let cli = cli(&pool);
    cli.create("ada", "admin,user");
    cli.create("bob", "user");
    let list = |words: &[&str]| cli.user(&[&["list", "--json"], words].concat());
    assert_eq!(numbers(&list(&["--query", "role:admin"]).json()), [1]);
    assert_eq!(numbers(&list(&["--query", "-role:admin"]).json()), [2]);
    assert_eq!(numbers(&list(&["--sort", "-username"]).json()), [2, 1]);
    assert_eq!(
        numbers(&list(&["--sort", "-created", "--limit", "1"]).json()),
        [2]
    );
    let one = list(&["--query", "ada"]).json();
    assert_eq!(
        (&one[0]["roles"], &one[0]["_count"]),
        (
            &json!(["admin", "user"]),
            &json!({ "personas": 0, "sessions": 0, "apiKeys": 0 })
        )
    );
    let none = cli.user(&["list", "--query", "unknown-user"]);
    assert_eq!((none.code, none.out.as_str()), (0, ""));
    assert_eq!(none.err, "rollcall: No users found.\n");
    for (words, says) in [
        (&["--query", "role:"][..], ""),
        (&["--query", "(a"], ""),
        (&["--query", "last-login:>90d"], "Use last-login:before-90d"),
        (&["--sort", "password"], "Cannot sort by \"password\""),
    ] {
        let message = list(words).misunderstanding();
        assert!(message.contains(says), "{words:?}: {message}");
    }
    for words in [
        &["--skip", "-1"][..],
        &["--limit", "ten"],
        &["--limit", ""],
        &["1"],
    ] {
        list(words).misunderstanding();
    }
}

#[testing::test]
async fn closed_pipe_ends_the_list(pool: PgPool) {
    let cli = cli(&pool);
    crowd(&cli).await;
    let mut shell = Command::new("bash");
    shell.args([
        "-c",
        "set -o pipefail; \"$1\" user list --limit 2200 | head -n 1",
        "bash",
        ROLLCALL,
    ]);
    let text = cli.run(&mut shell, "").text();
    assert!(text.starts_with("ID "), "{text}");
}
