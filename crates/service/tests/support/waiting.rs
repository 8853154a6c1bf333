//! Transactions that wait for locks.

use std::time::Duration;

use sqlx::PgPool;

use super::users::count;

/// Waits until as many transactions of the test wait for locks.
pub(crate) async fn until_waiting(pool: &PgPool, transactions: i64) {
    let waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    let reached = async { while count(pool, waiting).await < transactions {} };
    let reached = tokio::time::timeout(Duration::from_secs(60), reached).await;
    assert!(reached.is_ok(), "{transactions} transactions wait");
}
