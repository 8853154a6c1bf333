//! Query plans of limits: with many of them few rows are read, so that no large table is scanned.

use db::limits;
use domain::limits::{LimitSubject, Metric, NewLimit, SubjectKind};
use sqlx::{PgConnection, PgPool};
use testing::crowd::crowd;
use uuid::Uuid;

/// Inserts 3 limits of each of 20,000 users, of an access token of each, of 1,000 groups and of a role, and 3 of all users.
const LIMITS: &str = "
    insert into groups (id, name, created_at, updated_at)
    select md5('group' || n)::uuid, 'Group ' || n, now(), now() from generate_series(1, 1000) n;
    insert into access_tokens (id, user_id, name, prefix, token_hash, created_at)
    select md5('token' || u.number)::uuid, u.id, 'Token', 'rc', uuid_send(gen_random_uuid()), now() from users u;
    insert into limits (id, role_id, group_id, user_id, token_id, metric, amount, period, period_seconds, anchor, created_at, updated_at)
    select uuid_v7(now()), s.role_id, s.group_id, s.user_id, s.token_id, m.metric, 10, '1d', 86400, now(), now(), now()
    from (
        select null::uuid, null::uuid, null::uuid, null::uuid
        union all
        select r.id, null, null, null from roles r where r.name = 'user'
        union all
        select null, g.id, null, null from groups g
        union all
        select null, null, u.id, null from users u
        union all
        select null, null, null, t.id from access_tokens t
    ) s (role_id, group_id, user_id, token_id)
    cross join unnest(array['requests', 'cost', 'tokens']) m (metric);
    vacuum analyze users, groups, access_tokens, limits";

/// Maximum number of rows that a statement may read.
const LOOKED_AT_MAX: i64 = 500;

/// Inserts the users and the limits.
async fn insert(pool: &PgPool) {
    crowd(20_000, "user-", "Name ").insert(pool).await;
    for statement in LIMITS.split(';') {
        sqlx::raw_sql(statement).execute(pool).await.unwrap();
    }
}

/// Returns the number of rows read in this transaction so far.
async fn looked_at(connection: &mut PgConnection) -> i64 {
    sqlx::query_scalar(
        "select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint from pg_stat_xact_user_tables where relname = 'limits'",
    )
    .fetch_one(connection)
    .await
    .unwrap()
}

/// Runs a query and checks the number of rows read for it. Its changes are rolled back.
async fn check<T>(pool: &PgPool, what: &str, query: impl AsyncFnOnce(&mut PgConnection) -> T) -> T {
    let mut transaction = pool.begin().await.unwrap();
    let before = looked_at(&mut transaction).await;
    let found = query(&mut *transaction).await;
    let rows = looked_at(&mut transaction).await - before;
    assert!(rows <= LOOKED_AT_MAX, "{rows} rows were read for {what}");
    found
}

/// Returns the ids of a user, of the user's token and group, and of a role.
async fn find_subjects(pool: &PgPool) -> [Uuid; 4] {
    let found: (Uuid, Uuid, Uuid, Uuid) = sqlx::query_as(
        "select u.id, md5('token7')::uuid, md5('group7')::uuid, r.id
        from users u join roles r on r.name = 'user'
        where u.number = 7",
    )
    .fetch_one(pool)
    .await
    .unwrap();
    found.into()
}

#[testing::test]
async fn limits_of_subjects_are_found_among_many(pool: PgPool) {
    insert(&pool).await;
    let [user, token, group, role] = find_subjects(&pool).await;
    let of = |subject: LimitSubject| NewLimit {
        subject,
        metric: Metric::Cost,
        model: None,
        amount: None,
        soft_amount: None,
        warn_at: None,
        period: None,
        time_zone: "UTC".to_owned(),
        shared: false,
    };
    for subject in [
        LimitSubject::Default,
        LimitSubject::Role(role),
        LimitSubject::Group(group),
        LimitSubject::User(user),
        LimitSubject::Token(token),
    ] {
        let limit = of(subject);
        let what = format!("the limit of {subject:?}");
        let found = check(&pool, &what, async |connection| {
            limits::lock_same(connection, &limit).await.unwrap()
        })
        .await;
        let found = found.unwrap();
        assert_eq!((found.subject, found.metric), (subject, Metric::Cost));
    }
    let users: Vec<Uuid> = sqlx::query_scalar("select id from users where number <= 100")
        .fetch_all(&pool)
        .await
        .unwrap();
    let limit = of(LimitSubject::Default);
    let found = check(&pool, "the limits of 100 users", async |connection| {
        let subjects = (SubjectKind::User, &users[..]);
        limits::lock_same_of(connection, subjects, &limit)
            .await
            .unwrap()
    })
    .await;
    assert_eq!(found.len(), 100);
}
