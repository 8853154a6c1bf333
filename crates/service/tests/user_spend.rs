//! Costs of users and what is left of their limits in the list of users.

use domain::{
    limits::{Left, LimitDraft, LimitStatus, Metric},
    list::{Limits, PageParams},
    money::Money,
    usage::UsageEventDraft,
    users::list::ListParams,
};
use serde_json::{Value, json};
use service::{
    Services,
    access::operator,
    limits::{self, UserLeft},
    usage, users,
};
use sqlx::PgPool;
use testing::{
    groups::group,
    roles::{assign, role},
};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::support::{
    services,
    users::{add, count},
};

async fn store(services: &Services, events: Value) {
    let events: Vec<UsageEventDraft> = serde_json::from_value(events).unwrap();
    usage::store(services, &operator(), &events).await.unwrap();
}

async fn set(services: &Services, limit: Value) {
    let draft: LimitDraft = serde_json::from_value(limit).unwrap();
    limits::put(services, &operator(), draft).await.unwrap();
}

/// Returns the usernames of all pages of the list, three users each.
async fn list(services: &Services, q: &str, sort: &str) -> Vec<String> {
    let mut params = ListParams {
        q: Some(q.to_owned()),
        sort: Some(sort.to_owned()),
        limit: Some("3".to_owned()),
        ..ListParams::default()
    };
    let mut names = Vec::new();
    loop {
        let query = params.parse(Limits::API).unwrap();
        let page = users::list(services, &operator(), &query).await.unwrap();
        let users = page.users.rows.into_iter();
        names.extend(users.map(|user| user.username));
        match page.users.page_info.after {
            Some(after) => params = params.at(Some(after), None),
            None => return names,
        }
    }
}

async fn search(services: &Services, q: &str) -> Vec<String> {
    list(services, q, "username").await
}

/// Adds costs to those of a day.
async fn store_day(pool: &PgPool, user: Uuid, day: OffsetDateTime, nanos: i64) {
    sqlx::query(
        "insert into usage_daily as d (day, user_id, cost_nanos) values ($1, $2, $3)
        on conflict on constraint usage_daily_key do update set cost_nanos = d.cost_nanos + excluded.cost_nanos",
    )
    .bind(day.date())
    .bind(user)
    .bind(nanos)
    .execute(pool)
    .await
    .unwrap();
}

/// Returns the number of users whose stored costs differ from those of the days.
async fn differences(pool: &PgPool) -> i64 {
    db::doctor::recount(pool).await.unwrap().wrong_stats
}

#[testing::test]
async fn costs_of_the_month_are_found_and_sorted(pool: PgPool) {
    let services = services(&pool);
    let mut ids = Vec::new();
    for name in ["ada", "bob", "cid", "dee", "eve"] {
        ids.push(add(&pool, name, &[]).await);
    }
    let &[ada, bob, cid, dee, _] = ids.as_slice() else {
        panic!("five users are added");
    };
    let now = (services.clock)();
    let before = now - Duration::days(62);
    for (user, day, nanos) in [
        (cid, before, 9_000_000_000_000),
        (dee, before, 1),
        (ada, now, 5_000_000_000),
        (ada, now - Duration::DAY, 1),
        (bob, now, 250_000_000),
        (bob, now, 250_000_000),
        (dee, now, 0),
    ] {
        store_day(&pool, user, day, nanos).await;
    }
    // Costs of an earlier month, which are reported late.
    store_day(&pool, bob, before, 1_000_000_000).await;
    assert_eq!(differences(&pool).await, 0);

    for (q, expected) in [
        ("spend:>5", &["ada"][..]),
        ("spend:>=5.000000001", &["ada"]),
        ("spend:>5.000000001", &[]),
        ("spend:<0.5", &["cid", "dee", "eve"]),
        ("spend:<=0.5", &["bob", "cid", "dee", "eve"]),
        ("spend:0.5", &["bob"]),
        ("spend:0", &["cid", "dee", "eve"]),
        ("spend:0.1..6", &["ada", "bob"]),
        ("-spend:>0", &["cid", "dee", "eve"]),
        ("spend:<0", &[]),
    ] {
        assert_eq!(search(&services, q).await, expected, "{q}");
    }
    let sorted = list(&services, "", "-spend").await;
    assert_eq!(sorted, ["ada", "bob", "cid", "dee", "eve"]);
    let sorted = list(&services, "", "spend").await;
    assert_eq!(sorted, ["eve", "dee", "cid", "bob", "ada"]);

    // The first costs of a later month take the place of those of the earlier one.
    store_day(&pool, cid, now, 600_000_000).await;
    store_day(&pool, cid, now, 1).await;
    assert_eq!(search(&services, "spend:0.600000001").await, ["cid"]);
    assert_eq!(differences(&pool).await, 0);
    let query = ListParams::default().parse(Limits::API).unwrap();
    let page = users::list(&services, &operator(), &query).await.unwrap();
    let spend = page
        .users
        .rows
        .iter()
        .map(|user| user.spend.in_month_of(now));
    let total: i64 = spend.map(Money::nanos).sum();
    assert_eq!(total, 6_100_000_002);
}

