//! Changes that meet: none of them is lost.

use std::time::Duration;

use serde_json::{Value, json};
use sqlx::PgPool;
use tokio::time::timeout;

use super::OpenWebUi;

/// Locks the account of Bob, whose data is changed.
const BOB: &str = "select from users where username = 'bob' for update";
/// Locks the settings of all users.
const SETTINGS: &str = "select from host_settings for update";

async fn count_waiting(pool: &PgPool) -> i64 {
    let waiting = "select count(*) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'";
    sqlx::query_scalar(waiting).fetch_one(pool).await.unwrap()
}

/// Sends two changes while a lock is held, which lets both begin before one of them is stored.
async fn meet(
    served: &OpenWebUi,
    lock: &'static str,
    (token, path): (&str, &str),
    bodies: [Value; 2],
) {
    let pool = &served.app.pool;
    let mut held = pool.begin().await.unwrap();
    sqlx::query(lock).execute(&mut *held).await.unwrap();
    let [first, second] = &bodies;
    let release = async move {
        let both_wait = async { while count_waiting(pool).await < 2 {} };
        timeout(Duration::from_secs(60), both_wait).await.unwrap();
        held.rollback().await.unwrap();
    };
    let (first, second, ()) = tokio::join!(
        served.post(token, path, first),
        served.post(token, path, second),
        release
    );
    first.ok();
    second.ok();
}

#[testing::test]
async fn concurrent_changes_of_own_data_are_all_stored(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    for name in ["info", "settings"] {
        let path = format!("/users/user/{name}");
        let update = format!("{path}/update");
        let bodies = [json!({ "a": 1 }), json!({ "b": 2 })];
        meet(&served, BOB, (&served.bob, &update), bodies).await;
        let stored = served.get(&served.bob, &path).await.ok();
        assert_eq!(stored, json!({ "a": 1, "b": 2 }), "{name}");
    }
}

#[testing::test]
async fn concurrent_changes_of_the_configuration_are_all_stored(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    for (name, [first, second]) in [
        ("config", ["ENABLE_NOTES", "ENABLE_FOLDERS"]),
        ("config/oauth", ["OAUTH_A", "OAUTH_B"]),
    ] {
        let path = format!("/auths/admin/{name}");
        // Now there is a row to lock.
        let before = json!({ first: true });
        served.post(&served.ada, &path, &before).await.ok();
        let bodies = [json!({ first: false }), json!({ second: false })];
        meet(&served, SETTINGS, (&served.ada, &path), bodies).await;
        let stored = served.get(&served.ada, &path).await.ok();
        for member in [first, second] {
            assert_eq!(stored[member], false, "{name} {member}");
        }
    }
}
