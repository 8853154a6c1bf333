//! Balances and rates are locked in one order, so that no two requests wait for each other in a circle, whichever is first.

use std::time::Duration;

use domain::{
    limits::{LimitsAnswer, Metric},
    usage::{UsageEvent, UsageEventDraft, UsageOutcome, UseDraft},
};
use serde_json::{Value, from_value, json};
use service::{Error, Services, access::operator, limits, usage};
use sqlx::{
    PgPool, Postgres, Transaction,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use testing::groups::group;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::{
    clock, services,
    users::{add, count},
    waiting::{until_blocked_by, until_waiting},
};

/// Inserts a virtual key of a user.
async fn add_key(pool: &PgPool, user: Uuid, name: &str) -> Uuid {
    sqlx::query_scalar(
        "insert into access_tokens (id, kind, user_id, name, prefix, token_hash, created_at)
        values (uuid_v7(now()), 'key', $1, $2, 'sk-', sha256(convert_to($2, 'UTF8')), now()) returning id",
    )
    .bind(user)
    .bind(name)
    .fetch_one(pool)
    .await
    .unwrap()
}

/// Sets a limit of a metric on a subject; one of a group is shared.
async fn set(services: &Services, metric: Metric, amount: i64, subject: Value) {
    let mut limit = json!({ "metric": metric, "amount": amount });
    if metric.has_period() {
        limit["period"] = json!("total");
    }
    limit["shared"] = json!(subject.get("group").is_some());
    limit["subject"] = subject;
    let limit = from_value(limit).unwrap();
    limits::put(services, &operator(), limit).await.unwrap();
}

async fn consume(services: &Services, used: Value) -> Result<LimitsAnswer, Error> {
    let draft: UseDraft = from_value(used).unwrap();
    limits::consume(services, &operator(), &draft).await
}

/// Stores a use with each of some tokens of a user, in their order.
async fn store(
    services: Services,
    user: Uuid,
    tokens: Vec<Option<Uuid>>,
) -> Result<UsageOutcome, Error> {
    let events = tokens.iter().map(|token| {
        let mut event = json!({ "user": user, "eventId": Uuid::now_v7() });
        if let Some(token) = token {
            event["token"] = json!(token);
        }
        from_value(event).unwrap()
    });
    let events: Vec<UsageEventDraft> = events.collect();
    usage::store(&services, &operator(), &events).await
}

/// Stores a use in a transaction that has retained the user, and ends it. The use counts against no limit.
async fn end_use(mut other: Transaction<'static, Postgres>, user: Uuid) {
    let used: UseDraft = from_value(json!({ "user": user })).unwrap();
    let event = UsageEvent {
        used: used.check().unwrap(),
        at: db::usage::find_time(&mut *other).await.unwrap(),
    };
    db::usage::store(&mut other, Some(user), &[event], &[])
        .await
        .unwrap();
    other.commit().await.unwrap();
}

/// A user with two keys and a shared group, which has the last of their ids.
struct Team {
    user: Uuid,
    keys: [Uuid; 2],
    group: Uuid,
}

impl Team {
    /// Creates a team with limits of a metric on the keys and the group.
    async fn create(services: &Services, metric: Metric, amount: i64) -> Self {
        let pool = &services.pool;
        let user = add(pool, "ada", &[]).await;
        let mut keys = [
            add_key(pool, user, "a").await,
            add_key(pool, user, "b").await,
        ];
        keys.sort_unstable();
        tokio::time::sleep(Duration::from_millis(5)).await;
        let group = group("Team").members(&[user]).insert(pool).await;
        for key in keys {
            set(services, metric, amount, json!({ "token": key })).await;
        }
        set(services, metric, amount, json!({ "group": group })).await;
        Self { user, keys, group }
    }
}

/// Stores uses with both keys while a use with the second key has the row of the key, and then asks for that of the group.
async fn store_beside_a_use(services: &Services, team: &Team, lock: &'static str) {
    let batch = || store(services.clone(), team.user, team.keys.map(Some).to_vec());
    batch().await.unwrap();
    let mut other = services.pool.begin().await.unwrap();
    let [_, second] = team.keys;
    sqlx::query(lock)
        .bind(second)
        .execute(&mut *other)
        .await
        .unwrap();
    let stored = tokio::spawn(batch());
    until_waiting(&services.pool, 1).await;
    sqlx::query(lock)
        .bind(team.group)
        .execute(&mut *other)
        .await
        .unwrap();
    other.rollback().await.unwrap();
    assert_eq!(stored.await.unwrap().unwrap().counted, 2);
}

#[testing::test]
async fn batch_with_several_keys_locks_balances_in_the_order_of_uses(pool: PgPool) {
    let services = services(&pool);
    let team = Team::create(&services, Metric::Requests, 99).await;
    let lock = "select from balances where holder_id = $1 for update";
    store_beside_a_use(&services, &team, lock).await;
    for (used, sql) in [
        (4, "select used from balances where group_id is not null"),
        (
            2,
            "select min(used) from balances where token_id is not null",
        ),
        (
            2,
            "select max(used) from balances where token_id is not null",
        ),
    ] {
        assert_eq!(count(&pool, sql).await, used, "{sql}");
    }
}

#[testing::test]
async fn batch_with_several_keys_spends_rates_in_the_order_of_uses(
    options: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let pool = clock::stopped(options, connect).await;
    let services = services(&pool);
    let team = Team::create(&services, Metric::Rpm, 6).await;
    let lock = "select from rate_limits where holder_id = $1 for update";
    store_beside_a_use(&services, &team, lock).await;
    let used = json!({ "user": team.user, "token": team.keys[0], "requests": 0 });
    let answer = consume(&services, used).await.unwrap();
    let used: Vec<i64> = answer.limits.iter().map(|it| it.used.units()).collect();
    assert_eq!(used, [2, 4]);
}

#[testing::test]
async fn batches_in_opposite_order_and_uses_do_not_block_each_other(pool: PgPool) {
    let services = services(&pool);
    let team = Team::create(&services, Metric::Rpm, 1_000_000).await;
    set(&services, Metric::Tpm, 1_000_000, json!("default")).await;
    let [first, second] = team.keys;
    let mut tasks = JoinSet::new();
    for round in 0..20 {
        let mut tokens = vec![Some(first), None, Some(second)];
        if round % 2 == 0 {
            tokens.reverse();
        }
        tasks.spawn({
            let stored = store(services.clone(), team.user, tokens);
            async move { stored.await.map(drop) }
        });
        let services = services.clone();
        let used = json!({ "user": team.user, "token": team.keys[round % 2], "tokens": 5 });
        tasks.spawn(async move { consume(&services, used).await.map(drop) });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap().unwrap();
    }
    assert_eq!(count(&pool, "select count(*) from usage_events").await, 80);
}

/// Creates a balance of requests, like a use at the same time that has not ended. Returns its transaction.
async fn create_balance(
    pool: &PgPool,
    user: Option<Uuid>,
    token: Option<Uuid>,
) -> Transaction<'static, Postgres> {
    let mut other = pool.begin().await.unwrap();
    sqlx::query(
        "insert into balances (user_id, token_id, metric, period, period_start)
        values ($1, $2, 'requests', 'total', 'epoch')",
    )
    .bind(user)
    .bind(token)
    .execute(&mut *other)
    .await
    .unwrap();
    other
}

