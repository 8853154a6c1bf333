//! Periodic maintenance tasks.

use service::housekeeping;
use sqlx::PgPool;
use testing::users::user;

use crate::support::services;

async fn run(pool: &PgPool, sql: &'static str) {
    sqlx::raw_sql(sql).execute(pool).await.unwrap();
}

async fn count(pool: &PgPool, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(pool).await.unwrap()
}

#[testing::test]
async fn everything_expired_is_ended_in_batches(pool: PgPool) {
    run(
        &pool,
        "insert into sessions (id, token_hash, created_at, last_seen_at, idle_expires_at, expires_at)
        select gen_random_uuid(), uuid_send(gen_random_uuid()), now(), now(), now(), now() + interval '1 day'
        from generate_series(1, 2500);
        insert into login_attempts (scope, subject, failures, last_failed_at, blocked_until, created_at)
        values ('account', 'old', 9, now() - interval '2 days', now(), now()), ('account', 'new', 1, now(), now(), now())",
    )
    .await;
    housekeeping::run(&services(&pool)).await.unwrap();
    assert_eq!(
        count(
            &pool,
            "select count(*) from sessions where ended_at is null"
        )
        .await,
        0
    );
    assert_eq!(count(&pool, "select count(*) from login_attempts").await, 1);
}

#[testing::test]
async fn expired_tokens_are_deleted(pool: PgPool) {
    user("ada").insert(&pool).await;
    run(
        &pool,
        "insert into access_tokens (id, user_id, name, prefix, token_hash, created_at, expires_at, revoked_at)
        select gen_random_uuid(), u.id, t.name, 'rc_x', uuid_send(gen_random_uuid()), now() - interval '1 year',
            now() + t.expires, now() + t.revoked
        from users u, (values
            ('works', interval '1 day', null),
            ('endless', null, null),
            ('just over', interval '-89 days', null),
            ('long over', interval '-91 days', null),
            ('just revoked', interval '-91 days', interval '-89 days'),
            ('long revoked', null, interval '-91 days')
        ) as t (name, expires, revoked)",
    )
    .await;
    housekeeping::run(&services(&pool)).await.unwrap();
    let left: Vec<String> =
        sqlx::query_scalar("select name from access_tokens order by name collate \"C\"")
            .fetch_all(&pool)
            .await
            .unwrap();
    assert_eq!(left, ["endless", "just over", "just revoked", "works"]);
}

#[testing::test]
async fn expired_idempotency_keys_are_deleted(pool: PgPool) {
    user("ada").insert(&pool).await;
    run(
        &pool,
        "insert into idempotency_keys (user_id, key_hash, attempt, expires_at, created_at)
        select id, int4send(n), gen_random_uuid(), now() + case when n > 2500 then interval '1 hour' else '0' end, now()
        from users, generate_series(1, 2503) n",
    )
    .await;
    housekeeping::run(&services(&pool)).await.unwrap();
    assert_eq!(
        count(&pool, "select count(*) from idempotency_keys").await,
        3
    );
}

#[testing::test]
async fn partitions_exist_after_a_long_pause(pool: PgPool) {
    run(
        &pool,
        "do $$
        declare name text;
        begin
            for name in select inhrelid::regclass from pg_inherits
                where inhparent = 'audit_events'::regclass and inhrelid <> 'audit_events_default'::regclass
            loop execute 'drop table ' || name; end loop;
        end $$",
    )
    .await;
    housekeeping::prepare(&services(&pool)).await.unwrap();
    run(
        &pool,
        "insert into audit_events (at, actor_label, via, action, target_kind, target_label)
        values (now(), 'operator', 'cli', 'user.created', 'user', 'ada')",
    )
    .await;
    assert_eq!(
        count(&pool, "select count(*) from audit_events_default").await,
        0
    );
    housekeeping::run(&services(&pool)).await.unwrap();
    assert_eq!(count(&pool, "select count(*) from audit_seals").await, 1);
}

#[testing::test]
async fn finished_jobs_are_deleted_and_failed_ones_remain(pool: PgPool) {
    run(
        &pool,
        "insert into jobs (id, kind, params, state, error, created_at, finished_at)
        select gen_random_uuid(), 'purge', jsonb_build_object('user_id', gen_random_uuid(), 'username', 'u' || n),
            t.state, t.error, now(), now() - t.age
        from generate_series(1, 1100) n, (values
            ('done', null, interval '31 days'),
            ('done', null, interval '29 days'),
            ('failed', 'x', interval '31 days'),
            ('running', null, null)
        ) as t (state, error, age)",
    )
    .await;
    housekeeping::run(&services(&pool)).await.unwrap();
    for (state, left) in [("done", 1_100), ("failed", 1_100), ("running", 1_100)] {
        let found: i64 = sqlx::query_scalar("select count(*) from jobs where state = $1")
            .bind(state)
            .fetch_one(&pool)
            .await
            .unwrap();
        assert_eq!(found, left, "{state}");
    }
}

#[testing::test]
async fn partition_in_use_is_dropped_by_a_later_run(pool: PgPool) {
    run(
        &pool,
        "create table usage_events_2020_01 partition of usage_events for values from ('2020-01-01Z') to ('2020-02-01Z')",
    )
    .await;
    let left = "select count(*) from pg_class where relname = 'usage_events_2020_01'";
    let mut report = pool.begin().await.unwrap();
    sqlx::query("select count(*) from usage_events")
        .execute(&mut *report)
        .await
        .unwrap();
    housekeeping::run(&services(&pool)).await.unwrap();
    assert_eq!(count(&pool, left).await, 1);
    report.rollback().await.unwrap();
    housekeeping::run(&services(&pool)).await.unwrap();
    assert_eq!(count(&pool, left).await, 0);
}
