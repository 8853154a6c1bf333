//! Demo data in a real database.

use service::{
    Error, Services,
    demo::{ExistingUsers, Order, Outcome, Step, load},
};
use sqlx::PgPool;
use testing::users::user;
use time::macros::datetime;

use crate::support;

const FAIL_IF_USERS: Order = Order {
    users: 2_000,
    seed: 1,
    existing_users: ExistingUsers::Fail,
};

/// One if about one in twenty of the users has usage, and some of them conversations.
const METERED_USERS: &str = "select (
        (select count(distinct user_id) from usage_daily) between 40 and 160
        and (select count(distinct user_id) from conversations) between 20 and 160
    )::int::bigint";
const DAYS_OF_USAGE: &str = "select count(distinct day) from usage_daily";

fn services(pool: &PgPool) -> Services {
    Services {
        clock: || datetime!(2026-11-21 15:30 UTC),
        ..support::services(pool)
    }
}

async fn count(pool: &PgPool, query: &'static str) -> i64 {
    sqlx::query_scalar(query).fetch_one(pool).await.unwrap()
}

/// Lists the definitions of all indexes, constraints and triggers, which a load drops or disables and restores, without those of the months
/// of usage, which it creates.
async fn surroundings(pool: &PgPool) -> Vec<String> {
    sqlx::query_scalar(
        "select found from (
        select indexdef as found from pg_indexes where schemaname = 'public'
        union all
        select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) || ' ' || convalidated
        from pg_constraint
        union all
        select tgrelid::regclass || ' ' || tgname || ' ' || tgenabled::text from pg_trigger where not tgisinternal
        ) s
        where found !~ 'usage_events_[0-9]'
        order by 1",
    )
    .fetch_all(pool)
    .await
    .unwrap()
}

/// Counts statistics, totals, search entries, and sums of usage and conversations that differ from a recount.
async fn differences(pool: &PgPool) -> i64 {
    let recount = db::doctor::recount(pool).await.unwrap();
    let of_users = recount.wrong_stats + recount.wrong_totals + recount.wrong_search;
    let of_usage = recount.wrong_usage + recount.wrong_usage_totals + recount.wrong_balances;
    of_users + recount.wrong_conversations + of_usage
}

#[testing::test]
async fn load_is_complete_and_restores_the_schema(pool: PgPool) {
    let before = surroundings(&pool).await;
    let mut steps = Vec::new();
    let outcome = load(&services(&pool), FAIL_IF_USERS, |step| steps.push(step))
        .await
        .unwrap();
    assert_eq!(surroundings(&pool).await, before);
    assert_eq!(differences(&pool).await, 0);

    let Outcome::Loaded { rows } = outcome else {
        panic!("{outcome:?}")
    };
    let last = steps
        .iter()
        .rfind(|step| matches!(step, Step::Users { .. }));
    assert_eq!(
        last,
        Some(&Step::Users {
            user_count: 2_000,
            rows
        })
    );
    for (query, expected) in [
        ("select count(*) from groups", 20),
        (
            "select sum(members)::bigint from group_totals where group_id = (select id from groups order by id limit 1)",
            400,
        ),
        ("select count(*) from clients", 6),
        ("select count(*) from resources", 200),
        ("select count(*) from limits", 3),
        (
            "select count(*) from limits l join group_members m on m.group_id = l.group_id where l.shared",
            400,
        ),
        (METERED_USERS, 1),
        (DAYS_OF_USAGE, 30),
        (
            "select count(distinct model)::bigint from usage_daily_totals",
            3,
        ),
        (
            "select count(distinct branch)::bigint from conversations",
            6,
        ),
        (
            "select count(distinct feedback ->> 'rating')::bigint from conversation_messages",
            2,
        ),
        (
            "select count(*) from usage_events where at >= '2026-11-21T00:00:00Z' or kind <> 'use'",
            0,
        ),
        (
            "select count(*) from conversations c join users u on u.id = c.user_id where c.started_at < u.created_at or c.messages < 2",
            0,
        ),
        (
            "select count(*) from users where not client_list <@ array(select id from clients)",
            0,
        ),
    ] {
        assert_eq!(count(&pool, query).await, expected, "{query}");
    }
    assert_eq!(steps.last(), Some(&Step::Vacuuming));
    assert_eq!(
        count(
            &pool,
            "select count(*) from users where password_hash is null"
        )
        .await,
        2_000
    );
    assert_eq!(
        count(&pool, "select sum(personas) from user_stats").await,
        4_000
    );
    assert_eq!(
        count(
            &pool,
            "select count(*) from user_roles ur join roles r on r.id = role_id where name = 'admin'"
        )
        .await,
        2
    );
    assert_eq!(
        count(&pool, "select count(*) from api_keys where user_id is null").await,
        2
    );
    let record = "select count(*) from audit_events where action = 'demo.loaded' and via = 'cli'
        and target_kind = 'system' and target_label = '2000 users'";
    assert_eq!(count(&pool, record).await, 1);
}