/// Locks the balance of a group in a transaction for which another one waits.
async fn lock_group(pool: &PgPool, other: &mut Transaction<'static, Postgres>, group: Uuid) {
    until_waiting(pool, 1).await;
    sqlx::query("select from balances where holder_id = $1 for update")
        .bind(group)
        .execute(&mut **other)
        .await
        .unwrap();
}

#[testing::test]
async fn missing_balances_are_created_before_others_are_locked(pool: PgPool) {
    let services = services(&pool);
    let (ada, bob) = (add(&pool, "ada", &[]).await, add(&pool, "bob", &[]).await);
    let key = add_key(&pool, ada, "key").await;
    let team = group("Team").members(&[ada, bob]).insert(&pool).await;
    for subject in [
        json!({ "group": team }),
        json!({ "token": key }),
        json!("default"),
    ] {
        set(&services, Metric::Requests, 99, subject).await;
    }
    // The balance of the group exists, those of Ada and of the key do not.
    consume(&services, json!({ "user": bob })).await.unwrap();

    let mut other = create_balance(&pool, Some(ada), None).await;
    let first = tokio::spawn({
        let services = services.clone();
        async move { consume(&services, json!({ "user": ada })).await }
    });
    lock_group(&pool, &mut other, team).await;
    other.commit().await.unwrap();
    assert!(first.await.unwrap().unwrap().counted);

    let mut other = create_balance(&pool, None, Some(key)).await;
    let batch = tokio::spawn(store(services.clone(), ada, vec![None, Some(key)]));
    lock_group(&pool, &mut other, team).await;
    other.rollback().await.unwrap();
    assert_eq!(batch.await.unwrap().unwrap().counted, 2);
    for (used, sql) in [
        (4, "select used from balances where group_id is not null"),
        (
            3,
            "select max(used) from balances where user_id is not null",
        ),
        (1, "select used from balances where token_id is not null"),
    ] {
        assert_eq!(count(&pool, sql).await, used, "{sql}");
    }
}

