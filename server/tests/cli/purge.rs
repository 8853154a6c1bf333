//! Removals whose process is killed.

use std::{process::Command, time::Duration};

use sqlx::PgPool;

use crate::support::{Cli, ROLLCALL, cli};

/// Number of annotations: more than two of the batches of a removal.
const ANNOTATIONS: i64 = 5_000;
const LEFT: &str = "select count(*) from annotations";
const DONE: &str = "select coalesce(sum(done), 0)::bigint from jobs where kind = 'purge'";
/// Number of statements of other processes that wait for a lock in this database.
const STUCK: &str = "select count(*) from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'";
/// Number of processes beside the test's own that are connected to this database.
const OTHERS: &str = "select count(*) from pg_stat_activity
    where datname = current_database() and application_name = 'rollcall'";

/// Waits until a query returns the expected number.
async fn wait(cli: &Cli, sql: &'static str, expected: i64) {
    let reached = async { while cli.count(sql).await != expected {} };
    let reached = tokio::time::timeout(Duration::from_secs(60), reached).await;
    reached.unwrap_or_else(|_| panic!("never {expected}: {sql}"));
}

#[testing::test]
async fn interrupted_purge_resumes(pool: PgPool) {
    let cli = cli(&pool);
    cli.create("ada", "user");
    cli.prepare(
        "insert into personas (id, user_id, name, created_at) select uuid_v7(now()), id, 'p', now() from users;
        insert into annotations (id, persona_id, user_id, video_id, label, created_at)
        select uuid_v7(now() + n * interval '1 ms'), p.id, p.user_id, 'v', 'l', now()
        from personas p, generate_series(1, 5000) n",
    )
    .await;
    assert_eq!(cli.count(LEFT).await, ANNOTATIONS);

    // The lock stops it at the last annotation.
    let mut obstacle = pool.begin().await.unwrap();
    sqlx::query("select id from annotations order by id desc limit 1 for update")
        .execute(&mut *obstacle)
        .await
        .unwrap();
    let mut command = Command::new(ROLLCALL);
    let mut removal = cli
        .with_settings(command.args(["user", "delete", "1", "--permanent"]))
        .spawn()
        .unwrap();
    wait(&cli, STUCK, 1).await;
    removal.kill().unwrap();
    assert!(!removal.wait().unwrap().success());
    obstacle.rollback().await.unwrap();
    wait(&cli, OTHERS, 0).await;

    let left = cli.count(LEFT).await;
    assert!(0 < left && left < ANNOTATIONS, "{left} of {ANNOTATIONS}");
    assert_eq!(cli.count(DONE).await, ANNOTATIONS - left);
    assert_eq!(
        cli.count("select annotations::bigint from user_stats")
            .await,
        left
    );
    assert_eq!(
        cli.count("select count(*) from users where deleted_at is not null")
            .await,
        1
    );

    cli.user(&["delete", "1", "--permanent"]).text();
    assert_eq!(cli.count("select count(*) from users").await, 0);
    // The annotations and the persona, each counted once.
    assert_eq!(
        cli.count(
            "select sum((changes -> 'removed' ->> 1)::bigint)::bigint from audit_events where action = 'user.purged'"
        )
        .await,
        ANNOTATIONS + 1
    );
}
