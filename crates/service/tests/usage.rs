//! Usage: reported events, reports, the export, and the retention.

use std::sync::Arc;

use domain::{
    limits::{BalanceChange, Metric, NewLimitChange},
    list::ListError,
    money::Money,
    usage::{
        UsageEventDraft, UsageOutcome, UsageParams, UsageRange, UsageReport, UsageScreenParams,
    },
};
use serde_json::{Value, json};
use service::{
    Error, Services,
    access::{UsageRead, operator},
    audit::Format,
    housekeeping, limits,
    settings::Settings,
    usage::{self, UsageFilter},
};
use sqlx::PgPool;
use testing::groups::group;
use time::{Date, Duration, OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};
use uuid::Uuid;

use crate::support::{
    callers::{admin, caller},
    services,
    users::{add, count},
};

/// Returns the day of the database, in UTC.
async fn today(pool: &PgPool) -> Date {
    sqlx::query_scalar("select (now() at time zone 'UTC')::date")
        .fetch_one(pool)
        .await
        .unwrap()
}

async fn store(services: &Services, events: Value) -> Result<UsageOutcome, Error> {
    let events: Vec<UsageEventDraft> = serde_json::from_value(events).unwrap();
    usage::store(services, &operator(), &events).await
}

async fn all(pool: &PgPool) -> UsageFilter {
    let today = today(pool).await;
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

#[testing::test]
async fn events_count_once_and_add_up_by_day(pool: PgPool) {
    let services = services(&pool);
    let (ada, bob) = (add(&pool, "ada", &[]).await, add(&pool, "bob", &[]).await);
    let team = group("Team").members(&[ada]).insert(&pool).await;
    let events = json!([
        { "user": ada, "eventId": "1", "model": "gpt", "tokensIn": 10, "tokensOut": 5, "cost": "0.000000001" },
        { "user": ada, "eventId": "2", "model": "gpt", "tokensIn": 1, "cost": "0.1" },
        { "user": ada, "eventId": "2", "model": "gpt", "cost": "5" },
        { "user": bob, "eventId": "1", "cost": "0.2" },
        { "user": Uuid::nil(), "eventId": "1", "cost": "1" },
    ]);
    let first = store(&services, events.clone()).await.unwrap();
    let expected = UsageOutcome {
        counted: 4,
        repeated: 1,
        unknown_users: 1,
        ..UsageOutcome::default()
    };
    assert_eq!(first, expected);
    let again = store(&services, events).await.unwrap();
    assert_eq!((again.counted, again.repeated), (0, 5));

    let filter = all(&pool).await;
    let overview = usage::overview(&services, &operator(), &filter)
        .await
        .unwrap();
    assert_eq!(overview.total.cost, Money::from_nanos(1_300_000_001));
    assert_eq!(overview.total.requests, 4);
    let users: Vec<_> = overview
        .users
        .iter()
        .map(|user| user.username.as_deref())
        .collect();
    assert_eq!(users, [None, Some("bob"), Some("ada")]);
    let models: Vec<_> = overview
        .models
        .iter()
        .map(|model| model.model.as_deref())
        .collect();
    assert_eq!(models, [None, Some("gpt")]);
    assert_eq!(overview.groups.len(), 1);
    assert_eq!(
        overview.groups[0].usage.cost,
        Money::from_nanos(100_000_001)
    );
    let of_team = UsageFilter {
        group: Some(team),
        ..filter.clone()
    };
    let overview = usage::overview(&services, &operator(), &of_team)
        .await
        .unwrap();
    assert_eq!(overview.total.tokens_in, 11);
    let report = usage::of_user(&services, &operator(), ada, filter.days)
        .await
        .unwrap();
    assert_eq!(report.total.tokens_out, 5);
    let differences = "select count(*) from (
            select (at at time zone 'UTC')::date as day, coalesce(user_id::text, '') as \"user\", coalesce(model, '') as model,
                sum(requests) as requests, sum(tokens_in) as tokens_in, sum(tokens_out) as tokens_out, sum(cost_nanos) as cost
            from usage_events where kind = 'use' group by 1, 2, 3
        ) e
        full join usage_daily d
            on d.day = e.day and coalesce(d.user_id::text, '') = e.\"user\" and coalesce(d.model, '') = e.model
        where (d.requests, d.tokens_in, d.tokens_out, d.cost_nanos) is distinct from (e.requests, e.tokens_in, e.tokens_out, e.cost)";
    assert_eq!(count(&pool, differences).await, 0);
}

