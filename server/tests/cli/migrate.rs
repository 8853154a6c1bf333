//! `rollcall migrate`: its log and its waits.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command},
    sync::mpsc::{self, Receiver},
    time::{Duration, Instant},
};

use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool, migrate::Migrate};

use crate::support::{ROLLCALL, cli};

/// Opens a database session as other programs might have one, and returns it with its process id.
async fn session(pool: &PgPool) -> (PgConnection, i32) {
    let options = pool.connect_options().as_ref().clone();
    let options = options.application_name("nightly backup");
    let mut connection = PgConnection::connect_with(&options).await.unwrap();
    let pid = sqlx::query_scalar("select pg_backend_pid()")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    (connection, pid)
}

/// Limits statements of new sessions, as a role or a database can be configured to do.
async fn limit_statements(pool: &PgPool) {
    let options = pool.connect_options();
    let name = options.get_database().unwrap();
    sqlx::raw_sql(AssertSqlSafe(format!(
        "alter database \"{name}\" set statement_timeout = '100ms'; alter database \"{name}\" set lock_timeout = '100ms'"
    )))
    .execute(pool)
    .await
    .unwrap();
}

/// Timeout of the wait for a line of the log, which is written after three seconds.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Starts the program, and returns it with the lines of its log.
fn start(pool: &PgPool) -> (Started, Receiver<String>) {
    let mut command = Command::new(ROLLCALL);
    let mut child = cli(pool)
        .with_settings(command.arg("migrate"))
        .spawn()
        .unwrap();
    let log = BufReader::new(child.stderr.take().unwrap());
    let (sender, lines) = mpsc::channel();
    // Reads in a thread, because reading a pipe has no time limit.
    std::thread::spawn(move || {
        for line in log.lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    (Started(child), lines)
}

/// A program that is killed at the end of its test: a failed test would leave it behind, blocked by the lock.
struct Started(Child);

impl Drop for Started {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Reads the log up to the line about a process.
fn read_until(log: &Receiver<String>, pid: i32) -> String {
    let end = Instant::now() + TIMEOUT;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        let line = log.recv_timeout(left);
        let line = line.unwrap_or_else(|error| panic!("no line about process {pid}: {error}"));
        if line.contains(&format!("pid={pid} ")) {
            return line;
        }
    }
}

#[testing::test]
async fn blocking_table_lock_is_reported_and_awaited(pool: PgPool) {
    let (mut holder, pid) = session(&pool).await;
    limit_statements(&pool).await;
    let mut transaction = holder.begin().await.unwrap();
    sqlx::raw_sql("lock table _sqlx_migrations")
        .execute(&mut *transaction)
        .await
        .unwrap();
    let (mut child, log) = start(&pool);
    let message = read_until(&log, pid);
    for part in [
        "waiting for a lock",
        "nightly backup",
        "idle in transaction",
        "since=",
        "lock table _sqlx_migrations",
    ] {
        assert!(message.contains(part), "{part}: {message}");
    }
    assert_eq!(child.0.try_wait().unwrap(), None);
    transaction.rollback().await.unwrap();
    assert!(child.0.wait().unwrap().success());
}

#[testing::test]
async fn concurrent_migration_is_reported_and_awaited(pool: PgPool) {
    let (mut other, pid) = session(&pool).await;
    limit_statements(&pool).await;
    other.lock().await.unwrap();
    let (mut child, log) = start(&pool);
    let message = read_until(&log, pid);
    assert!(message.contains("nightly backup"), "{message}");
    other.unlock().await.unwrap();
    assert!(child.0.wait().unwrap().success());
}

#[sqlx::test(migrations = false)]
async fn migration_without_its_lock_gives_up_and_can_be_repeated(pool: PgPool) {
    let (mut holder, pid) = session(&pool).await;
    let mut transaction = holder.begin().await.unwrap();
    // A migration that creates a table of this name waits for the end of the transaction.
    sqlx::raw_sql("create table users (id int)")
        .execute(&mut *transaction)
        .await
        .unwrap();
    let ran = cli(&pool).rollcall(&["migrate"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{ran:?}");
    assert!(ran.err.contains(&format!("pid={pid} ")), "{ran:?}");
    let message = ran.err.lines().last().unwrap();
    assert!(
        message.starts_with("rollcall: Migration ")
            && message.contains("another database session holds")
            && message.contains("run `rollcall migrate` again"),
        "{message}"
    );
    let version: i64 = message.split(' ').nth(2).unwrap().parse().unwrap();
    let applied: i64 =
        sqlx::query_scalar("select count(*) from _sqlx_migrations where version >= $1")
            .bind(version)
            .fetch_one(&pool)
            .await
            .unwrap();
    assert_eq!(applied, 0);
    transaction.rollback().await.unwrap();
    let ran = cli(&pool).rollcall(&["migrate"]);
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[sqlx::test(migrations = false)]
async fn each_migration_is_logged(pool: PgPool) {
    let ran = cli(&pool).rollcall(&["migrate"]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, "The database is up to date.\n")
    );
    let applied: Vec<(i64, String)> =
        sqlx::query_as("select version, description from _sqlx_migrations order by version")
            .fetch_all(&pool)
            .await
            .unwrap();
    let mut lines = ran.err.lines();
    for (version, name) in applied {
        let line = lines.next().unwrap();
        assert!(
            line.contains(&format!("migrated: {name}"))
                && line.contains(&format!("migration={version}"))
                && line.contains("seconds="),
            "{line}"
        );
    }
    assert_eq!(lines.next(), None);
    // A second run has nothing to report.
    assert_eq!(
        cli(&pool).rollcall(&["migrate"]).text(),
        "The database is up to date.\n"
    );
}