#[testing::test]
async fn balance_that_is_deleted_meanwhile_is_created_after_the_group_is_locked(pool: PgPool) {
    let services = services(&pool);
    let (ada, bob) = (add(&pool, "ada", &[]).await, add(&pool, "bob", &[]).await);
    let team = group("Team").members(&[ada, bob]).insert(&pool).await;
    set(&services, Metric::Requests, 99, json!("default")).await;
    for metric in [Metric::Requests, Metric::Tokens] {
        set(&services, metric, 99, json!({ "group": team })).await;
    }
    consume(&services, json!({ "user": bob })).await.unwrap();
    // As the deletion of the group does: first the group, then its balances.
    let mut deletion = pool.begin().await.unwrap();
    sqlx::query("select from groups where id = $1 for update")
        .bind(team)
        .execute(&mut *deletion)
        .await
        .unwrap();
    let other = create_balance(&pool, Some(ada), None).await;
    let counted = tokio::spawn({
        let services = services.clone();
        async move { consume(&services, json!({ "user": ada })).await }
    });
    until_waiting(&pool, 1).await;
    sqlx::raw_sql("delete from balances where group_id is not null and metric = 'tokens'")
        .execute(&pool)
        .await
        .unwrap();
    other.commit().await.unwrap();
    until_blocked_by(&pool, &mut deletion).await;
    sqlx::query("select from balances where holder_id = $1 for update")
        .bind(team)
        .execute(&mut *deletion)
        .await
        .unwrap();
    deletion.rollback().await.unwrap();
    assert!(counted.await.unwrap().unwrap().counted);
    let of_team = "select count(*) from balances where group_id is not null";
    assert_eq!(count(&pool, of_team).await, 2);
}