#[testing::test]
async fn each_event_adds_to_the_costs_once(pool: PgPool) {
    let services = services(&pool);
    let (ada, bob) = (add(&pool, "ada", &[]).await, add(&pool, "bob", &[]).await);
    let events = json!([
        { "user": ada, "eventId": "1", "model": "gpt", "cost": "5" },
        { "user": ada, "eventId": "2", "model": "llama", "cost": "0.000000001" },
        { "user": bob, "eventId": "1", "cost": "0.25" },
        { "user": bob, "eventId": "2", "cost": "0.25" },
        { "user": bob, "eventId": "2", "cost": "7" },
        { "user": Uuid::nil(), "eventId": "1", "cost": "1" },
    ]);
    for _ in 0..2 {
        store(&services, events.clone()).await;
        let stored = "select sum(nanos)::bigint from user_spend";
        assert_eq!(count(&pool, stored).await, 5_500_000_001);
        assert_eq!(differences(&pool).await, 0);
    }
}

#[testing::test]
async fn costs_follow_every_change_of_a_day(pool: PgPool) {
    let now = (services(&pool).clock)();
    for (name, nanos) in [("ada", 5), ("bob", 7)] {
        let user = add(&pool, name, &[]).await;
        store_day(&pool, user, now, nanos).await;
    }
    for (change, nanos) in [
        ("update usage_daily set cost_nanos = cost_nanos + 1", 14),
        ("update usage_daily set model = 'gpt'", 14),
        (
            "update usage_daily set day = day + 40, cost_nanos = cost_nanos + 2",
            18,
        ),
        (
            "insert into usage_daily (day, user_id, cost_nanos) select day + 40, user_id, 0 from usage_daily",
            18,
        ),
    ] {
        sqlx::query(change).execute(&pool).await.unwrap();
        let stored = "select sum(nanos)::bigint from user_spend";
        assert_eq!(count(&pool, stored).await, nanos, "{change}");
        assert_eq!(differences(&pool).await, 0, "{change}");
    }
}

#[testing::test]
async fn migration_adds_the_costs_before_the_trigger(pool: PgPool) {
    const FILL: &str = include_str!("../../../migrations/20261130180200_fill_spend.sql");
    let now = (services(&pool).clock)();
    let (ada, bob) = (add(&pool, "ada", &[]).await, add(&pool, "bob", &[]).await);
    let trigger = "alter table usage_daily disable trigger user";
    sqlx::query(trigger).execute(&pool).await.unwrap();
    store_day(&pool, ada, now, 5).await;
    store_day(&pool, bob, now - Duration::days(62), 7).await;
    let trigger = "alter table usage_daily enable trigger user";
    sqlx::query(trigger).execute(&pool).await.unwrap();
    // A use between the two migrations is counted already.
    store_day(&pool, ada, now, 1).await;
    assert_eq!(differences(&pool).await, 2);
    sqlx::raw_sql(FILL).execute(&pool).await.unwrap();
    assert_eq!(differences(&pool).await, 0);
    let stored = "select sum(nanos)::bigint from user_spend";
    assert_eq!(count(&pool, stored).await, 13);
}

#[testing::test]
async fn use_does_not_wait_for_other_statistics_of_its_user(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let mut other = pool.begin().await.unwrap();
    sqlx::query("select from user_stats where user_id = $1 for update")
        .bind(ada)
        .execute(&mut *other)
        .await
        .unwrap();
    let used = json!([{ "user": ada, "eventId": "1", "cost": "5" }]);
    let stored = store(&services, used);
    let done = tokio::time::timeout(std::time::Duration::from_secs(60), stored).await;
    assert!(done.is_ok(), "the use waits");
    other.rollback().await.unwrap();
    assert_eq!(differences(&pool).await, 0);
}

