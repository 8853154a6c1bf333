//! One-time links: each works once, and only while it is valid.

use std::time::Duration;

use db::links::{Kind, NewLink, consume, insert, revoke_unused, set_opened};
use sqlx::{
    AssertSqlSafe, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

const TOKEN: &[u8] = b"hash of a token";

async fn add(pool: &PgPool) {
    sqlx::query("delete from one_time_links")
        .execute(pool)
        .await
        .unwrap();
    insert(pool, &setup(TOKEN)).await.unwrap();
}

fn setup(token_hash: &[u8]) -> NewLink<'_> {
    NewLink {
        kind: Kind::Setup,
        token_hash,
        user_id: None,
        created_by: None,
        lifetime: Duration::from_secs(60),
    }
}

async fn opens(pool: &PgPool) -> bool {
    set_opened(pool, Kind::Setup, TOKEN)
        .await
        .unwrap()
        .is_some()
}

async fn is_consumed(pool: &PgPool) -> bool {
    let mut connection = pool.acquire().await.unwrap();
    consume(&mut connection, Kind::Setup, TOKEN)
        .await
        .unwrap()
        .is_some()
}

#[testing::test]
async fn link_works_once_while_it_is_valid(pool: PgPool) {
    for (change, good) in [
        ("opened_at = now()", true),
        ("expires_at = now() + interval '1 minute'", true),
        ("expires_at = now()", false),
        ("used_at = now()", false),
        ("revoked_at = now()", false),
        ("kind = 'invitation'", false),
        ("token_hash = 'another'", false),
    ] {
        add(&pool).await;
        let sql = AssertSqlSafe(format!("update one_time_links set {change}"));
        sqlx::raw_sql(sql).execute(&pool).await.unwrap();
        assert_eq!(opens(&pool).await, good, "{change}");
        assert_eq!(is_consumed(&pool).await, good, "{change}");
        assert!(
            !opens(&pool).await && !is_consumed(&pool).await,
            "{change}: once is enough"
        );
    }
}

#[testing::test]
async fn concurrent_consumers_get_one_link(options: PgPoolOptions, connect: PgConnectOptions) {
    let pool = options
        .max_connections(10)
        .connect_with(connect)
        .await
        .unwrap();
    add(&pool).await;
    let tries: Vec<_> = (0..100)
        .map(|_| {
            let pool = pool.clone();
            tokio::spawn(async move { is_consumed(&pool).await })
        })
        .collect();
    let mut consumed = 0;
    for attempt in tries {
        consumed += u32::from(attempt.await.unwrap());
    }
    assert_eq!(consumed, 1);
}

#[testing::test]
async fn revoke_spares_used_links(pool: PgPool) {
    add(&pool).await;
    assert!(is_consumed(&pool).await);
    insert(&pool, &setup(b"unused")).await.unwrap();
    revoke_unused(&mut pool.acquire().await.unwrap(), Kind::Setup)
        .await
        .unwrap();
    let stored: Vec<(bool, bool)> = sqlx::query_as(
        "select used_at is not null, revoked_at is not null from one_time_links order by created_at",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!(stored, [(true, false), (false, true)]);
}
