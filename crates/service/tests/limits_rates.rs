//! Rates per minute: reservations that are not used, changed amounts, and answers; and uses of zero.

use domain::{
    limits::{LimitReached, LimitStatus, LimitsAnswer, Metric},
    usage::{ReleaseDraft, ReserveDraft, SettleDraft, UsageEventDraft, UseDraft},
};
use serde_json::{Value, from_value, json};
use service::{Error, Services, access::operator, limits, usage};
use sqlx::PgPool;
use uuid::Uuid;

use crate::support::{
    services,
    users::{add, count},
};

/// Sets a limit of a user.
async fn set(services: &Services, user: Uuid, metric: Metric, amount: Value) {
    let mut limit =
        json!({ "subject": { "user": user }, "metric": metric.as_str(), "amount": amount });
    if metric.has_period() {
        limit["period"] = json!("total");
    }
    let limit = from_value(limit).unwrap();
    limits::put(services, &operator(), limit).await.unwrap();
}

async fn consume(services: &Services, user: Uuid, mut used: Value) -> Result<LimitsAnswer, Error> {
    used["user"] = json!(user);
    let draft: UseDraft = from_value(used).unwrap();
    limits::consume(services, &operator(), &draft).await
}

/// Reserves tokens. Returns the lease, with the answer.
async fn reserve(services: &Services, user: Uuid, tokens: i64) -> (Uuid, LimitsAnswer) {
    let draft = json!({ "user": user, "tokens": tokens, "eventId": "reserved" });
    let draft: ReserveDraft = from_value(draft).unwrap();
    let answer = limits::reserve(services, &operator(), &draft)
        .await
        .unwrap();
    (answer.lease.unwrap(), answer)
}

async fn settle(services: &Services, lease: Uuid, tokens: i64) -> LimitsAnswer {
    let draft: SettleDraft = from_value(json!({ "lease": lease, "tokens": tokens })).unwrap();
    limits::settle(services, &operator(), &draft).await.unwrap()
}

async fn release(services: &Services, lease: Uuid) {
    let draft = ReleaseDraft { lease };
    limits::release(services, &operator(), draft).await.unwrap();
}

/// Returns the used amount of a metric.
fn used_of(statuses: &[LimitStatus], metric: Metric) -> i64 {
    let status = statuses.iter().find(|status| status.metric == metric);
    status.unwrap().used.units()
}

async fn used(services: &Services, user: Uuid, metric: Metric) -> i64 {
    let statuses = limits::list_effective(services, &operator(), user).await;
    used_of(&statuses.unwrap(), metric)
}

fn denial(result: Result<LimitsAnswer, Error>) -> LimitReached {
    match result {
        Err(Error::LimitReached(reached)) => *reached,
        other => panic!("{other:?}"),
    }
}

/// Makes a minute pass.
async fn wait_a_minute(pool: &PgPool) {
    let earlier = "update rate_limits set spent_until = spent_until - interval '1 minute';
        update leases set created_at = created_at - interval '1 minute'";
    sqlx::raw_sql(earlier).execute(pool).await.unwrap();
}

#[testing::test]
async fn unused_part_of_a_reservation_is_given_back_to_rates(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    set(&services, ada, Metric::Tpm, json!(1_000)).await;
    set(&services, ada, Metric::Rpm, json!(10)).await;
    let (lease, answer) = reserve(&services, ada, 900).await;
    assert_eq!(used_of(&answer.limits, Metric::Rpm), 1);
    assert!((800..=900).contains(&used_of(&answer.limits, Metric::Tpm)));
    for _ in 0..2 {
        release(&services, lease).await;
        assert_eq!(used(&services, ada, Metric::Tpm).await, 0);
        assert_eq!(used(&services, ada, Metric::Rpm).await, 0);
    }
    sqlx::raw_sql("delete from leases")
        .execute(&pool)
        .await
        .unwrap();
    let (lease, _) = reserve(&services, ada, 900).await;
    let settled = settle(&services, lease, 500).await;
    assert!((400..=500).contains(&used_of(&settled.limits, Metric::Tpm)));
    assert_eq!(used_of(&settled.limits, Metric::Rpm), 1);
    consume(&services, ada, json!({ "tokens": 450 }))
        .await
        .unwrap();
}