#[testing::test]
async fn same_order_loads_the_same_users(pool: PgPool) {
    let print = "select md5(string_agg(u::text, '' order by id)) from users u";
    load(&services(&pool), FAIL_IF_USERS, |_| {}).await.unwrap();
    let first: String = sqlx::query_scalar(print).fetch_one(&pool).await.unwrap();
    sqlx::raw_sql("update users set deleted_at = now(); delete from users; alter sequence users_number_seq restart")
        .execute(&pool)
        .await
        .unwrap();
    sqlx::raw_sql("delete from api_keys; delete from groups; delete from resources; delete from clients; alter sequence clients_id_seq restart")
        .execute(&pool)
        .await
        .unwrap();
    load(&services(&pool), FAIL_IF_USERS, |_| {}).await.unwrap();
    let second: String = sqlx::query_scalar(print).fetch_one(&pool).await.unwrap();
    assert_eq!(first, second);
}

#[testing::test]
async fn existing_users_are_respected(pool: PgPool) {
    user("ada").insert(&pool).await;
    let (services, before) = (services(&pool), surroundings(&pool).await);

    let denied = load(&services, FAIL_IF_USERS, |_| {}).await.unwrap_err();
    assert!(
        matches!(&denied, Error::Conflict(why) if why.message().contains("--force")),
        "{denied}"
    );
    let skip = Order {
        existing_users: ExistingUsers::Skip,
        ..FAIL_IF_USERS
    };
    assert_eq!(
        load(&services, skip, |_| {}).await.unwrap(),
        Outcome::Skipped
    );
    assert_eq!(count(&pool, "select count(*) from users").await, 1);

    let add = Order {
        existing_users: ExistingUsers::Add,
        ..FAIL_IF_USERS
    };
    load(&services, add, |_| {}).await.unwrap();
    assert_eq!(count(&pool, "select count(*) from users").await, 2_001);
    assert_eq!(surroundings(&pool).await, before);
    assert_eq!(differences(&pool).await, 0);
}

#[testing::test]
async fn second_crowd_can_be_added_but_not_the_same_one(pool: PgPool) {
    let services = services(&pool);
    load(&services, FAIL_IF_USERS, |_| {}).await.unwrap();
    let (before, add) = (
        surroundings(&pool).await,
        Order {
            existing_users: ExistingUsers::Add,
            ..FAIL_IF_USERS
        },
    );

    let denied = load(&services, add, |_| {}).await.unwrap_err();
    assert!(
        matches!(&denied, Error::Conflict(why) if why.message().contains("--seed")),
        "{denied}"
    );
    assert_eq!(count(&pool, "select count(*) from users").await, 2_000);
    assert_eq!(surroundings(&pool).await, before);

    // Few new users among many existing ones: the indexes stay in place.
    load(
        &services,
        Order {
            users: 200,
            seed: 2,
            ..add
        },
        |_| {},
    )
    .await
    .unwrap();
    assert_eq!(count(&pool, "select count(*) from users").await, 2_200);
    assert_eq!(surroundings(&pool).await, before);
    assert_eq!(differences(&pool).await, 0);
}
