//! `rollcall audit`: list, export and verification.

use std::process::Command;

use serde_json::{Value, json};
use sqlx::PgPool;

use crate::support::{Cli, ROLLCALL, Ran, cli, services};

fn audit(cli: &Cli, words: &[&str]) -> Ran {
    let mut command = Command::new(ROLLCALL);
    cli.run(command.arg("audit").args(words), "")
}

async fn seed_audit_log(cli: &Cli) {
    cli.prepare(
        "insert into audit_events (at, actor_label, via, action, target_kind, target_label)
        select timestamptz '2026-11-01 00:00Z' + n * interval '1 minute', 'ada', (array['ui', 'job'])[1 + n % 2], 'user.updated',
            'user', 'person-' || n
        from generate_series(1, 1200) n",
    )
    .await;
}

fn ids(list: &Value) -> Vec<i64> {
    let list = list.as_array().unwrap().iter();
    list.map(|entry| entry["id"].as_i64().unwrap()).collect()
}

#[testing::test]
async fn list_is_a_table_or_json(pool: PgPool) {
    let cli = cli(&pool);
    assert_eq!(audit(&cli, &["list", "--json"]).json(), json!([]));
    seed_audit_log(&cli).await;
    let table = audit(&cli, &["list", "--limit", "2", "--via", "job"]).text();
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(
        lines,
        [
            "ID    TIME                  ACTOR  SOURCE  ACTION        TARGET",
            "1199  2026-11-01 19:59 UTC  ada    System  user.updated  person-1199",
            "1197  2026-11-01 19:57 UTC  ada    System  user.updated  person-1197",
        ]
    );
    for (words, expected) in [
        (&[][..], (1_101..=1_200).rev().collect::<Vec<i64>>()),
        (&["--limit", "1150"], (51..=1_200).rev().collect()),
        (&["--target", "person-7", "--actor", "ADA"], vec![7]),
        (&["--to", "2026-10"], vec![]),
    ] {
        let list = audit(&cli, &[&["list", "--json"], words].concat()).json();
        assert_eq!(ids(&list), expected, "{words:?}");
    }
    let message = audit(&cli, &["list", "--via", "fax"]).misunderstanding();
    assert!(message.contains("\"fax\" is not a source"), "{message}");
    for option in [
        "--actor", "--target", "--action", "--via", "--from", "--to", "--parent",
    ] {
        let blank = audit(&cli, &["export", option, " "]).misunderstanding();
        assert!(blank.contains("the value is empty"), "{option}: {blank}");
    }
}

#[testing::test]
async fn json_contains_no_terminal_controls(pool: PgPool) {
    let cli = cli(&pool);
    cli.prepare(
        "insert into audit_events (at, actor_label, via, action, target_kind, target_label)
        values ('2026-11-01 10:00Z', U&'\\009B31m\\202Eada', 'ui', 'user.updated', 'user', 'bob')",
    )
    .await;
    let listed = audit(&cli, &["list", "--json"]);
    let label = listed.json()[0]["actor"]["label"].clone();
    assert_eq!(label, "\u{9b}31m\u{202e}ada");
    let text = audit(&cli, &["list", "--json"]).text();
    assert!(text.contains("\\u009b31m\\u202eada"), "{text}");
    assert!(text.is_ascii(), "{text}");
}

#[testing::test]
async fn export_goes_to_stdout_and_is_audited(pool: PgPool) {
    let cli = cli(&pool);
    seed_audit_log(&cli).await;
    let csv = audit(&cli, &["export", "--via", "ui"]).text();
    assert_eq!(csv.lines().count(), 601);
    assert!(csv.starts_with("id,at,actor,"));
    let lines = audit(&cli, &["export", "--format", "ndjson"]).text();
    assert_eq!(lines.lines().count(), 1_201);
    let rejected = audit(&cli, &["export", "--format", "xml"]).misunderstanding();
    assert!(rejected.contains("use csv or ndjson"), "{rejected}");
    let exported =
        "select count(*) from audit_events where action = 'audit.exported' and via = 'cli'";
    assert_eq!(cli.count(exported).await, 2);
}

#[testing::test]
async fn tampering_is_reported(pool: PgPool) {
    let cli = cli(&pool);
    seed_audit_log(&cli).await;
    let text = audit(&cli, &["verify"]).text();
    assert_eq!(
        text,
        "ok    Verified entries: 0.\nok    Verified seals: 0.\nok    Entries not yet sealed: 1200.\n"
    );
    service::audit::seal(&services(&pool)).await.unwrap();
    let found = audit(&cli, &["verify", "--json"]).json();
    let root = found["root"].as_str().unwrap().to_owned();
    assert_eq!(
        found,
        json!({ "entries": 1_200, "seals": 2, "unsealed": 0, "root": root, "error": null })
    );
    let text = audit(&cli, &["verify", "--root", &root]).text();
    assert!(text.ends_with(&format!("ok    Root: {root}\n")), "{text}");
    let other = audit(&cli, &["verify", "--root", &"0f".repeat(32)]);
    assert_eq!(other.code, 1);
    assert!(other.out.contains("ERROR No seal has the given root"));
    for wrong in ["0f", &"xy".repeat(32), &"+f".repeat(32)] {
        let message = audit(&cli, &["verify", "--root", wrong]).misunderstanding();
        assert!(message.contains("64 hexadecimal digits"), "{message}");
    }
    cli.prepare(
        "set session_replication_role = replica; update audit_events set reason = 'x' where id = 1100;
        set session_replication_role = origin",
    )
    .await;
    let found = audit(&cli, &["verify"]);
    assert_eq!(found.code, 1);
    assert_eq!(
        found.out,
        format!(
            "ok    Verified entries: 1000.\nok    Verified seals: 1.\nok    Entries not yet sealed: 0.\n\
            ok    Root: {}\nERROR Entry 1100 was changed after it was sealed.\n",
            root_of_first(&pool).await
        )
    );
}

async fn root_of_first(pool: &PgPool) -> String {
    sqlx::query_scalar("select encode(root, 'hex') from audit_seals where from_id = 1")
        .fetch_one(pool)
        .await
        .unwrap()
}