#[testing::test]
async fn use_counts_the_lease_of_a_reservation_that_it_has_waited_for(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    set(&services, Metric::Requests, 1, json!("default")).await;
    consume(&services, json!({ "user": ada, "requests": 0 }))
        .await
        .unwrap();
    let mut other = pool.begin().await.unwrap();
    for statement in [
        "select from balances where user_id = $1 for update",
        "insert into leases (id, user_id, holders, requests, tokens, cost_nanos, event_id, expires_at, created_at)
        values (uuid_v7(now()), $1, array[$1], 1, 0, 0, 'a', now() + interval '1 hour', now())",
    ] {
        let statement = sqlx::query(statement).bind(ada);
        statement.execute(&mut *other).await.unwrap();
    }
    let used = tokio::spawn({
        let services = services.clone();
        async move { consume(&services, json!({ "user": ada })).await }
    });
    until_waiting(&pool, 1).await;
    other.commit().await.unwrap();
    let denied = used.await.unwrap();
    assert!(matches!(denied, Err(Error::LimitReached(_))), "{denied:?}");
}

#[testing::test]
async fn uses_during_the_deletion_of_a_holder_are_counted(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let key = add_key(&pool, ada, "key").await;
    let team = group("Team").members(&[ada]).insert(&pool).await;
    for (deletion, id, used, subject) in [
        (
            "delete from groups where id = $1",
            team,
            json!({ "user": ada }),
            json!({ "group": team }),
        ),
        (
            "delete from access_tokens where id = $1",
            key,
            json!({ "user": ada, "token": key }),
            json!({ "token": key }),
        ),
    ] {
        set(&services, Metric::Requests, 9, subject).await;
        let mut other = pool.begin().await.unwrap();
        sqlx::query(deletion)
            .bind(id)
            .execute(&mut *other)
            .await
            .unwrap();
        let counted = tokio::spawn({
            let services = services.clone();
            async move { consume(&services, used).await }
        });
        until_waiting(&pool, 1).await;
        other.commit().await.unwrap();
        assert!(counted.await.unwrap().unwrap().counted, "{deletion}");
    }
    assert_eq!(count(&pool, "select count(*) from balances").await, 0);
    assert_eq!(count(&pool, "select count(*) from usage_events").await, 2);
}

#[testing::test]
async fn shared_balance_of_a_limit_that_is_set_during_a_use_is_not_deleted(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let team = group("Team").members(&[ada]).insert(&pool).await;
    for subject in [json!("default"), json!({ "group": team })] {
        set(&services, Metric::Requests, 9, subject).await;
    }
    let other = create_balance(&pool, Some(ada), None).await;
    let counted = tokio::spawn({
        let services = services.clone();
        async move { consume(&services, json!({ "user": ada })).await }
    });
    until_waiting(&pool, 1).await;
    // Meanwhile the use of another member takes all of a new limit that refills.
    for statement in [
        "insert into limits (
            id, group_id, shared, metric, amount, period, period_seconds, anchor, created_at, updated_at
        )
        values (uuid_v7(now()), $1, true, 'tokens', 5, 'drip:3600', 18000, now(), now(), now())",
        "insert into balances (group_id, metric, period, period_start, level, level_at)
        values ($1, 'tokens', 'drip:3600', 'epoch', 0, now())",
    ] {
        let statement = sqlx::query(statement).bind(team);
        statement.execute(&pool).await.unwrap();
    }
    other.commit().await.unwrap();
    assert!(counted.await.unwrap().unwrap().counted);
    let tokens = json!({ "user": ada, "tokens": 1 });
    let denied = consume(&services, tokens).await;
    assert!(matches!(denied, Err(Error::LimitReached(_))), "{denied:?}");
}

#[testing::test]
async fn use_counts_against_a_limit_that_is_set_again_meanwhile(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    set(&services, Metric::Requests, 9, json!("default")).await;
    consume(&services, json!({ "user": ada })).await.unwrap();
    let unlimited = json!({
        "subject": "default", "metric": "requests", "amount": null, "period": "total"
    });
    let unlimited = from_value(unlimited).unwrap();
    limits::put(&services, &operator(), unlimited)
        .await
        .unwrap();
    // The use waits for the id of its event, after it has read the limits.
    let mut other = pool.begin().await.unwrap();
    sqlx::query(
        "insert into usage_event_ids (user_id, event_id, created_at) values ($1, 'a', now())",
    )
    .bind(ada)
    .execute(&mut *other)
    .await
    .unwrap();
    let counted = tokio::spawn({
        let services = services.clone();
        async move { consume(&services, json!({ "user": ada, "eventId": "a" })).await }
    });
    until_waiting(&pool, 1).await;
    set(&services, Metric::Requests, 9, json!("default")).await;
    other.rollback().await.unwrap();
    assert!(counted.await.unwrap().unwrap().counted);
    consume(&services, json!({ "user": ada })).await.unwrap();
    assert_eq!(count(&pool, "select used from balances").await, 3);
}

