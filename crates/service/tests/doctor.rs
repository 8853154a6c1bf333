//! Diagnosis of the database: each row that is wrong is found.

use domain::usage::UsageEventDraft;
use serde_json::json;
use service::{access::operator, doctor, limits, usage};
use sqlx::PgPool;
use testing::conversations::conversation;

use crate::support::{
    services,
    users::{add, count},
};

/// Returns the texts of the checks that failed, without that of the admin, who does not exist here.
async fn problems(pool: &PgPool) -> Vec<String> {
    let findings = doctor::examine(&services(pool)).await.unwrap();
    findings
        .into_iter()
        .filter(|finding| !finding.good && !finding.text.contains("setup-link"))
        .map(|finding| finding.text)
        .collect()
}

/// Reports uses of a user on two days, of two models.
async fn store_usage(pool: &PgPool) {
    let ada = add(pool, "ada", &["user"]).await;
    let events = json!([
        { "user": ada, "eventId": "1", "model": "gpt", "tokensIn": 10, "tokensOut": 5, "cost": "0.5" },
        { "user": ada, "eventId": "2", "model": "gpt", "cost": "0.25" },
        { "user": ada, "eventId": "3" },
    ]);
    let events: Vec<UsageEventDraft> = serde_json::from_value(events).unwrap();
    usage::store(&services(pool), &operator(), &events)
        .await
        .unwrap();
}

#[testing::test]
async fn sums_of_usage_are_compared_with_the_events(pool: PgPool) {
    store_usage(&pool).await;
    assert_eq!(problems(&pool).await, Vec::<String>::new());
    for (spoil, mend, problem) in [
        (
            "update usage_events set requests = requests + 1 where event_id = '1'",
            "update usage_events set requests = requests - 1 where event_id = '1'",
            "Days of usage of a user that differ from the events: 1.",
        ),
        (
            "update usage_events set kind = 'reset', metric = 'cost' where event_id = '3'",
            "update usage_events set kind = 'use', metric = null where event_id = '3'",
            "Days of usage of a user that differ from the events: 1.",
        ),
        (
            "update usage_daily_totals set cost_nanos = cost_nanos + 1 where model = 'gpt'",
            "update usage_daily_totals set cost_nanos = cost_nanos - 1 where model = 'gpt'",
            "Totals of usage that differ from the days of the users: 1.",
        ),
    ] {
        sqlx::query(spoil).execute(&pool).await.unwrap();
        assert_eq!(problems(&pool).await, [problem], "{spoil}");
        sqlx::query(mend).execute(&pool).await.unwrap();
        assert_eq!(problems(&pool).await, Vec::<String>::new(), "{mend}");
    }
}

#[testing::test]
async fn usernames_that_are_addresses_of_others_are_named(pool: PgPool) {
    for name in ["vera@example.org", "eve"] {
        add(&pool, name, &["user"]).await;
    }
    sqlx::raw_sql("update users set email = username where username like '%@%'")
        .execute(&pool)
        .await
        .unwrap();
    assert_eq!(problems(&pool).await, Vec::<String>::new());
    sqlx::raw_sql(
        "alter table users disable trigger claim_names;
        update users set username = 'Wim@example.org' where username = 'eve';
        update users set email = 'wim@example.org' where username = 'vera@example.org'",
    )
    .execute(&pool)
    .await
    .unwrap();
    let problems = problems(&pool).await;
    assert_eq!(problems.len(), 1, "{problems:?}");
    let is_named = |problem: &String| {
        problem.contains("of another user") && problem.contains("Wim@example.org")
    };
    assert!(problems.iter().any(is_named), "{problems:?}");
}

#[testing::test]
async fn days_without_their_events_are_right(pool: PgPool) {
    store_usage(&pool).await;
    // As `drop_usage_partitions` leaves a month: its sums stay.
    sqlx::query(
        "insert into usage_daily (day, user_id, requests) select '2020-01-31', id, 7 from users",
    )
    .execute(&pool)
    .await
    .unwrap();
    assert_eq!(problems(&pool).await, Vec::<String>::new());
}

