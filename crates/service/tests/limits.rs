//! Limits: the order of precedence, uses at the same time, periods, reservations and changes of balances.

use domain::{
    error::Conflict,
    limits::{
        Amount, BalanceChange, Limit, LimitBulkRequest, LimitBulkResetRequest, LimitDraft,
        LimitReached, LimitStatus, LimitSubject, LimitsAnswer, Metric, NewLimitChange, SubjectKind,
    },
    usage::{ReleaseDraft, ReserveDraft, SettleDraft, UsageEventDraft, UseDraft},
};
use serde_json::{Value, json};
use service::{Error, Services, access::operator, limits, usage};
use sqlx::PgPool;
use testing::{
    groups::group,
    roles::{assign, role},
    users::user,
};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::{
    callers::caller,
    services,
    users::{add, count},
};

fn draft(json: Value) -> LimitDraft {
    serde_json::from_value(json).unwrap()
}

/// Sets a limit of requests.
async fn set(services: &Services, subject: Value, amount: Value, period: &str) -> Limit {
    let json =
        json!({ "subject": subject, "metric": "requests", "amount": amount, "period": period });
    limits::put(services, &operator(), draft(json))
        .await
        .unwrap()
}

async fn consume(services: &Services, mut used: Value, user: Uuid) -> Result<LimitsAnswer, Error> {
    used["user"] = json!(user);
    let draft: UseDraft = serde_json::from_value(used).unwrap();
    limits::consume(services, &operator(), &draft).await
}

fn denial(result: Result<LimitsAnswer, Error>) -> LimitReached {
    match result {
        Err(Error::LimitReached(reached)) => *reached,
        other => panic!("{other:?}"),
    }
}

async fn left(services: &Services, user: Uuid) -> Vec<LimitStatus> {
    limits::list_effective(services, &operator(), user)
        .await
        .unwrap()
}

async fn change(
    services: &Services,
    user: Uuid,
    change: BalanceChange,
) -> Result<LimitStatus, Error> {
    let change = NewLimitChange {
        metric: Metric::Requests,
        model: None,
        change,
        reason: "exam".to_owned(),
    };
    limits::change(services, &operator(), user, change).await
}

#[testing::test]
async fn one_limit_decides_for_each_metric(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let desk = role("desk").insert(&pool).await;
    let (small, big) = (
        group("Small").members(&[ada]).insert(&pool).await,
        group("Big").members(&[ada]).insert(&pool).await,
    );
    let decides = async |subject: LimitSubject, amount: Option<i64>| {
        let limits = left(&services, ada).await;
        assert_eq!(limits.len(), 1, "{limits:?}");
        assert_eq!(limits[0].subject, subject);
        assert_eq!(limits[0].amount.map(Amount::units), amount);
    };
    assert!(left(&services, ada).await.is_empty());
    set(&services, json!("default"), json!(1), "1d").await;
    decides(LimitSubject::Default, Some(1)).await;
    set(&services, json!({ "role": desk }), json!(0), "1d").await;
    decides(LimitSubject::Default, Some(1)).await;
    assign(&pool, ada, &["desk"]).await;
    decides(LimitSubject::Role(desk), Some(0)).await;
    set(&services, json!({ "group": small }), json!(10), "1d").await;
    decides(LimitSubject::Group(small), Some(10)).await;
    // 100 in a month are fewer than 10 a day.
    set(&services, json!({ "group": big }), json!(100), "1mo").await;
    decides(LimitSubject::Group(small), Some(10)).await;
    set(&services, json!({ "group": big }), json!(null), "1d").await;
    decides(LimitSubject::Group(big), None).await;
    let own = set(&services, json!({ "user": ada }), json!(0), "1d").await;
    decides(LimitSubject::User(ada), Some(0)).await;
    denial(consume(&services, json!({}), ada).await);
    limits::delete(&services, &operator(), own.id)
        .await
        .unwrap();
    decides(LimitSubject::Group(big), None).await;
    consume(&services, json!({}), ada).await.unwrap();
}

#[testing::test]
async fn hundred_uses_at_once_of_ten_leave_ten(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    set(&services, json!("default"), json!(10), "1d").await;
    let mut uses = JoinSet::new();
    for number in 0..100 {
        let services = services.clone();
        uses.spawn(async move {
            let used = json!({ "eventId": format!("event {number}") });
            match consume(&services, used, ada).await {
                Ok(answer) => u32::from(answer.counted),
                Err(Error::LimitReached(_)) => 0,
                Err(error) => panic!("{error:?}"),
            }
        });
    }
    let counted: u32 = uses.join_all().await.into_iter().sum();
    assert_eq!(counted, 10);
    for sql in [
        "select sum(requests)::bigint from usage_events",
        "select sum(requests)::bigint from usage_daily",
        "select used from balances",
        "select count(*) from usage_event_ids",
    ] {
        assert_eq!(count(&pool, sql).await, 10, "{sql}");
    }
}

#[testing::test]
async fn shared_balance_binds_all_members_together(pool: PgPool) {
    let services = services(&pool);
    let (ada, bob) = (add(&pool, "ada", &[]).await, add(&pool, "bob", &[]).await);
    let team = group("Team").members(&[ada, bob]).insert(&pool).await;
    let shared = json!({
        "subject": { "group": team }, "metric": "cost", "amount": "0.3", "period": "calendar:month",
        "shared": true,
    });
    limits::put(&services, &operator(), draft(shared))
        .await
        .unwrap();
    let dime = || json!({ "cost": "0.1" });
    for user in [ada, bob, ada] {
        consume(&services, dime(), user).await.unwrap();
    }
    let denied = denial(consume(&services, dime(), bob).await);
    assert_eq!(denied.limit.subject, LimitSubject::Group(team));
    assert!(denied.limit.shared && denied.retry_after.is_some());
    assert_eq!(denied.limit.used, Amount::of(Metric::Cost, 300_000_000));
}

#[testing::test]
async fn event_that_is_sent_twice_counts_once(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    set(&services, json!("default"), json!(1), "1d").await;
    let used = || json!({ "eventId": "a" });
    assert!(consume(&services, used(), ada).await.unwrap().counted);
    let again = consume(&services, used(), ada).await.unwrap();
    assert!(again.allowed && !again.counted);
    denial(consume(&services, json!({ "eventId": "b" }), ada).await);
    set(&services, json!("default"), json!(2), "1d").await;
    // What was denied can be sent again.
    assert!(
        consume(&services, json!({ "eventId": "b" }), ada)
            .await
            .unwrap()
            .counted
    );
}

