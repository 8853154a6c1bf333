//! Rows that a page of a directory reads: those before its end, and not those of all users.

use db::directory::{DirectoryOrder, DirectoryQuery, count, list};
use sqlx::{PgConnection, PgPool};
use testing::crowd::crowd;
use time::{Duration, macros::datetime};

/// Number of users: enough for the planner to prefer an index.
const USERS: i32 = 20_000;
/// Maximum number of rows that a page of 25 users after 50 others reads of each table and index.
const READ_MAX: i64 = 1_000;

/// Counts the rows that the connection has read so far. The numbers of earlier transactions can be among them.
async fn rows_read(connection: &mut PgConnection) -> i64 {
    sqlx::query_scalar(
        "select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint from pg_stat_xact_user_tables
        where relname in ('users', 'user_spend')",
    )
    .fetch_one(connection)
    .await
    .unwrap()
}

#[testing::test]
async fn page_in_an_order_with_an_index_reads_few_users(pool: PgPool) {
    let begin = datetime!(2026-01-01 00:00 UTC);
    let users = crowd(USERS, "user-", "Name ").emails();
    users.created(begin, Duration::MINUTE).insert(&pool).await;
    sqlx::raw_sql(
        "update user_spend p set month = 321 + n % 2, nanos = n % 50
        from (select id, number as n from users) u where u.id = p.user_id;
        analyze users, user_stats, user_spend, user_identifiers",
    )
    .execute(&pool)
    .await
    .unwrap();
    for order in [
        DirectoryOrder::Created,
        DirectoryOrder::Email,
        DirectoryOrder::Name,
        DirectoryOrder::MonthSpend,
        DirectoryOrder::Status,
    ] {
        assert_eq!(order.indexed(), order);
        for descending in [false, true] {
            let query = DirectoryQuery {
                namespace: "litellm".to_owned(),
                order,
                descending,
                limit: 25,
                offset: 50,
                ..DirectoryQuery::default()
            };
            let mut transaction = pool.begin().await.unwrap();
            let before = rows_read(&mut transaction).await;
            let users = list(&mut *transaction, &query).await.unwrap();
            let total = count(&mut *transaction, &query).await.unwrap();
            let read = rows_read(&mut transaction).await - before;
            transaction.rollback().await.unwrap();
            assert_eq!((users.len(), total), (25, 20_000));
            assert!(read < READ_MAX, "{order:?} {descending}: {read}");
        }
    }
}