#[testing::test]
async fn deleted_users_leave_the_order_of_costs_until_they_are_restored(pool: PgPool) {
    let services = services(&pool);
    let (ada, bob) = (add(&pool, "ada", &[]).await, add(&pool, "bob", &[]).await);
    let now = (services.clock)();
    store_day(&pool, ada, now, 5).await;
    store_day(&pool, bob, now, 7).await;
    for (change, expected) in [
        (
            "update users set deleted_at = now() where username = 'bob'",
            &["ada"][..],
        ),
        (
            "update users set deleted_at = null where username = 'bob'",
            &["bob", "ada"],
        ),
    ] {
        sqlx::query(change).execute(&pool).await.unwrap();
        // Also with conditions on other statistics, on the account and on words.
        for q in [
            "",
            "sessions:0",
            "spend:>0 sessions:0 number:>0",
            "username:ada OR username:bob",
        ] {
            assert_eq!(
                list(&services, q, "-spend").await,
                expected,
                "{q}, {change}"
            );
        }
        assert_eq!(differences(&pool).await, 0, "{change}");
    }
}

/// Returns what is left by the statuses of a user's limits.
fn least(statuses: &[LimitStatus], metric: Metric) -> Left {
    let about = statuses
        .iter()
        .filter(|status| status.metric == metric && status.model.is_none());
    let left = about.map(|status| {
        let left = status.left.as_ref().map(|left| left.units());
        left.map_or(Left::Unlimited, Left::Amount)
    });
    left.min().unwrap_or_default()
}

#[testing::test]
async fn users_over_their_limits_are_found(pool: PgPool) {
    let services = services(&pool);
    let mut ids = Vec::new();
    for name in ["ada", "bob", "cid", "dee", "eve", "flo", "guy"] {
        ids.push(add(&pool, name, &[]).await);
    }
    let &[ada, bob, cid, dee, eve, flo, _] = ids.as_slice() else {
        panic!("seven users are added");
    };
    let stopped = role("stopped").insert(&pool).await;
    assign(&pool, eve, &["stopped"]).await;
    let team = group("Team").members(&[cid, dee]).insert(&pool).await;
    let month = "calendar:month";
    for limit in [
        json!({ "subject": "default", "metric": "cost", "amount": "1", "period": month }),
        json!({ "subject": "default", "metric": "requests", "amount": 2, "period": "drip:3600" }),
        json!({ "subject": "default", "metric": "cost", "model": "gpt", "amount": "0", "period": month }),
        json!({ "subject": { "user": bob }, "metric": "cost", "amount": null, "period": month }),
        json!({ "subject": { "role": stopped }, "metric": "cost", "amount": "0", "period": month }),
        json!({
            "subject": { "group": team }, "metric": "cost", "amount": "2", "period": "total", "shared": true,
        }),
        json!({ "subject": { "user": flo }, "metric": "requests", "amount": 0, "period": "1d" }),
    ] {
        set(&services, limit).await;
    }
    let events = json!([
        { "user": ada, "eventId": "1", "cost": "1", "requests": 1 },
        { "user": bob, "eventId": "1", "cost": "9", "requests": 2 },
        { "user": cid, "eventId": "1", "cost": "2.5", "requests": 1 },
        { "user": dee, "eventId": "1", "cost": "0.999999999", "requests": 3 },
    ]);
    store(&services, events).await;
    assert_eq!(
        search(&services, "over:budget").await,
        ["ada", "cid", "dee", "eve"]
    );
    assert_eq!(
        search(&services, "over:requests").await,
        ["bob", "dee", "flo"]
    );
    assert_eq!(
        search(&services, "-over:budget").await,
        ["bob", "flo", "guy"]
    );
    assert_eq!(
        search(&services, "over:budget over:requests").await,
        ["dee"]
    );

    let all = limits::list_left(&services, &operator(), &ids)
        .await
        .unwrap();
    assert_eq!(all.len(), ids.len());
    for (left, id) in all.iter().zip(&ids) {
        let statuses = limits::list_effective(&services, &operator(), *id).await;
        let statuses = statuses.unwrap();
        assert_eq!(left.user, *id);
        assert_eq!(left.budget, least(&statuses, Metric::Cost), "{statuses:?}");
        assert_eq!(
            left.requests,
            least(&statuses, Metric::Requests),
            "{statuses:?}"
        );
    }
    assert_requests(&services, &ids, &all).await;
    assert_eq!(all[0].budget, Left::Amount(0));
    assert_eq!(all[1].budget, Left::Unlimited);

    // An hour later another request has dripped.
    sqlx::query(
        "update balances set level_at = level_at - interval '1 hour' where level is not null",
    )
    .execute(&pool)
    .await
    .unwrap();
    assert_eq!(search(&services, "over:requests").await, ["dee", "flo"]);
    // The balance of a period that is over does not count.
    sqlx::query("update balances set period_end = now() - interval '1 day' where level is null and user_id is not null")
        .execute(&pool)
        .await
        .unwrap();
    assert_eq!(
        search(&services, "over:budget").await,
        ["cid", "dee", "eve"]
    );
    let without = "select count(*) from users_over_limit('tokens', now())";
    assert_eq!(count(&pool, without).await, 0);
}