/// Asserts the conflict of an event with another one of the same id.
#[track_caller]
fn assert_differs(result: Result<LimitsAnswer, Error>, event: &str) {
    match result {
        Err(Error::Taken(errors)) => {
            let text = errors.get("event_id").unwrap_or_default();
            assert!(text.contains(event), "{errors:?}");
        }
        other => panic!("{event}: {other:?}"),
    }
}

#[testing::test]
async fn event_that_counts_something_else_is_a_conflict(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let bob = add(&pool, "bob", &[]).await;
    let first = || json!({ "eventId": "chat-1", "model": "gpt", "tokens": 5, "cost": "0.1" });
    let changed = |name: &str, value: Value| {
        let mut used = first();
        used[name] = value;
        used
    };
    assert!(consume(&services, first(), ada).await.unwrap().counted);
    for used in [
        changed("requests", json!(2)),
        changed("tokens", json!(6)),
        changed("cost", json!("0.2")),
        changed("model", json!("llama")),
    ] {
        assert_differs(consume(&services, used, ada).await, "chat-1");
    }
    // The conversation counts nothing, and the number of requests is 1 without one.
    for used in [
        changed("conversationId", json!("c")),
        changed("requests", json!(1)),
    ] {
        let again = consume(&services, used, ada).await.unwrap();
        assert!(again.allowed && !again.counted);
    }
    // The ids of events are those of their user.
    let other = changed("cost", json!("0.2"));
    assert!(consume(&services, other, bob).await.unwrap().counted);
    // What an earlier version has counted is not known.
    let forget = "update usage_event_ids set use_hash = null";
    sqlx::raw_sql(forget).execute(&pool).await.unwrap();
    let unknown = changed("cost", json!("0.2"));
    assert!(!consume(&services, unknown, ada).await.unwrap().counted);
    let dimes = "select sum(cost_nanos)::bigint / 100000000 from usage_daily";
    assert_eq!(count(&pool, dimes).await, 3);
}

#[testing::test]
async fn event_that_reserves_something_else_is_a_conflict(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let first = || json!({ "eventId": "chat-1", "tokens": 5, "cost": "0.1" });
    let changed = |name: &str, value: Value| {
        let mut used = first();
        used[name] = value;
        used
    };
    let lease = reserve(&services, first(), ada).await.unwrap().lease;
    for used in [
        changed("requests", json!(2)),
        changed("tokens", json!(6)),
        changed("cost", json!("0.2")),
        changed("model", json!("gpt")),
    ] {
        assert_differs(reserve(&services, used, ada).await, "chat-1");
    }
    let longer = changed("seconds", json!(60));
    let again = reserve(&services, longer, ada).await.unwrap();
    assert_eq!((again.lease, again.counted), (lease, false));
    // What was reserved and what was used differ.
    let used = json!({ "lease": lease, "tokens": 4, "cost": "0.05" });
    assert!(settle(&services, used).await.unwrap().counted);
    let later = json!({ "eventId": "chat-1", "tokens": 5, "cost": "0.05" });
    assert_differs(consume(&services, later, ada).await, "chat-1");
}

#[testing::test]
async fn what_was_used_before_a_limit_counts(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    for model in ["gpt", "llama", "gpt"] {
        consume(&services, json!({ "model": model }), ada)
            .await
            .unwrap();
    }
    set(&services, json!("default"), json!(3), "calendar:month").await;
    denial(consume(&services, json!({}), ada).await);
    let of_model = json!({
        "subject": "default", "metric": "requests", "model": "gpt", "amount": 5, "period": "calendar:month",
    });
    limits::put(&services, &operator(), draft(of_model))
        .await
        .unwrap();
    let all = left(&services, ada).await;
    let used: Vec<_> = all.iter().map(|status| status.used.units()).collect();
    assert_eq!(used, [3, 2]);
}

#[testing::test]
async fn uses_without_a_limit_count_when_there_is_one_again(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let team = group("Team").members(&[ada]).insert(&pool).await;
    let shared = || {
        let json = json!({
            "subject": { "group": team }, "metric": "requests", "amount": 9, "period": "total", "shared": true,
        });
        draft(json)
    };
    for used in [1, 3] {
        let own = set(&services, json!({ "user": ada }), json!(9), "total").await;
        let of_team = limits::put(&services, &operator(), shared()).await.unwrap();
        let answer = consume(&services, json!({}), ada).await.unwrap();
        let all: Vec<_> = answer
            .limits
            .iter()
            .map(|status| status.used.units())
            .collect();
        assert_eq!(all, [used, used]);
        for id in [own.id, of_team.id] {
            limits::delete(&services, &operator(), id).await.unwrap();
        }
        consume(&services, json!({}), ada).await.unwrap();
    }
}

#[testing::test]
async fn period_ends_and_a_changed_one_keeps_what_is_used(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    set(&services, json!("default"), json!(5), "calendar:month").await;
    consume(&services, json!({ "requests": 5 }), ada)
        .await
        .unwrap();
    set(&services, json!("default"), json!(5), "12h").await;
    let denied = denial(consume(&services, json!({}), ada).await);
    assert!(
        denied
            .retry_after
            .is_some_and(|seconds| seconds <= 12 * 3_600)
    );
    // A lowered amount stays exhausted, and nothing becomes negative.
    set(&services, json!("default"), json!(2), "12h").await;
    let status = &left(&services, ada).await[0];
    assert_eq!(
        (status.used.units(), status.left.map(Amount::units)),
        (5, Some(0))
    );
    set(&services, json!("default"), json!(5), "12h").await;
    // Twelve hours pass.
    let earlier = "update usage_events set at = at - interval '12 hours';
        update balances set period_start = period_start - interval '12 hours', period_end = now() - interval '1 second'";
    sqlx::raw_sql(earlier).execute(&pool).await.unwrap();
    let answer = consume(&services, json!({}), ada).await.unwrap();
    assert_eq!(answer.limits[0].used.units(), 1);
    // A clock that steps back gives nothing back.
    let ahead = "update balances set period_start = period_start + interval '1 hour'";
    sqlx::raw_sql(ahead).execute(&pool).await.unwrap();
    let answer = consume(&services, json!({}), ada).await.unwrap();
    assert_eq!(answer.limits[0].used.units(), 2);
}

