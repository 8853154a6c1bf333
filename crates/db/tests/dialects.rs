//! Last use of dialects.

use db::{
    dialects::{list_used, set_used},
    sessions::changes::now,
};
use sqlx::PgPool;
use time::Duration;

#[testing::test]
async fn last_use_moves_neither_back_nor_ahead(pool: PgPool) {
    let start = now(&pool).await.unwrap();
    let set = async |names: &[&str], minutes: &[i64]| {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let ago = minutes
            .iter()
            .map(|minutes| start - Duration::minutes(*minutes));
        let times: Vec<_> = ago.collect();
        set_used(&pool, &names, &times).await.unwrap();
    };
    set(&[], &[]).await;
    assert!(list_used(&pool).await.unwrap().is_empty());
    for (minutes, expected) in [(5, 5), (9, 5), (1, 1), (1, 1)] {
        set(&["a", "b"], &[minutes, minutes + 1]).await;
        let used = list_used(&pool).await.unwrap();
        assert_eq!(used["a"], start - Duration::minutes(expected));
        assert_eq!(used["b"], start - Duration::minutes(expected + 1));
    }
    // By a clock that is ahead.
    set(&["a"], &[-60]).await;
    let used = list_used(&pool).await.unwrap()["a"];
    assert!(used >= start && used < start + Duration::minutes(60));
}