#[testing::test]
async fn users_are_over_a_changed_limit_until_its_first_period_ends(pool: PgPool) {
    let services = services(&pool);
    let (ada, bob) = (add(&pool, "ada", &[]).await, add(&pool, "bob", &[]).await);
    let team = group("Team").members(&[bob]).insert(&pool).await;
    let unlimited =
        json!({ "subject": { "user": bob }, "metric": "cost", "amount": null, "period": "total" });
    set(&services, unlimited).await;
    let set_period = async |period: &str| {
        let limit =
            json!({ "subject": "default", "metric": "cost", "amount": "1", "period": period });
        set(&services, limit).await;
        let shared = json!({
            "subject": { "group": team }, "metric": "cost", "amount": "1", "period": period, "shared": true,
        });
        set(&services, shared).await;
    };
    set_period("total").await;
    let events = json!([
        { "user": ada, "eventId": "1", "cost": "1" }, { "user": bob, "eventId": "1", "cost": "1" },
    ]);
    store(&services, events).await;
    sqlx::raw_sql("update balances set period_start = 'epoch'")
        .execute(&pool)
        .await
        .unwrap();
    for (period, over) in [
        ("30s", "31 seconds"),
        ("30m", "31 minutes"),
        ("1d", "25 hours"),
        ("calendar:day", "25 hours"),
        ("1w", "170 hours"),
        ("1mo", "32 days"),
        ("calendar:month", "32 days"),
    ] {
        set_period(period).await;
        let users = search(&services, "over:budget").await;
        assert_eq!(users, ["ada", "bob"], "{period}");
        sqlx::query("update limits set anchor = anchor - $1::text::interval")
            .bind(over)
            .execute(&pool)
            .await
            .unwrap();
        let users = search(&services, "over:budget").await;
        assert!(users.is_empty(), "{period}: {users:?}");
        let left = limits::list_left(&services, &operator(), &[ada, bob]).await;
        let amount = Left::Amount(1_000_000_000);
        assert!(
            left.unwrap().iter().all(|left| left.budget == amount),
            "{period}"
        );
        set_period("total").await;
    }
}

#[testing::test]
async fn first_period_of_a_changed_limit_ends_in_its_time_zone(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let total = json!({ "subject": "default", "metric": "cost", "amount": "1", "period": "total" });
    set(&services, total).await;
    let events = json!([{ "user": ada, "eventId": "1", "cost": "1" }]);
    store(&services, events).await;
    let (auckland, berlin) = ("Pacific/Auckland", "Europe/Berlin");
    for (period, zone, changed_at, ends_at) in [
        (
            "calendar:day",
            auckland,
            "2026-11-21 10:00Z",
            "2026-11-21 11:00Z",
        ),
        (
            "calendar:day",
            "America/Los_Angeles",
            "2026-11-21 22:00Z",
            "2026-11-22 08:00Z",
        ),
        (
            "calendar:month",
            auckland,
            "2026-11-30 12:00Z",
            "2026-12-31 11:00Z",
        ),
        ("1mo", auckland, "2027-01-30 12:00Z", "2027-02-27 12:00Z"),
        // The night in which the clocks change.
        ("1d", berlin, "2026-03-28 12:00Z", "2026-03-29 11:00Z"),
        ("24h", berlin, "2026-03-28 12:00Z", "2026-03-29 12:00Z"),
        // A time zone that PostgreSQL does not have.
        (
            "calendar:day",
            "Mars/Olympus",
            "2026-11-21 10:00Z",
            "2026-11-22 00:00Z",
        ),
    ] {
        sqlx::query(
            "update limits set period = $1, time_zone = $2, anchor = $3::text::timestamptz",
        )
        .bind(period)
        .bind(zone)
        .bind(changed_at)
        .execute(&pool)
        .await
        .unwrap();
        let over: Vec<bool> = sqlx::query_scalar(
            "select exists (select from users_over_limit('cost', $1::text::timestamptz + t.after))
            from (values (interval '-1 second'), (interval '0')) as t (after)
            order by t.after",
        )
        .bind(ends_at)
        .fetch_all(&pool)
        .await
        .unwrap();
        assert_eq!(over, [true, false], "{period} in {zone} from {changed_at}");
    }
}