#[testing::test]
async fn use_before_a_new_period_begins_is_one_of_that_period(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    set(&services, json!("default"), json!(1), "total").await;
    consume(&services, json!({}), ada).await.unwrap();
    set(&services, json!("default"), json!(1), "1d").await;
    // The limit was set after the use has read the clock.
    sqlx::raw_sql("update limits set anchor = anchor + interval '1 hour'")
        .execute(&pool)
        .await
        .unwrap();
    denial(consume(&services, json!({}), ada).await);
    // The period that the denial stored is the first one, so what is used stays until that ends.
    let kept = "select count(*) from balances b join limits l on l.anchor = b.period_start where b.used = 1";
    assert_eq!(count(&pool, kept).await, 1);
}

#[testing::test]
async fn uses_count_when_a_limit_does_not_refill_any_more(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    set(&services, json!("default"), json!(3), "drip:3600").await;
    consume(&services, json!({ "requests": 2 }), ada)
        .await
        .unwrap();
    set(&services, json!("default"), json!(3), "total").await;
    consume(&services, json!({}), ada).await.unwrap();
    denial(consume(&services, json!({}), ada).await);
    let stored = "select used from balances where level is null";
    assert_eq!(count(&pool, stored).await, 3);
}

#[testing::test]
async fn limit_that_refills_gets_one_after_each_time(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    set(&services, json!("default"), json!(2), "drip:180").await;
    consume(&services, json!({ "requests": 2 }), ada)
        .await
        .unwrap();
    let denied = denial(consume(&services, json!({}), ada).await);
    assert!(
        denied
            .retry_after
            .is_some_and(|seconds| (170..=180).contains(&seconds))
    );
    let earlier = "update balances set level_at = level_at - interval '181 seconds'";
    sqlx::raw_sql(earlier).execute(&pool).await.unwrap();
    consume(&services, json!({}), ada).await.unwrap();
    denial(consume(&services, json!({}), ada).await);
    let denied = denial(consume(&services, json!({ "requests": 3 }), ada).await);
    assert_eq!(denied.retry_after, None, "three never fit");
    // A clock that steps back an hour gives nothing, and takes nothing of what comes after it.
    let ahead = "update balances set level_at = level_at + interval '1 hour'";
    sqlx::raw_sql(ahead).execute(&pool).await.unwrap();
    denial(consume(&services, json!({}), ada).await);
    let behind = "update balances set level_at = level_at - interval '1 hour 181 seconds'";
    sqlx::raw_sql(behind).execute(&pool).await.unwrap();
    consume(&services, json!({}), ada).await.unwrap();
    denial(consume(&services, json!({}), ada).await);
}

#[testing::test]
async fn late_reports_count_as_at_their_time_where_a_limit_refills(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    set(&services, json!("default"), json!(2), "drip:180").await;
    let ago = r#"select to_char((now() - $1::int * interval '1 second') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"#;
    for (seconds, requests, expected) in [(600, 2, 2), (200, 2, 1), (0, 1, 0), (600, 3, 0)] {
        let at: String = sqlx::query_scalar(ago)
            .bind(seconds)
            .fetch_one(&pool)
            .await
            .unwrap();
        let event =
            json!({ "user": ada, "eventId": Uuid::now_v7(), "requests": requests, "at": at });
        let event: UsageEventDraft = serde_json::from_value(event).unwrap();
        usage::store(&services, &operator(), &[event])
            .await
            .unwrap();
        let status = left(&services, ada).await.remove(0);
        let left = status.left.map(Amount::units);
        assert_eq!(left, Some(expected), "{requests} {seconds} seconds ago");
    }
}

#[testing::test]
async fn clock_steps_of_an_hour_permit_no_more_than_the_limit(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    set(&services, json!("default"), json!(3), "1h").await;
    consume(&services, json!({ "requests": 2 }), ada)
        .await
        .unwrap();
    // Back by an hour: the period has not begun yet. Its uses stay, and new ones count in it.
    let ahead = "update balances set period_start = period_start + interval '1 hour', period_end = period_end + interval '1 hour'";
    sqlx::raw_sql(ahead).execute(&pool).await.unwrap();
    consume(&services, json!({}), ada).await.unwrap();
    denial(consume(&services, json!({}), ada).await);
    // Forward again: the same period, which is used up.
    let behind = "update balances set period_start = period_start - interval '1 hour', period_end = period_end - interval '1 hour'";
    sqlx::raw_sql(behind).execute(&pool).await.unwrap();
    denial(consume(&services, json!({}), ada).await);
    // Forward by another hour: a new period.
    sqlx::raw_sql(behind).execute(&pool).await.unwrap();
    let answer = consume(&services, json!({}), ada).await.unwrap();
    assert_eq!(answer.limits[0].used.units(), 1);
}

#[testing::test]
async fn budget_below_what_is_used_denies_until_the_period_ends(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let budget = async |amount: &str| {
        let json = json!({
            "subject": "default", "metric": "cost", "amount": amount, "period": "calendar:month"
        });
        limits::put(&services, &operator(), draft(json))
            .await
            .unwrap();
    };
    budget("10").await;
    consume(&services, json!({ "cost": "6" }), ada)
        .await
        .unwrap();
    let lease = reserve(&services, json!({ "cost": "3" }), ada).await;
    let lease = lease.unwrap().lease;
    budget("5").await;
    let denied = denial(consume(&services, json!({ "cost": "0.01" }), ada).await);
    let of = |units| Amount::of(Metric::Cost, units);
    assert_eq!(denied.limit.used, of(6_000_000_000));
    assert_eq!(denied.limit.left, Some(of(0)));
    // What was reserved before is counted.
    settle(&services, json!({ "lease": lease, "cost": "2" }))
        .await
        .unwrap();
    let status = &left(&services, ada).await[0];
    assert_eq!((status.used, status.left), (of(8_000_000_000), Some(of(0))));
    budget("8.5").await;
    consume(&services, json!({ "cost": "0.5" }), ada)
        .await
        .unwrap();
    denial(consume(&services, json!({ "cost": "0.000000001" }), ada).await);
}