#[testing::test]
async fn balances_are_compared_with_the_events_of_their_periods(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    let set = async |period: &str| {
        let draft =
            json!({ "subject": "default", "metric": "requests", "amount": 10, "period": period });
        let draft = serde_json::from_value(draft).unwrap();
        limits::put(&services, &operator(), draft).await.unwrap();
    };
    let consume = async |requests: i64| {
        let used = json!({ "user": ada, "requests": requests });
        let used = serde_json::from_value(used).unwrap();
        limits::consume(&services, &operator(), &used)
            .await
            .unwrap();
    };
    set("calendar:month").await;
    consume(3).await;
    assert_eq!(problems(&pool).await, Vec::<String>::new());
    for column in ["used", "granted"] {
        let spoil = format!("update balances set {column} = {column} + 1");
        sqlx::raw_sql(sqlx::AssertSqlSafe(spoil))
            .execute(&pool)
            .await
            .unwrap();
        assert_eq!(
            problems(&pool).await,
            ["Balances of limits that differ from the events of their periods: 1."],
            "{column}"
        );
        let mend = format!("update balances set {column} = {column} - 1");
        sqlx::raw_sql(sqlx::AssertSqlSafe(mend))
            .execute(&pool)
            .await
            .unwrap();
        assert_eq!(problems(&pool).await, Vec::<String>::new(), "{column}");
    }
    // The balance of a changed period keeps what was used before, so it is not the sum of the new one.
    set("12h").await;
    consume(1).await;
    let kept = "select used from balances where carried";
    assert_eq!(count(&pool, kept).await, 4);
    assert_eq!(problems(&pool).await, Vec::<String>::new());
}

#[testing::test]
async fn balance_with_a_use_before_its_period_is_not_compared(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    let draft =
        json!({ "subject": "default", "metric": "requests", "amount": 10, "period": "total" });
    let draft = serde_json::from_value(draft).unwrap();
    limits::put(&services, &operator(), draft).await.unwrap();
    let consume = async || {
        let used = serde_json::from_value(json!({ "user": ada })).unwrap();
        limits::consume(&services, &operator(), &used)
            .await
            .unwrap();
    };
    consume().await;
    // As after a use that waited for another one, which began the period.
    sqlx::raw_sql("update balances set used = 0, period_start = now() + interval '1 minute'")
        .execute(&pool)
        .await
        .unwrap();
    consume().await;
    let counted = "select used from balances where carried";
    assert_eq!(count(&pool, counted).await, 1);
    assert_eq!(problems(&pool).await, Vec::<String>::new());
}

#[testing::test]
async fn totals_follow_every_change_of_a_day(pool: PgPool) {
    store_usage(&pool).await;
    for (change, requests) in [
        ("update usage_daily set requests = requests + 5", 13),
        (
            "update usage_daily set model = coalesce(model, 'other'), day = day - 1",
            13,
        ),
        ("delete from usage_daily where requests = 6", 7),
        ("delete from usage_daily", 0),
    ] {
        sqlx::query(change).execute(&pool).await.unwrap();
        let total = "select sum(requests)::bigint from usage_daily_totals";
        assert_eq!(count(&pool, total).await, requests, "{change}");
        let wrong = db::doctor::recount(&pool).await.unwrap().wrong_usage_totals;
        assert_eq!(wrong, 0, "{change}");
    }
}

#[testing::test]
async fn migration_adds_the_days_before_the_trigger(pool: PgPool) {
    const FILL: &str = include_str!("../../../migrations/20261130170100_fill_usage_totals.sql");
    let trigger = "alter table usage_daily disable trigger sum_usage";
    sqlx::query(trigger).execute(&pool).await.unwrap();
    store_usage(&pool).await;
    let trigger = "alter table usage_daily enable trigger sum_usage";
    sqlx::query(trigger).execute(&pool).await.unwrap();
    // A use between the two migrations is in the totals already.
    sqlx::query("update usage_daily set requests = requests + 1")
        .execute(&pool)
        .await
        .unwrap();
    let wrong = db::doctor::recount(&pool).await.unwrap().wrong_usage_totals;
    assert_eq!(wrong, 2);
    sqlx::raw_sql(FILL).execute(&pool).await.unwrap();
    let wrong = db::doctor::recount(&pool).await.unwrap().wrong_usage_totals;
    assert_eq!(wrong, 0);
}

#[testing::test]
async fn wrong_sum_of_a_conversation_is_found(pool: PgPool) {
    let ada = add(&pool, "ada", &["user"]).await;
    conversation(&pool, ada, "physics", "a").await;
    assert_eq!(problems(&pool).await, Vec::<String>::new());
    sqlx::query("update conversations set tokens_in = tokens_in + 1")
        .execute(&pool)
        .await
        .unwrap();
    assert_eq!(
        problems(&pool).await,
        ["Conversations whose sums differ from their messages: 1."]
    );
}

#[testing::test]
async fn missing_partitions_are_found(pool: PgPool) {
    let next = "select 'usage_events_' || to_char((now() at time zone 'UTC') + interval '1 month', 'YYYY_MM')";
    let next: String = sqlx::query_scalar(next).fetch_one(&pool).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("drop table {next}")))
        .execute(&pool)
        .await
        .unwrap();
    assert_eq!(
        problems(&pool).await,
        ["Missing partitions of events of this month and the next: 1."]
    );
    db::usage::ensure_partitions(&pool).await.unwrap();
    assert_eq!(problems(&pool).await, Vec::<String>::new());
}