#[testing::test]
async fn events_of_unknown_users_count_for_each_user(pool: PgPool) {
    let services = services(&pool);
    let events = |number: u128| {
        let user = Uuid::from_u128(number);
        json!([{ "user": user, "eventId": "1" }, { "user": user, "eventId": "2", "cost": "1" }])
    };
    for number in 1..=2 {
        let first = store(&services, events(number)).await.unwrap();
        assert_eq!((first.counted, first.unknown_users), (2, 2), "{number}");
        let again = store(&services, events(number)).await.unwrap();
        assert_eq!((again.counted, again.repeated), (0, 2), "{number}");
    }
    assert_eq!(count(&pool, "select count(*) from usage_events").await, 4);
}

#[testing::test]
async fn changes_name_the_administrator_but_not_to_the_user(pool: PgPool) {
    let services = services(&pool);
    let (ada, root) = (
        add(&pool, "ada", &[]).await,
        add(&pool, "root", &["admin"]).await,
    );
    let limit =
        json!({ "subject": "default", "metric": "requests", "amount": 1, "period": "total" });
    let limit = serde_json::from_value(limit).unwrap();
    limits::put(&services, &operator(), limit).await.unwrap();
    let top_up = || NewLimitChange {
        metric: Metric::Requests,
        model: None,
        change: BalanceChange::TopUp(5),
        reason: "exam".to_owned(),
    };
    limits::change(&services, &operator(), ada, top_up())
        .await
        .unwrap();
    limits::change(&services, &admin(root), ada, top_up())
        .await
        .unwrap();
    let days = all(&pool).await.days;
    let actors = |report: UsageReport| -> Vec<Option<String>> {
        let changes = report.changes.into_iter();
        changes.map(|change| change.actor).collect()
    };
    let report = usage::of_user(&services, &operator(), ada, days).await;
    assert_eq!(actors(report.unwrap()), [Some("root".to_owned()), None]);
    let own = usage::of_caller(&services, &caller(ada, &[]), days).await;
    assert_eq!(actors(own.unwrap()), [None, None]);
}

#[testing::test]
async fn filter_of_the_screen_has_the_named_user_and_group(pool: PgPool) {
    let services = services(&pool);
    let (ada, bob) = (add(&pool, "ada", &[]).await, add(&pool, "bob", &[]).await);
    let team = group("Team").members(&[ada]).insert(&pool).await;
    let events = json!([
        { "user": ada, "eventId": "1", "model": "gpt", "cost": "0.5" },
        { "user": ada, "eventId": "2", "cost": "0.000000002" },
        { "user": bob, "eventId": "1", "model": "gpt", "cost": "1" },
    ]);
    store(&services, events).await.unwrap();
    let days = all(&pool).await.days;
    let text = |text: &str| Some(text.to_owned());
    let (ada_id, team_id) = (ada.to_string(), team.to_string());
    for (user, group, model, id, nanos) in [
        ("", "", "", None, 1_500_000_002),
        ("ADA", "", "", Some(ada), 500_000_002),
        (ada_id.as_str(), "", "gpt", Some(ada), 500_000_000),
        ("", "team", "", None, 500_000_002),
        ("", team_id.as_str(), "", None, 500_000_002),
        ("bob", "Team", "", Some(bob), 0),
        ("unknown", "", "", Some(Uuid::nil()), 0),
        ("", "nothing\0", "", None, 0),
    ] {
        let params = UsageScreenParams {
            user: text(user),
            group: text(group),
            model: text(model),
            ..UsageScreenParams::default()
        };
        let filter = usage::find_filter(&services, &operator(), &params, days).await;
        let filter = filter.unwrap();
        assert_eq!(filter.user, id, "{user}");
        let overview = usage::overview(&services, &operator(), &filter).await;
        let cost = overview.unwrap().total.cost;
        assert_eq!(cost, Money::from_nanos(nanos), "{user} {group} {model}");
    }
}