#[testing::test]
async fn what_time_has_freed_is_not_given_back_again(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    set(&services, ada, Metric::Tpm, json!(1_000)).await;
    let (lease, _) = reserve(&services, ada, 900).await;
    wait_a_minute(&pool).await;
    consume(&services, ada, json!({ "tokens": 900 }))
        .await
        .unwrap();
    release(&services, lease).await;
    assert!((800..=900).contains(&used(&services, ada, Metric::Tpm).await));
}

#[testing::test]
async fn reservation_whose_event_was_reported_counts_once_in_rates(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    set(&services, ada, Metric::Tpm, json!(1_000)).await;
    let (lease, _) = reserve(&services, ada, 500).await;
    let event = json!({ "user": ada, "tokens": 300, "eventId": "reserved" });
    let event: UsageEventDraft = from_value(event).unwrap();
    usage::store(&services, &operator(), &[event])
        .await
        .unwrap();
    let settled = settle(&services, lease, 300).await;
    assert!(!settled.counted);
    assert!((200..=300).contains(&used_of(&settled.limits, Metric::Tpm)));
}

#[testing::test]
async fn answers_have_the_rates_after_the_use(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    set(&services, ada, Metric::Rpm, json!(10)).await;
    for number in 1..=2 {
        let answer = consume(&services, ada, json!({})).await.unwrap();
        let status = &answer.limits[0];
        assert_eq!(
            (status.used.units(), status.left.unwrap().units()),
            (number, 10 - number)
        );
        assert!(status.resets_at.is_some());
    }
}

#[testing::test]
async fn changed_rate_keeps_what_is_used(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    set(&services, ada, Metric::Rpm, json!(1)).await;
    consume(&services, ada, json!({})).await.unwrap();
    set(&services, ada, Metric::Rpm, json!(100)).await;
    assert_eq!(used(&services, ada, Metric::Rpm).await, 1);
    let answer = consume(&services, ada, json!({ "requests": 60 })).await;
    let of_answer = used_of(&answer.unwrap().limits, Metric::Rpm);
    assert!((51..=61).contains(&of_answer), "{of_answer}");
    // A lowered rate is used up, for a minute at most.
    set(&services, ada, Metric::Rpm, json!(2)).await;
    assert_eq!(used(&services, ada, Metric::Rpm).await, 2);
    let denied = denial(consume(&services, ada, json!({})).await);
    assert!(
        denied
            .retry_after
            .is_some_and(|seconds| (1..=30).contains(&seconds))
    );
    wait_a_minute(&pool).await;
    consume(&services, ada, json!({})).await.unwrap();
}

#[testing::test]
async fn reported_uses_spend_a_rate_for_an_hour_at_most(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    set(&services, ada, Metric::Tpm, json!(10)).await;
    for event in ["a", "b", "c"] {
        let event = json!({ "user": ada, "eventId": event, "tokens": 1_000_000_000 });
        let event: UsageEventDraft = from_value(event).unwrap();
        usage::store(&services, &operator(), &[event])
            .await
            .unwrap();
    }
    denial(consume(&services, ada, json!({ "tokens": 1 })).await);
    let longer = "select count(*) from rate_limits where spent_until > now() + interval '1 hour'";
    assert_eq!(count(&pool, longer).await, 0);
}

#[testing::test]
async fn use_of_zero_needs_nothing_to_be_left(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    set(&services, ada, Metric::Cost, json!("1")).await;
    set(&services, ada, Metric::Requests, json!(3)).await;
    consume(&services, ada, json!({ "cost": 1 })).await.unwrap();
    for used in [json!({}), json!({ "tokens": 5 })] {
        let denied = denial(consume(&services, ada, used).await);
        assert_eq!(denied.limit.metric, Metric::Cost);
    }
    for used in [json!({ "cost": "0" }), json!({ "cost": 0, "tokens": 5 })] {
        consume(&services, ada, used).await.unwrap();
    }
    let denied = denial(consume(&services, ada, json!({ "cost": 0 })).await);
    assert_eq!(denied.limit.metric, Metric::Requests);
}

#[testing::test]
async fn message_says_whether_anything_is_left(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    set(&services, ada, Metric::Cost, json!("10")).await;
    let message = async |cost: &str| {
        let denied = consume(&services, ada, json!({ "cost": cost })).await;
        denied.unwrap_err().message().to_string()
    };
    assert_eq!(
        message("11").await,
        "The limit of $10.00 in total has $10.00 left, and this use is $11.00."
    );
    consume(&services, ada, json!({ "cost": 10 }))
        .await
        .unwrap();
    assert_eq!(
        message("1").await,
        "The limit of $10.00 in total is reached."
    );
}