#[testing::test]
async fn reported_uses_spend_rates_for_a_minute(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let rate = json!({ "subject": "default", "metric": "rpm", "amount": 2 });
    limits::put(&services, &operator(), draft(rate))
        .await
        .unwrap();
    let earlier = r#"select to_char((now() - interval '2 minutes') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"#;
    let earlier: String = sqlx::query_scalar(earlier).fetch_one(&pool).await.unwrap();
    let report = async |events: Value| {
        let events: Vec<UsageEventDraft> = serde_json::from_value(events).unwrap();
        usage::store(&services, &operator(), &events).await.unwrap()
    };
    report(json!([
        { "user": ada, "eventId": "1", "at": earlier, "requests": 9 },
        { "user": ada, "eventId": "2", "at": earlier, "requests": 9 },
    ]))
    .await;
    consume(&services, json!({}), ada).await.unwrap();
    report(json!([{ "user": ada, "eventId": "3" }, { "user": ada, "eventId": "4" }])).await;
    let denied = denial(consume(&services, json!({}), ada).await);
    assert_eq!(denied.limit.metric, Metric::Rpm);
    let rows = "select count(*) from rate_limits where spent_until > now() + interval '60 seconds'";
    assert_eq!(count(&pool, rows).await, 1);
}

#[testing::test]
async fn rates_permit_a_burst_of_a_minute(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    for (metric, amount) in [("rpm", 3), ("tpm", 100)] {
        let json = json!({ "subject": { "user": ada }, "metric": metric, "amount": amount });
        limits::put(&services, &operator(), draft(json))
            .await
            .unwrap();
    }
    for _ in 0..3 {
        consume(&services, json!({ "tokens": 10 }), ada)
            .await
            .unwrap();
    }
    let denied = denial(consume(&services, json!({}), ada).await);
    assert_eq!(denied.limit.metric, Metric::Rpm);
    assert!(
        denied
            .retry_after
            .is_some_and(|seconds| (1..=20).contains(&seconds))
    );
    let many = json!({ "requests": 0, "tokens": 80 });
    assert_eq!(
        denial(consume(&services, many, ada).await).limit.metric,
        Metric::Tpm
    );
    let never = json!({ "requests": 0, "tokens": 101 });
    assert_eq!(
        denial(consume(&services, never, ada).await).retry_after,
        None
    );
}

async fn reserve(services: &Services, mut json: Value, user: Uuid) -> Result<LimitsAnswer, Error> {
    json["user"] = json!(user);
    let draft: ReserveDraft = serde_json::from_value(json).unwrap();
    limits::reserve(services, &operator(), &draft).await
}

async fn settle(services: &Services, json: Value) -> Result<LimitsAnswer, Error> {
    let draft: SettleDraft = serde_json::from_value(json).unwrap();
    limits::settle(services, &operator(), &draft).await
}

#[testing::test]
async fn reservations_count_until_they_end(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let cost = json!({ "subject": "default", "metric": "cost", "amount": "1", "period": "total" });
    let parallel = json!({ "subject": "default", "metric": "parallel", "amount": 2 });
    for json in [cost, parallel] {
        limits::put(&services, &operator(), draft(json))
            .await
            .unwrap();
    }
    let first = reserve(&services, json!({ "cost": "0.6", "eventId": "a" }), ada)
        .await
        .unwrap();
    let lease = first.lease.unwrap();
    let again = reserve(&services, json!({ "cost": "0.6", "eventId": "a" }), ada)
        .await
        .unwrap();
    assert_eq!((again.lease, again.counted), (Some(lease), false));
    let denied = denial(reserve(&services, json!({ "cost": "0.5" }), ada).await);
    assert_eq!(denied.limit.reserved, Amount::of(Metric::Cost, 600_000_000));
    assert!(denied.retry_after.is_some(), "the reservation ends");
    let second = reserve(&services, json!({ "cost": "0.1" }), ada)
        .await
        .unwrap();
    let denied = denial(reserve(&services, json!({ "cost": "0.1" }), ada).await);
    assert_eq!(denied.limit.metric, Metric::Parallel);

    let settled = settle(&services, json!({ "lease": lease, "cost": "0.05" }))
        .await
        .unwrap();
    assert!(settled.counted);
    let twice = settle(&services, json!({ "lease": lease, "cost": "0.05" }))
        .await
        .unwrap();
    assert!(!twice.counted);
    let release = ReleaseDraft { lease };
    let denied = limits::release(&services, &operator(), release).await;
    assert!(matches!(denied, Err(Error::Conflict(Conflict::LeaseEnded))));
    let other = ReleaseDraft {
        lease: second.lease.unwrap(),
    };
    for _ in 0..2 {
        limits::release(&services, &operator(), other)
            .await
            .unwrap();
    }
    let status = left(&services, ada).await;
    let cost = status
        .iter()
        .find(|status| status.metric == Metric::Cost)
        .unwrap();
    assert_eq!(cost.left, Some(Amount::of(Metric::Cost, 950_000_000)));

    let third = reserve(&services, json!({ "cost": "0.9", "seconds": 1 }), ada)
        .await
        .unwrap();
    let over = "update leases set expires_at = now() - interval '1 second' where ended_at is null";
    sqlx::raw_sql(over).execute(&pool).await.unwrap();
    reserve(&services, json!({ "cost": "0.9" }), ada)
        .await
        .unwrap();
    // What was used is counted, although the lease is over.
    let late = json!({ "lease": third.lease, "cost": "0.9" });
    assert!(settle(&services, late).await.unwrap().counted);
}

#[testing::test]
async fn event_of_an_ended_reservation_is_not_reserved_again(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let reserved = async |event: &str| reserve(&services, json!({ "eventId": event }), ada).await;
    let lease = reserved("released").await.unwrap().lease.unwrap();
    limits::release(&services, &operator(), ReleaseDraft { lease })
        .await
        .unwrap();
    let lease = reserved("settled").await.unwrap().lease;
    settle(&services, json!({ "lease": lease })).await.unwrap();
    reserved("over").await.unwrap();
    let over = "update leases set expires_at = now() where event_id = 'over'";
    sqlx::raw_sql(over).execute(&pool).await.unwrap();
    for event in ["released", "settled", "over"] {
        // Its lease would permit a use that nothing reserves.
        let denied = reserved(event).await;
        assert!(
            matches!(denied, Err(Error::Conflict(Conflict::LeaseEnded))),
            "{event}: {denied:?}"
        );
    }
    reserved("another").await.unwrap();
}