/// Checks that the users in the usage of a group, who are its members, are not disclosed.
#[testing::test]
async fn usage_of_a_group_needs_the_permission_to_read_groups(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let of_all = all(&pool).await;
    let of_team = UsageFilter {
        group: Some(group("Team").members(&[ada]).insert(&pool).await),
        ..of_all.clone()
    };
    let ask = async |granted: &[&str], filter: &UsageFilter| {
        let authorized = caller(ada, granted).require::<UsageRead>().unwrap();
        let overview = usage::overview(&services, &authorized, filter).await.err();
        let export = (filter.clone(), &UsageParams::default());
        let export = usage::export(&services, &authorized, export, Format::Csv).await;
        [overview, export.err()]
    };
    for error in ask(&["usage:read"], &of_team).await {
        let Some(Error::List(ListError::Unreadable {
            parameter: "group",
            permission,
            ..
        })) = error
        else {
            panic!("{error:?}");
        };
        assert_eq!(permission.as_str(), "groups:read");
    }
    let exported = "select count(*) from audit_events where action = 'usage.exported'";
    assert_eq!(count(&pool, exported).await, 0);
    for (granted, filter) in [
        (&["usage:read"][..], &of_all),
        (&["usage:read", "groups:read"], &of_team),
    ] {
        let errors = ask(granted, filter).await;
        assert!(errors.iter().all(Option::is_none), "{errors:?}");
    }
}

#[testing::test]
async fn detail_of_a_user_has_models_and_the_newest_uses(pool: PgPool) {
    let services = services(&pool);
    let (ada, bob) = (add(&pool, "ada", &[]).await, add(&pool, "bob", &[]).await);
    let uses = (0..25).map(|number| {
        let model = format!("m{}", number % 2);
        json!({ "user": ada, "eventId": number.to_string(), "model": model, "cost": "0.1" })
    });
    let others = [json!({ "user": bob, "eventId": "1", "cost": "9" })];
    store(&services, uses.chain(others).collect())
        .await
        .unwrap();
    sqlx::query(
        "insert into usage_events (id, at, kind, user_id, metric, cost_nanos) values (uuid_v7(now()), now(), 'top_up', $1, 'cost', 7)",
    )
    .bind(ada)
    .execute(&pool)
    .await
    .unwrap();
    let days = all(&pool).await.days;
    let detail = usage::detail_of_user(&services, &operator(), ada, days).await;
    let detail = detail.unwrap();
    assert_eq!(detail.total.cost, Money::from_nanos(2_500_000_000));
    let models: Vec<_> = detail
        .models
        .iter()
        .map(|found| (found.model.as_deref(), found.usage.requests))
        .collect();
    assert_eq!(models, [(Some("m0"), 13), (Some("m1"), 12)]);
    assert_eq!(detail.events.len(), 20);
    assert!(detail.events.is_sorted_by(|one, next| one.at >= next.at));
    assert!(detail.events.iter().all(|event| event.kind == "use"));
    let missing = usage::detail_of_user(&services, &operator(), Uuid::nil(), days).await;
    assert!(matches!(missing, Err(Error::NotFound(_))), "{missing:?}");
}

#[testing::test]
async fn invalid_events_are_named_and_nothing_is_stored(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let events = json!([
        { "user": ada, "eventId": "1" },
        { "user": ada },
        { "user": ada, "eventId": "2", "cost": "-1" },
        { "user": ada, "eventId": "3", "at": "1970-01-01T00:00:00Z" },
    ]);
    let Err(Error::Invalid(errors)) = store(&services, events).await else {
        panic!("the events are accepted");
    };
    let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(
        fields,
        ["events.1.event_id", "events.2.cost", "events.3.at"]
    );
    assert_eq!(count(&pool, "select count(*) from usage_events").await, 0);
}

#[testing::test]
async fn times_of_events_can_have_any_offset(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let hour_ago: OffsetDateTime = sqlx::query_scalar("select now() - interval '1 hour'")
        .fetch_one(&pool)
        .await
        .unwrap();
    for (hours, minutes) in [(-23, -59), (-16, 0), (16, 0), (23, 59)] {
        let offset = UtcOffset::from_hms(hours, minutes, 0).unwrap();
        let at = hour_ago.to_offset(offset).format(&Rfc3339).unwrap();
        let event = json!([{ "user": ada, "eventId": hours.to_string(), "at": at }]);
        store(&services, event).await.unwrap();
    }
    let stored = "select count(*) from usage_events
        where at between now() - interval '90 minutes' and now() - interval '30 minutes'";
    assert_eq!(count(&pool, stored).await, 4);
}

