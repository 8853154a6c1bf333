//! Flash messages of a session: the number of stored ones is limited, and a page shows the latest.

use db::flashes::{NewFlash, SHOWN_MAX, STORED_MAX, insert, set_shown};
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

const TOKEN: &[u8] = b"hash of a token";

async fn session(pool: &PgPool) -> Uuid {
    sqlx::query_scalar(
        "insert into sessions (id, token_hash, created_at, last_seen_at, idle_expires_at, expires_at)
        values (gen_random_uuid(), $1, now(), now(), now() + interval '1 hour', now() + interval '1 hour')
        returning id",
    )
    .bind(TOKEN)
    .fetch_one(pool)
    .await
    .unwrap()
}

async fn add(pool: &PgPool, path: &str, message: Value, undo: Option<Value>) {
    let flash = NewFlash {
        token_hash: TOKEN,
        path,
        message,
        undo,
        seconds: 60.0,
    };
    insert(pool, &flash).await.unwrap();
}

async fn count(pool: &PgPool) -> i64 {
    sqlx::query_scalar("select count(*) from flashes")
        .fetch_one(pool)
        .await
        .unwrap()
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_session_has_so_many_and_a_page_shows_the_latest(pool: PgPool) {
    let session = session(&pool).await;
    for n in 0..2 * STORED_MAX {
        add(&pool, &format!("/{}", n % 3), json!(n), None).await;
        assert!(count(&pool).await <= STORED_MAX, "{n}");
    }
    for n in 0..2 * SHOWN_MAX {
        add(&pool, "/users", json!(n), None).await;
    }
    let shown = set_shown(&pool, session, "/users", 60.0).await.unwrap();
    let messages: Vec<_> = shown.iter().map(|flash| flash.message.clone()).collect();
    let latest: Vec<_> = (SHOWN_MAX..2 * SHOWN_MAX).map(|n| json!(n)).collect();
    assert_eq!(messages, latest);
    let shown = set_shown(&pool, session, "/users", 60.0).await.unwrap();
    assert!(shown.is_empty(), "{shown:?}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_message_that_waits_is_not_stored_again(pool: PgPool) {
    let session = session(&pool).await;
    for _ in 0..3 {
        add(&pool, "/users", json!("expired"), None).await;
    }
    assert_eq!(count(&pool).await, 1);
    // Another page, another message, and two changes each of which can be undone.
    add(&pool, "/", json!("expired"), None).await;
    add(&pool, "/users", json!("done"), None).await;
    for _ in 0..2 {
        add(&pool, "/users", json!("expired"), Some(json!({}))).await;
    }
    assert_eq!(count(&pool).await, 5);
    set_shown(&pool, session, "/users", 60.0).await.unwrap();
    add(&pool, "/users", json!("expired"), None).await;
    assert_eq!(count(&pool).await, 6, "a shown message is no duplicate");
}
