//! Query plans of groups, resources and access: with many of them few rows are read, and no large table is scanned.

use db::{
    access::{Pair, Reach, find_reach, list_paths, reaches},
    features::list_effective,
    groups::{self, GroupFilter, members},
    resources::{self, ResourceFilter},
};
use domain::{
    groups::{GROUPS_ORDER, MEMBERS_ORDER},
    list::{Limits, Position, SearchParams, UnfilteredParams},
    resources::{GrantLevel, RESOURCES_ORDER},
};
use sqlx::PgPool;
use testing::crowd::crowd;
use uuid::Uuid;

/// Inserts 200 groups, the first with half of the users and the others with 20 each, and 20,000 resources with one grant each.
const WORLD: &str = "
    insert into features (key, label, created_at, updated_at)
    select 'feature.f' || n, 'F', now(), now() from generate_series(1, 50) n;
    insert into clients (name, created_at, updated_at) select 'Client ' || n, now(), now() from generate_series(1, 50) n;
    insert into groups (id, name, features, created_at, updated_at)
    select md5('group' || n)::uuid, 'Group ' || n, jsonb_build_object('feature.f' || 1 + n % 50, true), now(), now()
    from generate_series(1, 200) n;
    insert into group_members (group_id, user_id, added_at)
    select md5('group1')::uuid, u.id, now() from users u where u.number % 2 = 0
    union all
    select md5('group' || 2 + u.number % 199)::uuid, u.id, now() from users u where u.number % 5 = 0;
    insert into resources (id, kind, external_id, name, owner_id, client_id, created_at, updated_at)
    select md5('resource' || n)::uuid, (array['models', 'knowledge', 'tools', 'prompts'])[1 + n % 4], n::text, 'Resource ' || n,
        (select u.id from users u where u.number = 1 + n % 20000), case when n % 3 = 0 then 1 + n % 50 end, now(), now()
    from generate_series(1, 20000) n;
    insert into resource_grants (resource_id, user_id, group_id, level, granted_at)
    select md5('resource' || n)::uuid, case when n % 3 = 0 then (select u.id from users u where u.number = 1 + n % 20000) end,
        case when n % 3 <> 0 then md5('group' || 1 + n % 200)::uuid end, 'read', now()
    from generate_series(1, 20000) n;
    vacuum analyze users, groups, group_members, group_totals, resources, resource_grants, user_stats, user_roles";

/// Maximum number of rows that a statement may read in the large tables.
const LOOKED_AT_MAX: i64 = 2_000;

/// Returns the number of sequential scans and of rows read in this transaction so far.
async fn looked_at(connection: &mut sqlx::PgConnection) -> (i64, i64) {
    sqlx::query_as(
        "select sum(seq_scan)::bigint, sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint
        from pg_stat_xact_user_tables where relname in ('users', 'group_members', 'resources', 'resource_grants')",
    )
    .fetch_one(connection)
    .await
    .unwrap()
}

/// Runs a query and checks the number of rows read for it.
async fn check<T>(
    pool: &PgPool,
    what: &str,
    query: impl AsyncFnOnce(&mut sqlx::PgConnection) -> T,
) -> T {
    let mut transaction = pool.begin().await.unwrap();
    let before = looked_at(&mut transaction).await;
    let found = query(&mut *transaction).await;
    let after = looked_at(&mut transaction).await;
    assert_eq!(after.0, before.0, "a sequential scan for {what}");
    let rows = after.1 - before.1;
    assert!(rows <= LOOKED_AT_MAX, "{rows} rows were read for {what}");
    found
}

#[testing::test]
async fn lists_and_checks_read_few_rows(pool: PgPool) {
    crowd(20_000, "user-", "Name ").insert(&pool).await;
    for statement in WORLD.split(';') {
        sqlx::raw_sql(statement).execute(&pool).await.unwrap();
    }
    let user = testing::users::id_of(&pool, "user-10").await;
    let group: Uuid = sqlx::query_scalar("select md5('group1')::uuid")
        .fetch_one(&pool)
        .await
        .unwrap();

    let mut query = UnfilteredParams::default()
        .parse(Limits::PANEL, MEMBERS_ORDER)
        .unwrap();
    for what in ["first members", "next members"] {
        let (page, more) = check(&pool, what, async |connection| {
            members::list_page(connection, group, &query).await.unwrap()
        })
        .await;
        assert!(page.len() == 50 && more);
        query.position = Position::After(page[49].cursor(50));
    }

    let search = SearchParams::default()
        .parse(Limits::PANEL, GROUPS_ORDER)
        .unwrap();
    let of_user = GroupFilter {
        member: Some(user),
        ..GroupFilter::default()
    };
    for (what, filter) in [
        ("groups", GroupFilter::default()),
        ("groups of a user", of_user),
    ] {
        check(&pool, what, async |connection| {
            groups::list_page(connection, &search, filter)
                .await
                .unwrap()
        })
        .await;
    }

    let query = UnfilteredParams::default()
        .parse(Limits::PANEL, RESOURCES_ORDER)
        .unwrap();
    let none = ResourceFilter::default();
    for (what, filter) in [
        ("resources", none),
        (
            "resources of a kind",
            ResourceFilter {
                kind: Some("tools"),
                ..none
            },
        ),
        (
            "resources of an owner",
            ResourceFilter {
                owner: Some(user),
                ..none
            },
        ),
        (
            "resources of a client",
            ResourceFilter {
                client: Some(7),
                ..none
            },
        ),
        (
            "resources of a group",
            ResourceFilter {
                group: Some(group),
                ..none
            },
        ),
    ] {
        check(&pool, what, async |connection| {
            resources::list_page(connection, &query, filter)
                .await
                .unwrap()
        })
        .await;
    }

    let of_kind = ResourceFilter {
        kind: Some("tools"),
        viewer: Some(user),
        ..none
    };
    let count = check(&pool, "count of a kind", async |connection| {
        resources::count(connection, of_kind).await.unwrap()
    })
    .await;
    assert!(count > 3_000, "{count}");

    let reach = find_reach(&pool, user).await.unwrap();
    assert_eq!(reach, Reach::Of(user));
    let reached = ResourceFilter {
        reached_by: Some(reach),
        ..none
    };
    let (page, _) = check(&pool, "resources that are reached", async |connection| {
        resources::list_page(connection, &query, reached)
            .await
            .unwrap()
    })
    .await;
    let count = check(&pool, "their number", async |connection| {
        resources::count(connection, reached).await.unwrap()
    })
    .await;
    assert_eq!(u64::try_from(page.len()).unwrap(), count.min(50));

    let resource: Uuid = sqlx::query_scalar("select md5('resource7')::uuid")
        .fetch_one(&pool)
        .await
        .unwrap();
    let pair = Pair { user, resource };
    check(&pool, "a check", async |connection| {
        reaches(connection, pair, GrantLevel::Read).await.unwrap()
    })
    .await;
    check(&pool, "an explanation", async |connection| {
        list_paths(connection, &[pair; 10], Some(user))
            .await
            .unwrap()
    })
    .await;
    check(&pool, "features of a user", async |connection| {
        list_effective(connection, user).await.unwrap()
    })
    .await;
}
