//! Transactions that wait for locks.

use std::time::Duration;

use sqlx::{PgPool, Postgres, Transaction};

use super::users::count;

/// Maximum time of a wait.
const LONGEST: Duration = Duration::from_secs(60);

/// Waits until as many transactions of the test wait for locks.
pub(crate) async fn until_waiting(pool: &PgPool, transactions: i64) {
    let waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    let reached = async { while count(pool, waiting).await < transactions {} };
    let reached = tokio::time::timeout(LONGEST, reached).await;
    assert!(reached.is_ok(), "{transactions} transactions wait");
}

/// Waits until another transaction waits for a lock of one.
pub(crate) async fn until_blocked_by(pool: &PgPool, holder: &mut Transaction<'static, Postgres>) {
    let process: i32 = sqlx::query_scalar("select pg_backend_pid()")
        .fetch_one(&mut **holder)
        .await
        .unwrap();
    let is_blocking = async || {
        let found: bool = sqlx::query_scalar(
            "select exists (select from pg_stat_activity where $1 = any(pg_blocking_pids(pid)))",
        )
        .bind(process)
        .fetch_one(pool)
        .await
        .unwrap();
        found
    };
    let reached = async { while !is_blocking().await {} };
    let reached = tokio::time::timeout(LONGEST, reached).await;
    assert!(reached.is_ok(), "a transaction waits for process {process}");
}
