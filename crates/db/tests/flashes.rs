//! Flash messages of a session: the number of stored ones is limited, and a page shows the latest.

use db::flashes::{NewFlash, SHOWN_MAX, STORED_MAX, delete_undo, insert, set_shown};
use serde_json::{Value, json};
use sqlx::PgPool;
use tokio::task::JoinSet;
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

#[testing::test]
async fn session_flashes_are_limited_and_the_latest_is_shown(pool: PgPool) {
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

#[testing::test]
async fn pending_flash_is_not_stored_again(pool: PgPool) {
    let session = session(&pool).await;
    for _ in 0..3 {
        add(&pool, "/users", json!("expired"), None).await;
    }
    assert_eq!(count(&pool).await, 1);
    // Another page, another message, and two changes that can both be undone.
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

/// Stores a change that can be undone and shows it. Returns what names it.
async fn shown_undo(pool: &PgPool, session: Uuid) -> Uuid {
    add(pool, "/users", json!("done"), Some(json!({ "form": "x" }))).await;
    let shown = set_shown(pool, session, "/users", 60.0).await.unwrap();
    shown[0].id
}

#[testing::test]
async fn an_undo_works_once(pool: PgPool) {
    let session = session(&pool).await;
    let id = shown_undo(&pool, session).await;
    let undo = delete_undo(&pool, session, id).await.unwrap();
    assert_eq!(undo, Some(json!({ "form": "x" })));
    assert_eq!(delete_undo(&pool, session, id).await.unwrap(), None);
    let id = shown_undo(&pool, session).await;
    let mut tries = JoinSet::new();
    for _ in 0..8 {
        let pool = pool.clone();
        tries.spawn(async move { delete_undo(&pool, session, id).await.unwrap() });
    }
    let undone = tries.join_all().await;
    assert_eq!(undone.iter().flatten().count(), 1, "{undone:?}");
}

#[testing::test]
async fn an_undo_works_for_its_session_while_it_is_shown(pool: PgPool) {
    let session = session(&pool).await;
    let id = shown_undo(&pool, session).await;
    for (session, id) in [(Uuid::nil(), id), (session, Uuid::nil())] {
        assert_eq!(delete_undo(&pool, session, id).await.unwrap(), None);
    }
    for (change, back) in [
        (
            "update flashes set shown_at = null",
            "update flashes set shown_at = now()",
        ),
        (
            "update flashes set expires_at = now()",
            "update flashes set expires_at = now() + interval '1 minute'",
        ),
    ] {
        sqlx::query(change).execute(&pool).await.unwrap();
        let undo = delete_undo(&pool, session, id).await.unwrap();
        assert_eq!(undo, None, "{change}");
        sqlx::query(back).execute(&pool).await.unwrap();
    }
    assert!(delete_undo(&pool, session, id).await.unwrap().is_some());
}
