//! Databases that cannot hold the data, which are rejected with advice that works.

use std::process::{Command, Stdio};

use sqlx::{AssertSqlSafe, ConnectOptions, PgPool};

use crate::{
    server::build_site,
    support::{Cli, ROLLCALL, Ran, cli_at},
};

/// A database beside that of a test.
struct Beside {
    name: String,
    pool: PgPool,
    cli: Cli,
}

impl Beside {
    fn named(pool: &PgPool, suffix: &str) -> Self {
        let name = format!("rollcall_{suffix}_{}", std::process::id());
        let mut url = pool.connect_options().to_url_lossy();
        url.set_path(&name);
        Self {
            name,
            pool: pool.clone(),
            cli: cli_at(pool, url.as_str()),
        }
    }

    async fn run(&self, sql: &str) {
        let sql = sql.replace("NAME", &self.name);
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&self.pool)
            .await
            .unwrap();
    }

    async fn remove(self) {
        self.run("drop database NAME with (force)").await;
    }
}

fn serve(cli: &Cli, words: &[&str]) -> Ran {
    let site = build_site();
    let mut command = Command::new(ROLLCALL);
    command
        .arg("serve")
        .args(words)
        .env("LEPTOS_SITE_ROOT", &site);
    let ran = cli.run(&mut command, "");
    std::fs::remove_dir_all(site).unwrap();
    ran
}

/// Returns the command in backquotes of a text, with another name of the database in it.
fn advice(text: &str, name: &str) -> Vec<String> {
    let command = text.split('`').nth(1).unwrap();
    command
        .split(' ')
        .map(|word| word.replace("NAME", name))
        .collect()
}

#[sqlx::test(migrations = false)]
async fn database_of_another_encoding_is_rejected(pool: PgPool) {
    for (suffix, options, says) in [
        ("ascii", "encoding 'SQL_ASCII' locale 'C'", "SQL_ASCII"),
        ("latin1", "encoding 'LATIN1' locale 'C'", "LATIN1"),
    ] {
        let beside = Beside::named(&pool, suffix);
        beside
            .run(&format!(
                "create database NAME {options} template template0"
            ))
            .await;
        let message = beside.cli.rollcall(&["migrate"]).failure();
        assert!(
            message.contains(says) && message.contains(&beside.name),
            "{message}"
        );
        for words in [&[][..], &["--no-migrate"]] {
            assert_eq!(serve(&beside.cli, words).failure(), message);
        }
        beside.remove().await;
    }
}

#[sqlx::test(migrations = false)]
async fn advised_database_is_accepted(pool: PgPool) {
    let denied = Beside::named(&pool, "denied");
    denied
        .run("create database NAME encoding 'SQL_ASCII' locale 'C' template template0")
        .await;
    let message = denied.cli.rollcall(&["migrate"]).failure();
    denied.remove().await;

    let advised = Beside::named(&pool, "advised");
    let words = advice(&message, &advised.name);
    assert_eq!(words[0], "createdb");
    let options = pool.connect_options();
    let mut url = options.to_url_lossy();
    // Without the parameters that only this program understands.
    url.set_query(None);
    let created = Command::new(&words[0])
        .arg(format!("--maintenance-db={url}"))
        .args(&words[1..])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(created.status.success(), "{created:?}");
    let migrated = advised.cli.rollcall(&["migrate"]);
    assert_eq!(migrated.code, 0, "{migrated:?}");
    advised.cli.create_admin("root");
    let examined = advised.cli.rollcall(&["doctor"]).text();
    assert!(examined.contains("UTF8"), "{examined}");
    advised.remove().await;
}

#[sqlx::test(migrations = false)]
async fn any_locale_is_accepted(pool: PgPool) {
    let beside = Beside::named(&pool, "locale");
    beside
        .run("create database NAME encoding 'UTF8' locale 'C' template template0")
        .await;
    let migrated = beside.cli.rollcall(&["migrate"]);
    assert_eq!(migrated.code, 0, "{migrated:?}");
    beside.cli.create_admin("Ägidius");
    let examined = beside.cli.rollcall(&["doctor"]);
    assert_eq!(examined.code, 0, "{examined:?}");
    let found = beside.cli.rollcall(&["user", "get", "äGIDIUS"]);
    assert_eq!(found.code, 0, "{found:?}");
    beside.remove().await;
}