#[testing::test]
async fn counted_event_is_not_reserved(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let bob = add(&pool, "bob", &[]).await;
    let event = |event: &str| json!({ "eventId": event });
    consume(&services, event("counted"), ada).await.unwrap();
    reserve(&services, event("reported"), ada).await.unwrap();
    let reported = json!({ "user": ada, "eventId": "reported" });
    let reported: UsageEventDraft = serde_json::from_value(reported).unwrap();
    usage::store(&services, &operator(), &[reported])
        .await
        .unwrap();
    for id in ["counted", "reported"] {
        // A lease would count nothing when it is settled.
        let denied = reserve(&services, event(id), ada).await;
        assert!(
            matches!(denied, Err(Error::Conflict(Conflict::EventCounted))),
            "{id}: {denied:?}"
        );
    }
    assert_eq!(count(&pool, "select count(*) from leases").await, 1);
    reserve(&services, event("counted"), bob).await.unwrap();
}

#[testing::test]
async fn warning_begins_at_the_percentage_and_not_below(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    for (amount, percentage, warns_at) in [(3, 50, 2), (1, 80, 1), (10, 80, 8)] {
        let limit = json!({
            "subject": { "user": ada }, "metric": "requests", "amount": amount, "period": "total", "warnAt": percentage,
        });
        limits::put(&services, &operator(), draft(limit))
            .await
            .unwrap();
        for used in 0..=amount {
            change(&services, ada, BalanceChange::Set(used))
                .await
                .unwrap();
            let warning = left(&services, ada).await[0].warning;
            assert_eq!(warning, used >= warns_at, "{used} of {amount}");
        }
    }
}

#[testing::test]
async fn balances_are_changed_with_a_reason(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let none = change(&services, ada, BalanceChange::Reset).await;
    assert!(
        matches!(none, Err(Error::Conflict(Conflict::NoBalance))),
        "{none:?}"
    );
    set(&services, json!("default"), json!(3), "1d").await;
    consume(&services, json!({ "requests": 3 }), ada)
        .await
        .unwrap();
    let units = |status: LimitStatus| (status.used.units(), status.left.unwrap().units());
    let changed = change(&services, ada, BalanceChange::TopUp(2))
        .await
        .unwrap();
    assert_eq!(units(changed), (3, 2));
    let changed = change(&services, ada, BalanceChange::Adjust(-1))
        .await
        .unwrap();
    assert_eq!(units(changed), (2, 3));
    let below = change(&services, ada, BalanceChange::Adjust(-3)).await;
    assert!(matches!(
        below,
        Err(Error::Conflict(Conflict::BalanceBelowZero))
    ));
    let changed = change(&services, ada, BalanceChange::Reset).await.unwrap();
    assert_eq!(units(changed), (0, 5));
    // The balance is the sum of its ledger: it is the same if it is created again.
    sqlx::raw_sql("delete from balances")
        .execute(&pool)
        .await
        .unwrap();
    let status = left(&services, ada).await.remove(0);
    assert_eq!(units(status), (0, 5));
}

#[testing::test]
async fn reset_of_uses_before_a_period_is_no_credit_in_it(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let used = async || left(&services, ada).await[0].used.units();
    let limit = set(&services, json!("default"), json!(10), "total").await;
    let yesterday = r#"select to_char((now() - interval '25 hours') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"#;
    let yesterday: String = sqlx::query_scalar(yesterday)
        .fetch_one(&pool)
        .await
        .unwrap();
    let event = json!({ "user": ada, "eventId": "1", "requests": 5, "at": yesterday });
    let event: UsageEventDraft = serde_json::from_value(event).unwrap();
    usage::store(&services, &operator(), &[event])
        .await
        .unwrap();
    consume(&services, json!({}), ada).await.unwrap();
    change(&services, ada, BalanceChange::Reset).await.unwrap();
    limits::delete(&services, &operator(), limit.id)
        .await
        .unwrap();
    consume(&services, json!({ "requests": 3 }), ada)
        .await
        .unwrap();
    set(&services, json!("default"), json!(10), "calendar:day").await;
    assert_eq!(used().await, 3);
    consume(&services, json!({}), ada).await.unwrap();
    assert_eq!(used().await, 4);
    let recount = db::doctor::recount(&pool).await.unwrap();
    assert_eq!(recount.wrong_balances, 0);
}

#[testing::test]
async fn adjustments_within_a_limit_stop_at_its_ends(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    set(&services, json!("default"), json!(3), "1d").await;
    consume(&services, json!({ "requests": 2 }), ada)
        .await
        .unwrap();
    let units = |status: LimitStatus| (status.used.units(), status.left.unwrap().units());
    let mut changes = JoinSet::new();
    for _ in 0..20 {
        let services = services.clone();
        changes.spawn(async move {
            change(&services, ada, BalanceChange::AdjustWithin(1))
                .await
                .unwrap()
        });
    }
    for status in changes.join_all().await {
        assert_eq!(units(status), (3, 0));
    }
    let adjusted = "select count(*) from usage_events where kind = 'adjust'";
    assert_eq!(count(&pool, adjusted).await, 1);
    for (by, expected, events) in [
        (-2, (1, 2), 2),
        (5, (3, 0), 3),
        (-9, (0, 3), 4),
        (-1, (0, 3), 4),
    ] {
        let changed = change(&services, ada, BalanceChange::AdjustWithin(by)).await;
        assert_eq!(units(changed.unwrap()), expected, "{by}");
        assert_eq!(count(&pool, adjusted).await, events, "{by}");
    }
    let audited = "select count(*) from audit_events where action = 'user.balance_adjusted'";
    assert_eq!(count(&pool, audited).await, 4);
    // Above the limit there is nothing left, and only less can be used.
    change(&services, ada, BalanceChange::Adjust(5))
        .await
        .unwrap();
    for (by, used) in [(1, 5), (-1, 4)] {
        let changed = change(&services, ada, BalanceChange::AdjustWithin(by)).await;
        assert_eq!(units(changed.unwrap()), (used, 0), "{by}");
    }
}