#[testing::test]
async fn export_has_each_event_and_is_audited(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let events = json!([
        { "user": ada, "eventId": "=1+2", "cost": "0.5" }, { "user": ada, "eventId": "b" },
    ]);
    store(&services, events).await.unwrap();
    for (format, lines) in [(Format::Csv, 3), (Format::Ndjson, 2)] {
        let filter = all(&pool).await;
        let params = UsageParams {
            model: Some("gpt".to_owned()),
            ..UsageParams::default()
        };
        let asked = (filter, &params);
        let export = usage::export(&services, &operator(), asked, format).await;
        let mut export = export.unwrap();
        let mut text = String::new();
        while let Some(piece) = export.pieces.recv().await {
            text.push_str(&piece.unwrap());
        }
        assert_eq!(text.lines().count(), lines, "{text}");
        assert!(text.contains("0.5"), "{text}");
        assert_eq!(text.contains("'=1+2"), format == Format::Csv, "{text}");
    }
    let audited = "select count(*) from audit_events where action = 'usage.exported'";
    assert_eq!(count(&pool, audited).await, 2);
}

#[testing::test]
async fn export_reads_one_day_after_the_other(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let at = r#"select to_char((now() - interval '20 days') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"#;
    let at: String = sqlx::query_scalar(at).fetch_one(&pool).await.unwrap();
    let events = json!([
        { "user": ada, "eventId": "second", "model": "gpt" },
        { "user": ada, "eventId": "first", "model": "gpt", "at": at },
        { "user": ada, "eventId": "other", "model": "llama" },
    ]);
    store(&services, events).await.unwrap();
    let filter = UsageFilter {
        model: Some("gpt".to_owned()),
        ..all(&pool).await
    };
    let params = UsageParams::default();
    let export = usage::export(&services, &operator(), (filter, &params), Format::Ndjson).await;
    let mut export = export.unwrap();
    let mut pieces = Vec::new();
    while let Some(piece) = export.pieces.recv().await {
        let piece = piece.unwrap();
        let events = piece.lines().map(|line| {
            let event: Value = serde_json::from_str(line).unwrap();
            event["eventId"].as_str().unwrap().to_owned()
        });
        pieces.push(events.collect::<Vec<_>>());
    }
    // One statement for all days would send both in one piece.
    assert_eq!(pieces, [["first"], ["second"]]);
}

#[testing::test]
async fn old_events_are_dropped_and_their_sums_stay(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    sqlx::query("select ensure_usage_partitions(now() - interval '24 months')")
        .execute(&pool)
        .await
        .unwrap();
    sqlx::query(
        "with old as (select now() - interval '24 months' as at),
        stored as (
            insert into usage_events (id, at, kind, user_id, requests) select uuid_v7(now()), at, 'use', $1, 7 from old
        )
        insert into usage_daily (day, user_id, requests) select (at at time zone 'UTC')::date, $1, 7 from old",
    )
    .bind(ada)
    .execute(&pool)
    .await
    .unwrap();
    store(&services, json!([{ "user": ada, "eventId": "a" }]))
        .await
        .unwrap();
    housekeeping::run(&services).await.unwrap();
    let events = "select sum(requests)::bigint from usage_events";
    assert_eq!(count(&pool, events).await, 1);
    let days = "select sum(requests)::bigint from usage_daily";
    assert_eq!(count(&pool, days).await, 8);
    // Of the totals only those of today are in shards.
    let totals = "select sum(requests)::bigint from usage_daily_totals";
    assert_eq!(count(&pool, totals).await, 8);
    let shards = "select count(*) from usage_daily_totals where shard >= 0 and day < (now() at time zone 'UTC')::date";
    assert_eq!(count(&pool, shards).await, 0);
    sqlx::query("update usage_daily set requests = requests + 1")
        .execute(&pool)
        .await
        .unwrap();
    housekeeping::run(&services).await.unwrap();
    assert_eq!(count(&pool, totals).await, 10);
    assert_eq!(count(&pool, shards).await, 0);
}