#[testing::test]
async fn default_of_nothing_is_used_up_unless_something_else_decides(pool: PgPool) {
    let services = services(&pool);
    let mut ids = Vec::new();
    for name in ["ada", "bob", "cid", "dee", "eve", "flo"] {
        ids.push(add(&pool, name, &[]).await);
    }
    let &[_, bob, cid, dee, eve, flo] = ids.as_slice() else {
        panic!("six users are added");
    };
    let paying = role("paying").insert(&pool).await;
    assign(&pool, dee, &["paying"]).await;
    let team = group("Team").members(&[cid]).insert(&pool).await;
    let month = "calendar:month";
    for limit in [
        json!({ "subject": "default", "metric": "cost", "amount": "0", "period": month }),
        json!({ "subject": { "user": bob }, "metric": "cost", "amount": "1", "period": month }),
        json!({ "subject": { "group": team }, "metric": "cost", "amount": null, "period": month }),
        json!({ "subject": { "role": paying }, "metric": "cost", "amount": "1", "period": month }),
    ] {
        set(&services, limit).await;
    }
    let events = json!([
        { "user": dee, "eventId": "1", "cost": "0.5" },
        { "user": eve, "eventId": "1", "cost": "2" },
        { "user": flo, "eventId": "1", "cost": "2" },
    ]);
    store(&services, events).await;
    let top_up = "update balances set granted = 3000000000 where user_id = $1";
    sqlx::query(top_up).bind(eve).execute(&pool).await.unwrap();
    assert_eq!(search(&services, "over:budget").await, ["ada", "flo"]);
    // The top-up ends with its period.
    let over = "update balances set period_end = now() - interval '1 day'";
    sqlx::query(over).execute(&pool).await.unwrap();
    assert_eq!(
        search(&services, "over:budget").await,
        ["ada", "eve", "flo"]
    );
}

#[testing::test]
async fn uses_before_a_limit_count_in_what_is_left_of_several_users(pool: PgPool) {
    let services = services(&pool);
    let (ada, bob) = (add(&pool, "ada", &[]).await, add(&pool, "bob", &[]).await);
    let eve = add(&pool, "eve", &[]).await;
    let team = group("Team").members(&[ada, bob]).insert(&pool).await;
    let events = json!([
        { "user": ada, "eventId": "1", "model": "gpt", "cost": "1", "requests": 2 },
        { "user": bob, "eventId": "1", "cost": "0.5" },
    ]);
    store(&services, events).await;
    for limit in [
        json!({ "subject": "default", "metric": "cost", "amount": "3", "period": "calendar:month" }),
        json!({ "subject": "default", "metric": "requests", "amount": 5, "period": "total" }),
        json!({ "subject": { "group": team }, "metric": "cost", "amount": "4", "period": "total", "shared": true }),
        json!({ "subject": { "user": bob }, "metric": "cost", "amount": "9", "period": "total" }),
    ] {
        set(&services, limit).await;
    }
    let all = limits::list_left(&services, &operator(), &[bob, ada, eve]).await;
    let all: Vec<_> = all
        .unwrap()
        .iter()
        .map(|left| (left.user, left.budget, left.requests))
        .collect();
    let amount = Left::Amount;
    assert_eq!(
        all,
        [
            (bob, amount(2_500_000_000), amount(4)),
            (ada, amount(2_000_000_000), amount(3)),
            (eve, amount(3_000_000_000), amount(5)),
        ]
    );
}

/// Asserts that the requests that users have left are those of all that is left, with the amount that they are a part of.
async fn assert_requests(services: &Services, ids: &[Uuid], all: &[UserLeft]) {
    let requests = limits::list_requests(services, &operator(), ids).await;
    for (requests, left) in requests.unwrap().iter().zip(all) {
        let expected = match left.requests {
            Left::Amount(amount) => Some(amount),
            Left::Unlimited | Left::NoLimit => None,
        };
        assert_eq!((requests.user, requests.left), (left.user, expected));
        assert_eq!(requests.amount.is_some(), expected.is_some());
        assert!(requests.amount >= requests.left, "{requests:?}");
    }
}

#[testing::test]
async fn users_without_limits_have_none_left(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let left = limits::list_left(&services, &operator(), &[ada]).await;
    let left = left.unwrap();
    assert_eq!(
        (left[0].budget, left[0].requests),
        (Left::NoLimit, Left::NoLimit)
    );
    assert!(search(&services, "over:budget").await.is_empty());
}
