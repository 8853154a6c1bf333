//! Session jobs: storing the last request, and expiring sessions.

use db::sessions;
use sqlx::PgPool;
use testing::users::user;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// Inserts a user with `count` sessions, started two hours ago, with an idle timeout of an hour and a lifetime of a day.
async fn add(pool: &PgPool, username: &str, count: i32) -> Vec<Uuid> {
    let id = user(username).insert(pool).await;
    testing::sessions::sessions(id, count)
        .begun(Duration::hours(2))
        .idle_timeout(Duration::HOUR)
        .insert(pool)
        .await
}

async fn now(pool: &PgPool) -> OffsetDateTime {
    sqlx::query_scalar("select now()")
        .fetch_one(pool)
        .await
        .unwrap()
}

/// Returns the time of a session's last request, and the time at which it expires without another one.
async fn times(pool: &PgPool, id: Uuid) -> (OffsetDateTime, OffsetDateTime) {
    sqlx::query_as("select last_seen_at, idle_expires_at from sessions where id = $1")
        .bind(id)
        .fetch_one(pool)
        .await
        .unwrap()
}

async fn last_active(pool: &PgPool, username: &str) -> Option<OffsetDateTime> {
    sqlx::query_scalar("select last_active_at from users where username = $1")
        .bind(username)
        .fetch_one(pool)
        .await
        .unwrap()
}

#[testing::test]
async fn last_seen_restarts_the_idle_time(pool: PgPool) {
    let ada = add(&pool, "ada", 2).await;
    let bob = add(&pool, "bob", 1).await;
    let seen = now(&pool).await - Duration::minutes(5);
    let earlier = seen - Duration::minutes(1);
    // The batch contains one session twice: the later time counts.
    let (ids, timestamps) = (
        [ada[0], ada[1], ada[0], bob[0]],
        [earlier, earlier, seen, earlier],
    );
    sessions::set_last_seen(&pool, &ids, &timestamps)
        .await
        .unwrap();
    assert_eq!(times(&pool, ada[0]).await, (seen, seen + Duration::HOUR));
    assert_eq!(
        times(&pool, ada[1]).await,
        (earlier, earlier + Duration::HOUR)
    );
    assert_eq!(last_active(&pool, "ada").await, Some(seen));
    assert_eq!(last_active(&pool, "bob").await, Some(earlier));
}

#[testing::test]
async fn older_timestamp_changes_nothing(pool: PgPool) {
    let ids = add(&pool, "ada", 1).await;
    let seen = now(&pool).await - Duration::minutes(5);
    sessions::set_last_seen(&pool, &ids, &[seen]).await.unwrap();
    sessions::set_last_seen(&pool, &ids, &[seen - Duration::minutes(1)])
        .await
        .unwrap();
    assert_eq!(times(&pool, ids[0]).await, (seen, seen + Duration::HOUR));
    assert_eq!(last_active(&pool, "ada").await, Some(seen));
}

#[testing::test]
async fn clock_ahead_does_not_extend_a_session(pool: PgPool) {
    let ids = add(&pool, "ada", 1).await;
    let ahead = now(&pool).await + Duration::days(365);
    sessions::set_last_seen(&pool, &ids, &[ahead])
        .await
        .unwrap();
    let (seen, idle_end) = times(&pool, ids[0]).await;
    assert!(seen <= now(&pool).await && idle_end == seen + Duration::HOUR);
}

#[testing::test]
async fn ended_session_is_not_marked_as_seen(pool: PgPool) {
    let ids = add(&pool, "ada", 1).await;
    sqlx::query("update sessions set ended_at = now(), ended_reason = 'revoked'")
        .execute(&pool)
        .await
        .unwrap();
    let before = times(&pool, ids[0]).await;
    sessions::set_last_seen(&pool, &ids, &[now(&pool).await])
        .await
        .unwrap();
    assert_eq!(times(&pool, ids[0]).await, before);
    assert_eq!(last_active(&pool, "ada").await, None);
}

#[testing::test]
async fn expired_sessions_end_in_batches(pool: PgPool) {
    add(&pool, "ada", 4).await;
    let bob = add(&pool, "bob", 3).await;
    for (id, change) in [
        (bob[0], "idle_expires_at = now() + interval '1 hour'"),
        (
            bob[1],
            "idle_expires_at = now() + interval '1 hour', expires_at = now()",
        ),
        (
            bob[2],
            "ended_at = now(), ended_reason = 'logout', ended_by = user_id",
        ),
    ] {
        let sql = sqlx::AssertSqlSafe(format!("update sessions set {change} where id = $1"));
        sqlx::query(sql).bind(id).execute(&pool).await.unwrap();
    }
    for expected in [3, 2, 0] {
        assert_eq!(sessions::set_expired(&pool, 3).await.unwrap(), expected);
    }
    let reasons: Vec<(Option<String>, i64)> =
        sqlx::query_as("select ended_reason, count(*) from sessions group by 1 order by 1")
            .fetch_all(&pool)
            .await
            .unwrap();
    let expected = [
        (Some("expired".into()), 5),
        (Some("logout".into()), 1),
        (None, 1),
    ];
    assert_eq!(reasons, expected);
    let live: Vec<(String, i32)> = sqlx::query_as(
        "select username, sessions from user_stats join users on id = user_id order by 1",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!(live, [("ada".into(), 0), ("bob".into(), 1)]);
}
