//! Requests that meet at a lock.

use std::time::Duration;

use sqlx::PgPool;
use tokio::time::timeout;

/// Awaits two requests that wait for a lock at the same time: neither is done before the other one has begun. `lock` takes the lock.
pub(super) async fn meet<F: Future, S: Future>(
    pool: &PgPool,
    lock: &'static str,
    (first, second): (F, S),
) -> (F::Output, S::Output) {
    let mut held = pool.begin().await.unwrap();
    sqlx::query(lock).execute(&mut *held).await.unwrap();
    let release = async move {
        let both_wait = async { while count_waiting(pool).await < 2 {} };
        timeout(Duration::from_secs(60), both_wait).await.unwrap();
        held.rollback().await.unwrap();
    };
    let (first, second, ()) = tokio::join!(first, second, release);
    (first, second)
}

async fn count_waiting(pool: &PgPool) -> i64 {
    let waiting = "select count(*) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'";
    sqlx::query_scalar(waiting).fetch_one(pool).await.unwrap()
}