#[testing::test]
async fn used_amount_is_set_under_the_lock(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let none = change(&services, ada, BalanceChange::Set(1)).await;
    assert!(matches!(none, Err(Error::Conflict(Conflict::NoBalance))));
    set(&services, json!("default"), json!(9), "1d").await;
    consume(&services, json!({ "requests": 2 }), ada)
        .await
        .unwrap();
    let mut changes = JoinSet::new();
    for _ in 0..20 {
        let services = services.clone();
        changes.spawn(async move { change(&services, ada, BalanceChange::Set(5)).await.unwrap() });
    }
    for status in changes.join_all().await {
        assert_eq!(status.used.units(), 5);
    }
    let adjusted = "select count(*) from usage_events where kind = 'adjust'";
    assert_eq!(count(&pool, adjusted).await, 1);
    let status = change(&services, ada, BalanceChange::Set(0)).await.unwrap();
    assert_eq!(status.used.units(), 0);
    // The balance is the sum of its ledger: it is the same if it is created again.
    sqlx::raw_sql("delete from balances")
        .execute(&pool)
        .await
        .unwrap();
    assert_eq!(left(&services, ada).await.remove(0).used.units(), 0);
    // Of a limit that refills, too.
    set(&services, json!({ "user": ada }), json!(9), "drip:3600").await;
    let status = change(&services, ada, BalanceChange::Set(4)).await.unwrap();
    assert_eq!((status.used.units(), status.left.unwrap().units()), (4, 5));
}

#[testing::test]
async fn accounts_that_cannot_be_used_use_nothing(pool: PgPool) {
    let services = services(&pool);
    let gone = user("gone").deleted(true).insert(&pool).await;
    let waiting = user("waiting").status("pending").insert(&pool).await;
    let deleted = consume(&services, json!({}), gone).await;
    assert!(matches!(
        deleted,
        Err(Error::Conflict(Conflict::UserDeleted))
    ));
    let pending = consume(&services, json!({}), waiting).await;
    assert!(matches!(
        pending,
        Err(Error::Conflict(Conflict::UserNotActive))
    ));
    for json in [json!({}), json!({ "token": Uuid::nil() })] {
        let unknown = consume(&services, json, Uuid::nil()).await;
        assert!(matches!(unknown, Err(Error::Invalid(_))), "{unknown:?}");
    }
    assert_eq!(count(&pool, "select count(*) from usage_events").await, 0);
}

#[testing::test]
async fn stale_and_unknown_limits_are_not_overwritten(pool: PgPool) {
    let services = services(&pool);
    let with = |amount: i64, version: i32| {
        draft(json!({
            "subject": "default", "metric": "rpm", "amount": amount, "version": version,
        }))
    };
    let missing = limits::put(&services, &operator(), with(1, 1)).await;
    assert!(matches!(
        missing,
        Err(Error::Conflict(Conflict::LimitChanged))
    ));
    let first = limits::put(&services, &operator(), with(1, 0))
        .await
        .unwrap();
    assert_eq!(first.version, 1);
    for version in [0, 2] {
        let stale = limits::put(&services, &operator(), with(2, version)).await;
        assert!(matches!(stale, Err(Error::Outdated(_))), "{version}");
    }
    let second = limits::put(&services, &operator(), with(2, 1))
        .await
        .unwrap();
    assert_eq!((second.id, second.version), (first.id, 2));
    for (subject, zone) in [
        (json!({ "user": Uuid::nil() }), "UTC"),
        (json!("default"), "Mars/Olympus"),
    ] {
        let json = json!({ "subject": subject, "metric": "rpm", "amount": 1, "timeZone": zone });
        let invalid = limits::put(&services, &operator(), draft(json)).await;
        assert!(matches!(invalid, Err(Error::Invalid(_))), "{zone}");
    }
}

#[testing::test]
async fn subjects_are_found_by_name_and_by_id(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let desk = role("desk").insert(&pool).await;
    let lab = group("Lab").insert(&pool).await;
    let id = ada.to_string();
    for (kind, typed, expected) in [
        (
            SubjectKind::Default,
            "anything",
            Some(LimitSubject::Default),
        ),
        (SubjectKind::User, " ada ", Some(LimitSubject::User(ada))),
        (SubjectKind::User, &id, Some(LimitSubject::User(ada))),
        (SubjectKind::User, "unknown", None),
        (SubjectKind::Role, "Desk", Some(LimitSubject::Role(desk))),
        (SubjectKind::Role, "", None),
        (SubjectKind::Group, "lab", Some(LimitSubject::Group(lab))),
        (SubjectKind::Group, "la\0b", None),
        (SubjectKind::Token, "ada", None),
        (SubjectKind::Token, &id, Some(LimitSubject::Token(ada))),
    ] {
        let found = limits::find_subject(&services, &operator(), kind, typed).await;
        match (found, expected) {
            (Ok(found), Some(expected)) => assert_eq!(found, expected, "{kind:?} {typed}"),
            (Err(Error::Invalid(_)), None) => {}
            (found, _) => panic!("{kind:?} {typed}: {found:?}"),
        }
    }
    for (subject, expected) in [
        (LimitSubject::Default, None),
        (LimitSubject::User(ada), Some("ada")),
        (LimitSubject::Role(desk), Some("desk")),
        (LimitSubject::Group(lab), Some("Lab")),
        (LimitSubject::Group(ada), None),
        (LimitSubject::Token(ada), None),
    ] {
        let name = limits::find_subject_name(&services, &operator(), subject).await;
        assert_eq!(name.unwrap().as_deref(), expected, "{subject:?}");
    }
}

#[testing::test]
async fn limits_of_a_user_are_named_with_their_top_ups(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let lab = group("Lab").members(&[ada]).insert(&pool).await;
    let limit = set(&services, json!({ "group": lab }), json!(10), "1d").await;
    assert_eq!(limit.label(), "group Lab: requests");
    change(&services, ada, BalanceChange::TopUp(5))
        .await
        .unwrap();
    let all = limits::list_named(&services, &operator(), ada)
        .await
        .unwrap();
    let [(status, name)] = all.as_slice() else {
        panic!("{all:?}");
    };
    assert_eq!(name.as_deref(), Some("Lab"));
    assert_eq!(
        (status.amount.map(Amount::units), status.granted.units()),
        (Some(15), 5)
    );
    let own = limits::list_own_named(&services, &caller(ada, &[]))
        .await
        .unwrap();
    assert_eq!(own[0].1.as_deref(), Some("Lab"));
}

