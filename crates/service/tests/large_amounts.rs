//! Amounts whose sums are beyond the range of a stored number: they end there, and nothing fails.

use std::ops::Range;

use domain::{
    limits::{BalanceChange, LimitDraft, Metric, NewLimitChange},
    money::Money,
    usage::{UsageEventDraft, UsageRange, UseDraft},
};
use serde_json::{Value, json};
use service::{
    Services,
    access::operator,
    directory::{self, DirectoryQuery},
    doctor, housekeeping, limits,
    usage::{self, UsageFilter},
};
use sqlx::PgPool;
use time::{Date, Duration};
use uuid::Uuid;

use crate::support::{
    services,
    users::{add, count},
};

/// Largest sum of a user, a model and a day.
const DAY_MAX: i64 = 9_007_199_254_740_991;

/// Returns a filter for all usage.
async fn all(pool: &PgPool) -> UsageFilter {
    let today: Date = sqlx::query_scalar("select (now() at time zone 'UTC')::date")
        .fetch_one(pool)
        .await
        .unwrap();
    UsageFilter {
        days: UsageRange {
            from: today - Duration::days(40),
            to: today + Duration::DAY,
        },
        user: None,
        group: None,
        model: None,
    }
}

/// Stores events of a user with the largest amounts.
async fn store_largest(services: &Services, user: Uuid, events: Range<i32>) {
    let largest = |event: i32| {
        json!({
            "user": user, "eventId": event.to_string(), "requests": 1_000_000_000_000_000_i64,
            "tokensIn": 1_000_000_000_000_000_i64, "tokensOut": 1_000_000_000_000_000_i64, "cost": "1000000",
        })
    };
    let events: Value = events.map(largest).collect();
    let events: Vec<UsageEventDraft> = serde_json::from_value(events).unwrap();
    let stored = usage::store(services, &operator(), &events).await;
    assert_eq!(stored.unwrap().counted, events.len() as u64);
}

/// Returns the sums that differ from a recount.
async fn differences(services: &Services) -> Vec<String> {
    let findings = doctor::examine(services).await.unwrap();
    findings
        .into_iter()
        .filter(|finding| !finding.good && !finding.text.contains("setup-link"))
        .map(|finding| finding.text)
        .collect()
}

async fn set_limit(services: &Services, metric: Metric, amount: Value) {
    let draft =
        json!({ "subject": "default", "metric": metric, "amount": amount, "period": "total" });
    let draft: LimitDraft = serde_json::from_value(draft).unwrap();
    limits::put(services, &operator(), draft).await.unwrap();
}

#[testing::test]
async fn uses_of_one_user_do_not_break_the_usage_of_all(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    for events in [0..12, 12..36] {
        store_largest(&services, ada, events).await;
        let day = "select requests from usage_daily";
        assert_eq!(count(&pool, day).await, DAY_MAX);
    }
    // The sum of these models is beyond the range.
    sqlx::query(
        "with used as (
            insert into usage_events (id, at, kind, user_id, model, requests, tokens_in, tokens_out, cost_nanos)
            select uuid_v7(now()), now(), 'use', $1, 'm' || n, $2, $2, $2, $2 from generate_series(1, 1100) as n
            returning model
        )
        insert into usage_daily (day, user_id, model, requests, tokens_in, tokens_out, cost_nanos)
        select (now() at time zone 'UTC')::date, $1, model, $2, $2, $2, $2 from used",
    )
    .bind(ada)
    .bind(DAY_MAX)
    .execute(&pool)
    .await
    .unwrap();
    let overview = usage::overview(&services, &operator(), &all(&pool).await)
        .await
        .unwrap();
    assert_eq!(overview.total.requests, i64::MAX);
    assert_eq!(overview.total.cost, Money::from_nanos(i64::MAX));
    assert_eq!(overview.users[0].usage.tokens_in, i64::MAX);
    assert_eq!(overview.models.len(), 20);
    let query = DirectoryQuery {
        namespace: "litellm".to_owned(),
        limit: 10,
        ..DirectoryQuery::default()
    };
    let listed = directory::list(&services, &operator(), &query).await;
    assert_eq!(listed.unwrap().1, 1);
    let spent = "select nanos from user_spend";
    assert_eq!(count(&pool, spent).await, i64::MAX);
    assert_eq!(differences(&services).await, Vec::<String>::new());
    // The totals are right again after the user is deleted.
    for statement in ["update users set deleted_at = now()", "delete from users"] {
        sqlx::query(statement).execute(&pool).await.unwrap();
    }
    let overview = usage::overview(&services, &operator(), &all(&pool).await).await;
    assert!(overview.unwrap().days.is_empty());
    assert_eq!(differences(&services).await, Vec::<String>::new());
}

