//! Query plans of usage: counting, reports, and the retention.

use db::{
    limits::{Holder, balances},
    usage::{self, UsageFilter, event_ids, reports},
};
use domain::usage::{UsageAmounts, UsageEvent, UsageRange, Use};
use sqlx::PgPool;
use time::Date;

use super::{USED, check, find_now, find_subjects, insert};

/// Inserts 5 uses of each user in the last 24 days and a top-up, 20,000 events of months without a partition, 5 ids of events of each user
/// and as many of a virtual key, 10 sums by day of each user, which are 2,000 each day, and the totals of a year in 8 shards.
const USAGE: &str = "
    select ensure_usage_partitions(now() - interval '1 month');
    insert into usage_events (id, at, kind, user_id, model, requests)
    select uuid_v7(now()), now() - n * interval '6 days', 'use', u.id, 'model 1', 1 from users u cross join generate_series(0, 4) n;
    insert into usage_events (id, at, kind, user_id, metric, requests)
    select uuid_v7(now()), now(), 'top_up', u.id, 'requests', 5 from users u;
    insert into usage_events (id, at, kind, model, requests)
    select uuid_v7(now()), now() - interval '1 year' - n * interval '1 minute', 'use', 'model 1', 1 from generate_series(1, 20000) n;
    insert into usage_event_ids (user_id, event_id, created_at)
    select u.id, n::text, now() - n * interval '20 days' from users u cross join generate_series(0, 4) n;
    insert into usage_key_event_ids (user_id, key_id, event_id, created_at)
    select u.id, u.id, n::text, now() - n * interval '20 days' from users u cross join generate_series(0, 4) n;
    alter table usage_daily disable trigger user;
    insert into usage_daily (day, user_id, model, requests)
    select (now() at time zone 'UTC')::date - (u.number % 10 + 10 * n)::int, u.id, 'model 1', 1
    from users u cross join generate_series(0, 9) n;
    alter table usage_daily enable trigger user;
    insert into usage_daily_totals (day, model, shard, requests, tokens_in, tokens_out, cost_nanos)
    select (now() at time zone 'UTC')::date - n, 'model ' || m, s, 1, 0, 0, 0
    from generate_series(0, 364) n, generate_series(1, 5) m, generate_series(0, 7) s
    order by n;
    vacuum analyze usage_events, usage_event_ids, usage_key_event_ids, usage_daily, usage_daily_totals";

#[testing::test]
async fn uses_are_counted_among_many(pool: PgPool) {
    insert(&pool, &[USED, USAGE]).await;
    let [user, token, group, _] = find_subjects(&pool).await;
    check(&pool, "sums of periods", async |connection| {
        let listed = balances::list(&mut *connection, &[user, group])
            .await
            .unwrap();
        let asked = listed.iter().map(|balance| {
            let is_own = balance.holder_id == user;
            let holder = if is_own {
                Holder::User(user)
            } else {
                Holder::Group(group)
            };
            (holder, balance)
        });
        let mut asked: Vec<_> = asked.collect();
        asked.push((Holder::Token(token), &listed[0]));
        let sums = balances::sum_periods(connection, &asked).await.unwrap();
        assert_eq!(sums.len(), 7);
    })
    .await;
    check(&pool, "a use", async |connection| {
        let at = find_now(connection).await;
        let used = Use {
            user,
            token: Some(token),
            model: Some("model 1".to_owned()),
            amounts: UsageAmounts {
                requests: 1,
                ..UsageAmounts::default()
            },
            left_out: Vec::new(),
            event_id: Some("new".to_owned()),
            conversation_id: None,
        };
        let events = [UsageEvent { used, at }];
        let balances = balances::list(&mut *connection, &[user]).await.unwrap();
        usage::store(&mut *connection, Some(user), &events, &balances)
            .await
            .unwrap();
        let hash = event_ids::find_hash(connection, (user, Some(token)), "0").await;
        assert_eq!(hash.unwrap(), None);
    })
    .await;
}

#[testing::test]
async fn reports_read_the_rows_of_their_days(pool: PgPool) {
    insert(&pool, &[USAGE]).await;
    let [user, _, group, _] = find_subjects(&pool).await;
    let today: Date = sqlx::query_scalar("select (now() at time zone 'UTC')::date")
        .fetch_one(&pool)
        .await
        .unwrap();
    let all = UsageFilter {
        days: UsageRange::recent(today),
        user: None,
        group: None,
        model: None,
    };
    let of_user = UsageFilter {
        user: Some(user),
        ..all.clone()
    };
    let of_group = UsageFilter {
        group: Some(group),
        ..all.clone()
    };
    for filter in [&all, &of_user, &of_group] {
        check(&pool, &format!("days of {filter:?}"), async |connection| {
            let days = reports::list_days(connection, filter).await.unwrap();
            assert!(!days.is_empty());
        })
        .await;
        check(
            &pool,
            &format!("models of {filter:?}"),
            async |connection| {
                let models = reports::list_models(connection, filter, 20).await.unwrap();
                assert!(!models.is_empty());
            },
        )
        .await;
    }
    // No totals have the users and the groups.
    let of_today = UsageFilter {
        days: UsageRange::until(today, 1),
        ..all
    };
    for filter in [&of_today, &of_user, &of_group] {
        check(&pool, &format!("users of {filter:?}"), async |connection| {
            let users = reports::list_users(connection, filter, 20).await.unwrap();
            assert!(!users.is_empty());
        })
        .await;
        check(
            &pool,
            &format!("groups of {filter:?}"),
            async |connection| {
                let groups = reports::list_groups(connection, filter, 20).await.unwrap();
                assert!(!groups.is_empty());
            },
        )
        .await;
    }
    check(&pool, "the ledger of a user", async |connection| {
        let days = UsageRange::recent(today);
        let entries = reports::list_entries(&mut *connection, user, days, 100)
            .await
            .unwrap();
        let newest = reports::list_newest(connection, user, 20).await.unwrap();
        assert_eq!((entries.len(), newest.len()), (1, 5));
    })
    .await;
}

#[testing::test]
async fn retention_of_usage_reads_what_it_deletes(pool: PgPool) {
    insert(&pool, &[USAGE]).await;
    check(&pool, "events without a partition", async |connection| {
        let deleted = usage::delete_unpartitioned(connection, 62, 100).await;
        assert_eq!(deleted.unwrap(), 100);
    })
    .await;
    check(&pool, "ids of events", async |connection| {
        let of_application = event_ids::delete(&mut *connection, 30, 100).await.unwrap();
        let of_keys = event_ids::delete_of_keys(connection, 30, 100)
            .await
            .unwrap();
        assert_eq!((of_application, of_keys), (100, 100));
    })
    .await;
    check(&pool, "shards of totals", async |connection| {
        assert_eq!(usage::merge_shards(connection, 100).await.unwrap(), 100);
    })
    .await;
}
