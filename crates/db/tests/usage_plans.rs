//! Query plans of usage: a report of a user with many uses reads few of them.

use db::usage::reports::list_entries;
use domain::usage::UsageRange;
use sqlx::PgPool;
use time::Date;

/// Inserts 20,000 uses of each user in the last seconds, and among them 3 changes of a balance.
const USES: &str = "
    insert into usage_events (id, at, kind, user_id, requests)
    select uuid_v7(now()), now() - n * interval '1 millisecond', 'use', u.id, 1 from generate_series(1, 20000) n, users u;
    insert into usage_events (id, at, kind, user_id, metric, requests)
    select uuid_v7(now()), now() - n * interval '1 second', 'top_up', u.id, 'requests', n from generate_series(1, 3) n, users u;
    analyze usage_events";

#[testing::test]
async fn changes_of_balances_are_found_among_many_uses(pool: PgPool) {
    let ada = testing::users::user("ada").insert(&pool).await;
    for statement in USES.split(';') {
        sqlx::raw_sql(statement).execute(&pool).await.unwrap();
    }
    let today: Date = sqlx::query_scalar("select (now() at time zone 'UTC')::date")
        .fetch_one(&pool)
        .await
        .unwrap();
    let mut transaction = pool.begin().await.unwrap();
    let days = UsageRange::recent(today);
    let entries = list_entries(&mut *transaction, ada, days, 100).await;
    let amounts: Vec<i64> = entries
        .unwrap()
        .iter()
        .map(|it| it.amount.units())
        .collect();
    assert_eq!(amounts, [1, 2, 3]);
    let read: i64 = sqlx::query_scalar(
        "select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint from pg_stat_xact_user_tables
        where relname like 'usage_events%'",
    )
    .fetch_one(&mut *transaction)
    .await
    .unwrap();
    assert!(read <= 10, "{read} events were read");
}
