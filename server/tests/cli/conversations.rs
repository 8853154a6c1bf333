//! Conversations: the import of chat logs, the list, and exports.

use std::{fs, path::PathBuf, process};

use serde_json::json;
use sqlx::PgPool;

use crate::support::{Cli, Ran, cli};

const LOG: &str = "branch: karl-g
messages:
- content: What is light?
  role: user
- content: 'A wave: it

    bends.'
  context: []
  cost: 1.5e-05
  execution_time: 1.25
  liked: true
  role: system
  tokens_used: 120
real_name: Ada
session_id: chat-1
time: '2025-03-04 10:20:30'
total_cost: 1.5e-05
total_tokens: 120
user: github.ada
";

/// Further messages of the log, which Maeser writes at the end of the list.
const MORE: &str = "  tokens_used: 120
- content: Thanks
  role: user
- content: You are welcome.
  cost: 0.25
  role: system
  tokens_used: 7
real_name";

/// A folder of logs, which is deleted in the end.
struct Folder(PathBuf);

impl Folder {
    fn create(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("rollcall-logs-{}-{name}", process::id()));
        fs::create_dir_all(path.join("karl-g")).unwrap();
        Self(path)
    }

    fn write(&self, file: &str, text: &str) {
        fs::write(self.0.join("karl-g").join(file), text).unwrap();
    }

    fn import(&self, cli: &Cli, more: &[&str]) -> Ran {
        let mut words = vec!["conversation", "import", self.0.to_str().unwrap(), "--json"];
        words.extend(more);
        cli.rollcall(&words)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

#[testing::test]
async fn logs_of_maeser_are_imported_once(pool: PgPool) {
    let cli = cli(&pool);
    cli.create("ada", "user");
    let folder = Folder::create("once");
    folder.write("chat-1.log", LOG);
    let dry = folder.import(&cli, &["--dry-run"]).json();
    assert_eq!((&dry["created"], &dry["messages"]), (&json!(1), &json!(2)));
    assert_eq!(cli.count("select count(*) from conversations").await, 0);
    let counts = |created: u64, extended: u64, unchanged: u64, messages: u64| {
        json!({
            "created": created, "extended": extended, "unchanged": unchanged, "messages": messages, "skipped": 0
        })
    };
    assert_eq!(folder.import(&cli, &[]).json(), counts(1, 0, 0, 2));
    assert_eq!(folder.import(&cli, &[]).json(), counts(0, 0, 1, 0));
    folder.write(
        "chat-1.log",
        &LOG.replace("  tokens_used: 120\nreal_name", MORE),
    );
    assert_eq!(folder.import(&cli, &[]).json(), counts(0, 1, 0, 2));
    let listed = cli
        .rollcall(&["conversation", "list", "--user", "ada", "--json"])
        .json();
    let found = &listed[0];
    assert_eq!(
        (&found["messages"], &found["likes"]),
        (&json!(4), &json!(1))
    );
    assert_eq!(
        (&found["cost"], &found["tokensOut"]),
        (&json!("0.250015"), &json!(127))
    );
    assert_eq!(found["startedAt"], "2025-03-04T10:20:30Z");
    let id = found["id"].as_str().unwrap();
    let shown = cli.rollcall(&["conversation", "show", id]).text();
    assert!(shown.contains("A wave: it bends."), "{shown}");
    let csv = cli.rollcall(&["conversation", "export", id, "--format", "csv"]);
    assert_eq!(csv.text().matches("\r\n").count(), 5);
    let all = cli
        .rollcall(&["conversation", "export", "--branch", "KARL"])
        .json();
    assert_eq!(all[0]["messageList"].as_array().unwrap().len(), 4);
}

#[testing::test]
async fn other_logs_are_named_and_left_out(pool: PgPool) {
    let cli = cli(&pool);
    cli.create("bob", "user");
    let folder = Folder::create("other");
    let empty = folder.import(&cli, &[]).failure();
    assert!(empty.contains("has no files *.log"), "{empty}");
    folder.write("chat-1.log", LOG);
    folder.write("broken.log", "user: [1\n");
    folder.write(
        "long.log",
        &LOG.replace(
            "session_id: chat-1",
            &format!("session_id: {}", "x".repeat(300)),
        ),
    );
    let ran = folder.import(&cli, &[]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    for part in ["unknown user github.ada", "broken.log: line"] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    assert_eq!(cli.count("select count(*) from conversations").await, 0);
    let ran = folder.import(&cli, &["--unknown-to", "bob"]);
    assert!(ran.err.contains("long.log: external-id"), "{}", ran.err);
    assert_eq!(cli.count("select count(*) from conversations").await, 1);
    let missing = cli
        .rollcall(&["conversation", "import", "/nowhere"])
        .failure();
    assert!(missing.contains("Cannot read /nowhere"), "{missing}");
    let unknown = cli.rollcall(&["conversation", "list", "--sort", "name"]);
    assert_eq!(unknown.code, 2, "{}", unknown.err);
}