#[testing::test]
async fn shared_balance_is_topped_up_and_reset(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let team = group("Team").members(&[ada]).insert(&pool).await;
    let shared = json!({
        "subject": { "group": team }, "metric": "requests", "amount": 2, "period": "calendar:month",
        "shared": true,
    });
    let limit = limits::put(&services, &operator(), draft(shared))
        .await
        .unwrap();
    let own = set(&services, json!({ "user": ada }), json!(null), "1d").await;
    consume(&services, json!({ "requests": 2 }), ada)
        .await
        .unwrap();
    denial(consume(&services, json!({}), ada).await);
    let stored = [limit.clone(), own.clone()];
    let state = async || {
        let listed = limits::list_shared(&services, &operator(), &stored)
            .await
            .unwrap();
        assert_eq!(listed.len(), 1, "{listed:?}");
        let status = &listed[0];
        (
            status.used.units(),
            status.granted.units(),
            status.left.map(Amount::units),
        )
    };
    assert_eq!(state().await, (2, 0, Some(0)));
    let apply = async |id: Uuid, change| {
        let change = NewLimitChange {
            metric: Metric::Requests,
            model: None,
            change,
            reason: "exam".to_owned(),
        };
        limits::change_shared(&services, &operator(), id, &change).await
    };
    apply(limit.id, BalanceChange::TopUp(1)).await.unwrap();
    assert_eq!(state().await, (2, 1, Some(1)));
    consume(&services, json!({}), ada).await.unwrap();
    apply(limit.id, BalanceChange::Reset).await.unwrap();
    assert_eq!(state().await, (0, 1, Some(3)));
    let audited = "select count(*) from audit_events
        where action in ('limit.topped_up', 'limit.reset') and target_label = 'group Team, shared: requests' and reason = 'exam'";
    assert_eq!(count(&pool, audited).await, 2);
    let denied = apply(own.id, BalanceChange::Reset).await;
    assert!(
        matches!(denied, Err(Error::Conflict(Conflict::NoBalance))),
        "{denied:?}"
    );
}

/// Returns a request about the limits of requests of some users at their first version.
fn of_users(users: &[Uuid], limit: Value, expected: Option<usize>) -> LimitBulkRequest {
    let users: Vec<Value> = users
        .iter()
        .map(|id| json!({ "id": id, "version": 1 }))
        .collect();
    let mut request = json!({ "users": users, "metric": "requests", "limit": limit });
    if let Some(expected) = expected {
        request["expected"] = json!(expected);
    }
    serde_json::from_value(request).unwrap()
}

#[testing::test]
async fn limits_of_several_users_are_set_and_deleted_together(pool: PgPool) {
    let services = services(&pool);
    let (ada, bob, eve) = (
        add(&pool, "ada", &[]).await,
        add(&pool, "bob", &[]).await,
        add(&pool, "eve", &[]).await,
    );
    sqlx::query("update users set deleted_at = now(), purge_after = now() where id = $1")
        .bind(eve)
        .execute(&pool)
        .await
        .unwrap();
    let all = [ada, bob, eve, Uuid::nil(), ada];
    let put = async |limit: Value, expected| {
        let request = of_users(&all, limit, expected);
        limits::put_many(&services, &operator(), request).await
    };
    let amounts = async || -> Vec<Option<i64>> {
        let amounts = sqlx::query_scalar("select amount from limits order by id");
        amounts.fetch_all(&pool).await.unwrap()
    };
    let ten = json!({ "amount": 10, "period": "1d" });
    let preview = put(ten.clone(), None).await.unwrap();
    assert_eq!((preview.changed, preview.items.len()), (2, 4));
    assert!(amounts().await.is_empty());
    let changed = put(ten.clone(), Some(3)).await;
    assert!(matches!(changed, Err(Error::SelectionChanged(_))));
    assert!(amounts().await.is_empty());

    set(&services, json!({ "user": bob }), json!(10), "1d").await;
    put(ten, Some(2)).await.unwrap();
    assert_eq!(amounts().await, [Some(10), Some(10)]);
    let stored = "select count(*) from audit_events where action = 'limit.stored'";
    assert_eq!(
        count(&pool, stored).await,
        2,
        "the limit of Bob is the same"
    );
    let parents = "select count(*) from audit_events where action like 'users.limits%'";
    assert_eq!(count(&pool, parents).await, 0, "one limit has changed");

    put(json!({ "amount": null, "period": "1d" }), Some(2))
        .await
        .unwrap();
    assert_eq!(amounts().await, [None, None]);
    let children = "select count(*) from audit_events c join audit_events p on p.id = c.parent_id
        where p.action = 'users.limits_set' and c.action = 'limit.stored'";
    assert_eq!(count(&pool, children).await, 2);
    put(Value::Null, Some(2)).await.unwrap();
    assert!(amounts().await.is_empty());
    put(Value::Null, Some(2)).await.unwrap();
    assert_eq!(count(&pool, parents).await, 2);
}

#[testing::test]
async fn limits_of_several_users_need_the_shown_names(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let request = json!({
        "users": [{ "id": ada, "version": 1, "username": "bob" }], "metric": "requests", "limit": null, "expected": 1
    });
    let request = serde_json::from_value(request).unwrap();
    let denied = limits::put_many(&services, &operator(), request).await;
    assert!(
        matches!(denied, Err(Error::TargetMismatch(_))),
        "{denied:?}"
    );
}

/// Returns a request that resets what some users have used.
fn reset_of(
    users: &[Uuid],
    metric: Option<&str>,
    expected: Option<usize>,
) -> LimitBulkResetRequest {
    let users: Vec<Value> = users
        .iter()
        .map(|id| json!({ "id": id, "version": 7 }))
        .collect();
    let mut request = json!({ "users": users, "reason": "exam" });
    if let Some(metric) = metric {
        request["metric"] = json!(metric);
    }
    if let Some(expected) = expected {
        request["expected"] = json!(expected);
    }
    serde_json::from_value(request).unwrap()
}