#[testing::test]
async fn shared_balance_is_the_sum_of_days_and_of_events_of_the_first_one(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let team = group("Team").members(&[ada]).insert(&pool).await;
    let limit = json!({
        "subject": { "group": team }, "metric": "requests", "amount": 100, "period": "10d", "shared": true,
    });
    let limit = serde_json::from_value(limit).unwrap();
    let limit = limits::put(&services, &operator(), limit).await.unwrap();
    // The period begins at noon, two days ago.
    let noon = "update limits set anchor = (date_trunc('day', now() at time zone 'UTC') - interval '36 hours') at time zone 'UTC'";
    sqlx::raw_sql(noon).execute(&pool).await.unwrap();
    sqlx::query(
        "with used as (
            select (date_trunc('day', now() at time zone 'UTC') - ago) at time zone 'UTC' as at, requests
            from (values
                (interval '36 hours 1 second', 1), (interval '36 hours', 2), (interval '24 hours 1 second', 4),
                (interval '24 hours', 8), (interval '0', 16)
            ) as v (ago, requests)
        ), stored as (
            insert into usage_events (id, at, kind, user_id, requests) select uuid_v7(now()), at, 'use', $1, requests from used
        )
        insert into usage_daily (day, user_id, requests)
        select (at at time zone 'UTC')::date, $1, sum(requests) from used group by 1",
    )
    .bind(ada)
    .execute(&pool)
    .await
    .unwrap();
    let limit = limits::find(&services, &operator(), limit.id)
        .await
        .unwrap();
    let used = async || {
        let shared =
            limits::list_shared(&services, &operator(), std::slice::from_ref(&limit)).await;
        shared.unwrap()[0].used.units()
    };
    assert_eq!(used().await, 30);
    // The events of whole days are not read: a group can have millions.
    sqlx::raw_sql("delete from usage_events where requests > 4")
        .execute(&pool)
        .await
        .unwrap();
    assert_eq!(used().await, 30);
}

#[testing::test]
async fn short_retention_drops_events_but_not_the_ids_that_can_be_sent_again(pool: PgPool) {
    let mut services = services(&pool);
    services.settings = Arc::new(Settings {
        usage_retention_days: 1,
        ..Settings::default()
    });
    let ada = add(&pool, "ada", &[]).await;
    let at = r#"select to_char((now() - interval '20 days') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"#;
    let at: String = sqlx::query_scalar(at).fetch_one(&pool).await.unwrap();
    let events =
        json!([{ "user": ada, "eventId": "a", "at": at }, { "user": ada, "eventId": "b" }]);
    store(&services, events.clone()).await.unwrap();
    // The event of today takes the place of one that is older than any partition.
    sqlx::raw_sql(
        "update usage_events set at = now() - interval '24 months' where event_id = 'b';
        update usage_event_ids set created_at = now() - interval '20 days'",
    )
    .execute(&pool)
    .await
    .unwrap();
    housekeeping::run(&services).await.unwrap();
    let old = "select count(*) from usage_events where at < now() - interval '1 year'";
    assert_eq!(count(&pool, old).await, 0);
    assert_eq!(store(&services, events).await.unwrap().repeated, 2);
    // An event that old is not accepted any more.
    sqlx::raw_sql("update usage_event_ids set created_at = now() - interval '33 days'")
        .execute(&pool)
        .await
        .unwrap();
    housekeeping::run(&services).await.unwrap();
    let ids = "select count(*) from usage_event_ids";
    assert_eq!(count(&pool, ids).await, 0);
}

#[testing::test]
async fn purged_user_leaves_no_usage(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    store(&services, json!([{ "user": ada, "eventId": "a" }]))
        .await
        .unwrap();
    sqlx::query("update users set deleted_at = now() where id = $1")
        .bind(ada)
        .execute(&pool)
        .await
        .unwrap();
    sqlx::query("delete from users where id = $1")
        .bind(ada)
        .execute(&pool)
        .await
        .unwrap();
    for table in [
        "select count(*) from usage_events",
        "select count(*) from usage_daily",
        "select count(*) from usage_event_ids",
        "select sum(requests)::bigint from usage_daily_totals",
    ] {
        assert_eq!(count(&pool, table).await, 0, "{table}");
    }
    let overview = usage::overview(&services, &operator(), &all(&pool).await)
        .await
        .unwrap();
    assert_eq!((overview.days.len(), overview.models.len()), (0, 0));
}