#[testing::test]
async fn totals_that_earlier_versions_stored_are_read_and_merged(pool: PgPool) {
    let services = services(&pool);
    sqlx::query(
        "insert into usage_daily_totals (day, model, shard, requests, tokens_in, tokens_out, cost_nanos)
        select (now() at time zone 'UTC')::date - 5, 'gpt', shard, $1, $1, $1, $1 from generate_series(0, 1) as shard",
    )
    .bind(i64::MAX - 5)
    .execute(&pool)
    .await
    .unwrap();
    for _ in 0..2 {
        let overview = usage::overview(&services, &operator(), &all(&pool).await)
            .await
            .unwrap();
        assert_eq!(overview.total.tokens_out, i64::MAX);
        let expected = "Totals of usage that differ from the days of the users: 1.";
        assert_eq!(differences(&services).await, [expected]);
        housekeeping::run(&services).await.unwrap();
    }
    let rows = "select count(*) from usage_daily_totals";
    assert_eq!(count(&pool, rows).await, 1);
}

#[testing::test]
async fn balances_and_leases_end_at_the_largest_amount(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    set_limit(&services, Metric::Cost, json!("5")).await;
    let use_once = async || {
        let used: UseDraft = serde_json::from_value(json!({ "user": ada, "cost": "1" })).unwrap();
        limits::consume(&services, &operator(), &used)
            .await
            .unwrap()
    };
    use_once().await;
    for _ in 0..2 {
        let top_up = NewLimitChange {
            metric: Metric::Cost,
            model: None,
            change: BalanceChange::TopUp(i64::MAX - 1),
            reason: "exam".to_owned(),
        };
        limits::change(&services, &operator(), ada, top_up)
            .await
            .unwrap();
    }
    assert_eq!(differences(&services).await, Vec::<String>::new());
    // The balance is created again from the events.
    sqlx::raw_sql("delete from balances")
        .execute(&pool)
        .await
        .unwrap();
    sqlx::query(
        "insert into leases (id, user_id, holders, requests, tokens, cost_nanos, event_id, expires_at, created_at)
        select uuid_v7(now()), $1, array[$1]::uuid[], $2, $2, $2, n::text, now() + interval '1 hour', now() from generate_series(1, 2) as n",
    )
    .bind(ada)
    .bind(i64::MAX)
    .execute(&pool)
    .await
    .unwrap();
    let left = limits::list_effective(&services, &operator(), ada).await;
    assert_eq!(left.unwrap().len(), 1);
    sqlx::raw_sql("delete from leases")
        .execute(&pool)
        .await
        .unwrap();
    use_once().await;
    let granted = "select granted from balances";
    assert_eq!(count(&pool, granted).await, i64::MAX);
    let used_up = "select count(*) from balances b where is_used_up(5, 'total', b, now())";
    assert_eq!(count(&pool, used_up).await, 0);
    assert_eq!(differences(&services).await, Vec::<String>::new());
    store_largest(&services, ada, 0..24).await;
    assert_eq!(differences(&services).await, Vec::<String>::new());
}

#[testing::test]
async fn changed_balances_start_again_after_the_largest_amount(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    set_limit(&services, Metric::Cost, json!("5")).await;
    let use_once = async || {
        let used: UseDraft = serde_json::from_value(json!({ "user": ada, "cost": "1" })).unwrap();
        limits::consume(&services, &operator(), &used)
            .await
            .unwrap()
    };
    let change = async |change: BalanceChange| {
        let change = NewLimitChange {
            metric: Metric::Cost,
            model: None,
            change,
            reason: "exam".to_owned(),
        };
        limits::change(&services, &operator(), ada, change)
            .await
            .unwrap()
    };
    let used = "select used from balances";
    for (change_from_largest, left_used) in [
        (BalanceChange::Reset, 0),
        (BalanceChange::Set(7), 7),
        (BalanceChange::Adjust(-i64::MAX), 0),
    ] {
        use_once().await;
        change(BalanceChange::Adjust(i64::MAX - 1)).await;
        assert_eq!(count(&pool, used).await, i64::MAX);
        assert_eq!(differences(&services).await, Vec::<String>::new());
        change(change_from_largest).await;
        assert_eq!(count(&pool, used).await, left_used);
        assert_eq!(differences(&services).await, Vec::<String>::new());
    }
    // The balance is created again from the events.
    sqlx::raw_sql("delete from balances")
        .execute(&pool)
        .await
        .unwrap();
    use_once().await;
    assert_eq!(count(&pool, used).await, 1_000_000_000);
    assert_eq!(differences(&services).await, Vec::<String>::new());
}