#[testing::test]
async fn usage_of_several_users_is_reset_together(pool: PgPool) {
    let services = services(&pool);
    let (ada, bob, eve, uma) = (
        add(&pool, "ada", &[]).await,
        add(&pool, "bob", &[]).await,
        add(&pool, "eve", &[]).await,
        add(&pool, "uma", &[]).await,
    );
    let crew = group("Crew").members(&[ada, bob]).insert(&pool).await;
    sqlx::query("update users set deleted_at = now(), purge_after = now() where id = $1")
        .bind(eve)
        .execute(&pool)
        .await
        .unwrap();
    for (subject, metric, shared) in [
        (json!({ "user": ada }), "requests", false),
        (json!({ "user": bob }), "requests", false),
        (json!({ "user": ada }), "tokens", false),
        (json!({ "group": crew }), "cost", true),
    ] {
        let json = json!({
            "subject": subject, "metric": metric, "amount": 100, "period": "1d", "shared": shared
        });
        limits::put(&services, &operator(), draft(json))
            .await
            .unwrap();
    }
    for user in [ada, bob] {
        let used = json!({ "requests": 2, "tokens": 30, "cost": 1 });
        consume(&services, used, user).await.unwrap();
    }
    let all = [ada, bob, eve, uma, Uuid::nil(), ada];
    let reset = async |metric, expected| {
        let request = reset_of(&all, metric, expected);
        limits::reset_many(&services, &operator(), request).await
    };
    let used = async |user| -> Vec<(Metric, i64)> {
        let limits = left(&services, user).await.into_iter();
        let mut used: Vec<_> = limits.map(|it| (it.metric, it.used.units())).collect();
        used.sort_by_key(|(metric, _)| metric.as_str());
        used
    };
    let (cost, requests, tokens) = (Metric::Cost, Metric::Requests, Metric::Tokens);
    let shared = (cost, 2_000_000_000);
    let preview = reset(None, None).await.unwrap();
    assert_eq!((preview.changed, preview.items.len()), (2, 5));
    let skipped = preview.items.iter().filter_map(|it| it.skipped.as_ref());
    let skipped: Vec<String> = skipped.map(ToString::to_string).collect();
    assert_eq!(
        skipped,
        [
            "Already deleted.",
            "No limit to reset.",
            "No longer exists."
        ]
    );
    for (metric, expected) in [(None, 3), (Some("tokens"), 2)] {
        let denied = reset(metric, Some(expected)).await;
        assert!(
            matches!(denied, Err(Error::SelectionChanged(_))),
            "{denied:?}"
        );
    }
    assert_eq!(used(ada).await, [shared, (requests, 2), (tokens, 30)]);
    let entries = "select count(*) from audit_events where action like '%balance%'";
    assert_eq!(count(&pool, entries).await, 0);

    // One user has one entry, and no parent.
    reset(Some("tokens"), Some(1)).await.unwrap();
    assert_eq!(used(ada).await, [shared, (requests, 2), (tokens, 0)]);
    assert_eq!(count(&pool, entries).await, 1);
    reset(None, Some(2)).await.unwrap();
    assert_eq!(used(ada).await, [shared, (requests, 0), (tokens, 0)]);
    assert_eq!(used(bob).await, [shared, (requests, 0)]);
    let children = "select count(*) from audit_events c join audit_events p on p.id = c.parent_id
        where p.action = 'users.balances_reset' and c.action = 'user.balance_reset' and c.reason = 'exam'";
    assert_eq!(count(&pool, children).await, 3);
    let ledger = "select count(*) from usage_events where kind = 'reset' and note = 'exam'";
    assert_eq!(count(&pool, ledger).await, 4);
    // The balances are the sums of their ledger.
    let recount = db::doctor::recount(&pool).await.unwrap();
    assert_eq!(recount.wrong_balances, 0);
}

#[testing::test]
async fn resets_and_uses_at_the_same_time_do_not_block_each_other(pool: PgPool) {
    let services = services(&pool);
    let (ada, bob) = (add(&pool, "ada", &[]).await, add(&pool, "bob", &[]).await);
    let crew = group("Crew").members(&[ada, bob]).insert(&pool).await;
    let json = json!({
        "subject": { "group": crew }, "metric": "requests", "amount": 1_000, "period": "1d", "shared": true
    });
    limits::put(&services, &operator(), draft(json))
        .await
        .unwrap();
    set(&services, json!("default"), json!(1_000), "1d").await;
    for user in [ada, bob] {
        consume(&services, json!({}), user).await.unwrap();
    }
    let mut tasks = JoinSet::new();
    for round in 0..20 {
        let users = if round % 2 == 0 {
            [ada, bob]
        } else {
            [bob, ada]
        };
        let resetting = services.clone();
        tasks.spawn(async move {
            let request = reset_of(&users, None, Some(2));
            let done = limits::reset_many(&resetting, &operator(), request).await;
            done.map(drop)
        });
        for user in users {
            let services = services.clone();
            tasks.spawn(async move { consume(&services, json!({}), user).await.map(drop) });
        }
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap().unwrap();
    }
    let recount = db::doctor::recount(&pool).await.unwrap();
    assert_eq!(recount.wrong_balances, 0);
}

#[testing::test]
async fn resets_of_users_without_balances_do_not_block_each_other(pool: PgPool) {
    let services = services(&pool);
    set(&services, json!("default"), json!(3), "1d").await;
    let mut users = Vec::new();
    for number in 0..20 {
        users.push(add(&pool, &format!("user-{number}"), &[]).await);
    }
    let forward = reset_of(&users, None, Some(20));
    users.reverse();
    let backward = reset_of(&users, None, Some(20));
    let operator = operator();
    let (one, other) = tokio::join!(
        limits::reset_many(&services, &operator, forward),
        limits::reset_many(&services, &operator, backward),
    );
    for done in [one, other] {
        assert_eq!(done.unwrap().changed, 20);
    }
    assert_eq!(count(&pool, "select count(*) from balances").await, 20);
}

#[testing::test]
async fn resets_of_several_users_need_the_shown_names(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let request = json!({
        "users": [{ "id": ada, "version": 1, "username": "bob" }], "reason": "exam", "expected": 1
    });
    let request = serde_json::from_value(request).unwrap();
    let denied = limits::reset_many(&services, &operator(), request).await;
    assert!(
        matches!(denied, Err(Error::TargetMismatch(_))),
        "{denied:?}"
    );
}