#[testing::test]
async fn use_counts_against_a_limit_that_is_set_while_it_waits(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let mut other = pool.begin().await.unwrap();
    sqlx::query("select from users where id = $1 for no key update")
        .bind(ada)
        .execute(&mut *other)
        .await
        .unwrap();
    let counted = tokio::spawn({
        let services = services.clone();
        async move { consume(&services, json!({ "user": ada })).await }
    });
    until_waiting(&pool, 1).await;
    set(&services, Metric::Requests, 9, json!("default")).await;
    other.rollback().await.unwrap();
    assert_eq!(counted.await.unwrap().unwrap().limits.len(), 1);
    assert_eq!(count(&pool, "select used from balances").await, 1);
}

#[testing::test]
async fn reset_of_several_users_waits_for_their_uses(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let mut running = pool.begin().await.unwrap();
    let found = db::limits::retain_user(&mut running, ada, None).await;
    assert!(found.unwrap().limits.is_empty());
    set(&services, Metric::Requests, 9, json!("default")).await;
    let reset = tokio::spawn({
        let services = services.clone();
        async move {
            let request = json!({
                "users": [{ "id": ada, "version": 1 }], "reason": "exam", "expected": 1
            });
            let request = from_value(request).unwrap();
            limits::reset_many(&services, &operator(), request).await
        }
    });
    until_waiting(&pool, 1).await;
    end_use(running, ada).await;
    assert_eq!(reset.await.unwrap().unwrap().changed, 1);
    assert_eq!(count(&pool, "select used from balances").await, 0);
    let recount = db::doctor::recount(&pool).await.unwrap();
    assert_eq!(recount.wrong_balances, 0);
}

#[testing::test]
async fn shared_limit_counts_uses_that_are_running_while_it_is_set(pool: PgPool) {
    let services = services(&pool);
    let (ada, bob) = (add(&pool, "ada", &[]).await, add(&pool, "bob", &[]).await);
    let team = group("Team").members(&[ada, bob]).insert(&pool).await;
    let mut running = pool.begin().await.unwrap();
    let found = db::limits::retain_user(&mut running, ada, None).await;
    assert!(found.unwrap().limits.is_empty());
    let stored = tokio::spawn({
        let services = services.clone();
        async move { set(&services, Metric::Requests, 9, json!({ "group": team })).await }
    });
    until_waiting(&pool, 1).await;
    end_use(running, ada).await;
    stored.await.unwrap();
    consume(&services, json!({ "user": bob })).await.unwrap();
    assert_eq!(count(&pool, "select used from balances").await, 2);
}

#[testing::test]
async fn shared_balance_that_is_left_of_an_earlier_limit_is_replaced(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let team = group("Team").members(&[ada]).insert(&pool).await;
    consume(&services, json!({ "user": ada })).await.unwrap();
    sqlx::query(
        "insert into balances (group_id, metric, period, period_start)
        values ($1, 'requests', 'total', 'epoch')",
    )
    .bind(team)
    .execute(&pool)
    .await
    .unwrap();
    set(&services, Metric::Requests, 9, json!({ "group": team })).await;
    consume(&services, json!({ "user": ada })).await.unwrap();
    assert_eq!(count(&pool, "select used from balances").await, 2);
}
