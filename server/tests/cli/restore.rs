//! Backups and their restoration elsewhere: the commands of docs/OPERATIONS.md.

use std::process::{Command, Stdio};

use sqlx::{ConnectOptions, PgPool};

use crate::support::{Cli, ROLLCALL, cli};

/// Returns the URL of a database without the parameters that only this program understands, and that of another beside it.
fn addresses(pool: &PgPool, beside: &str) -> (String, String) {
    let mut url = pool.connect_options().to_url_lossy();
    url.set_query(None);
    let from = url.to_string();
    url.set_path(beside);
    (from, url.to_string())
}

fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
}

/// Returns the content of a database as commands show it: the list of users, and the audited actions.
async fn rows(cli: &Cli) -> (String, Vec<String>) {
    let list = ["list", "--json", "--limit", "100"];
    (cli.user(&list).text(), cli.actions().await)
}

#[testing::test]
async fn restored_backup_is_identical(pool: PgPool) {
    let cli = cli(&pool);
    cli.create_admin("root");
    let ada = cli.create("ada", "user");
    cli.create("bob", "user");
    cli.user(&["suspend", &ada, "--reason", "left"]).text();
    cli.user(&["delete", "bob"]).text();
    let before = rows(&cli).await;

    let name = format!("rollcall_restored_{}", std::process::id());
    let (from, to) = addresses(&pool, &name);
    let file = std::env::temp_dir().join(format!("{name}.dump"));
    run(Command::new("pg_dump")
        .args(["--format=custom", "--file"])
        .arg(&file)
        .arg(&from));
    sqlx::query(sqlx::AssertSqlSafe(format!("create database \"{name}\"")))
        .execute(&pool)
        .await
        .unwrap();
    run(Command::new("pg_restore")
        .args(["--exit-on-error", "--dbname", &to])
        .arg(&file));
    std::fs::remove_file(file).unwrap();

    let restored = PgPool::connect(&to).await.unwrap();
    let elsewhere = crate::support::cli(&restored);
    assert_eq!(rows(&elsewhere).await, before);
    let examined = elsewhere.run(Command::new(ROLLCALL).arg("doctor"), "");
    assert_eq!(
        (examined.code, examined.err.as_str()),
        (0, ""),
        "{examined:?}"
    );
    restored.close().await;
    sqlx::query(sqlx::AssertSqlSafe(format!(
        "drop database \"{name}\" with (force)"
    )))
    .execute(&pool)
    .await
    .unwrap();
}
