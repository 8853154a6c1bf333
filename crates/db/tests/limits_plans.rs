//! Query plans of limits and of what is used of them: with many of them few rows are read, so that no large table is scanned.

mod usage;

use std::iter;

use db::limits::{
    self,
    balances::{self, Balance},
    leases,
    rates::{self, RateUse},
};
use domain::limits::{LimitSubject, Metric, NewLimit, SubjectKind};
use sqlx::{PgConnection, PgPool};
use testing::crowd::crowd;
use time::OffsetDateTime;
use uuid::Uuid;

/// Inserts 3 limits of each of 20,000 users, of an access token of each, of 1,000 groups and of a role, and 3 of all users. Each user is a
/// member of one group, and has the role.
const LIMITS: &str = "
    insert into groups (id, name, created_at, updated_at)
    select md5('group' || n)::uuid, 'Group ' || n, now(), now() from generate_series(0, 999) n;
    insert into access_tokens (id, user_id, name, prefix, token_hash, created_at)
    select md5('token' || u.number)::uuid, u.id, 'Token', 'rc', uuid_send(gen_random_uuid()), now() from users u;
    insert into group_members (group_id, user_id, added_at) select md5('group' || u.number % 1000)::uuid, u.id, now() from users u;
    insert into user_roles (user_id, role_id, granted_at) select u.id, r.id, now() from users u join roles r on r.name = 'user';
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
    vacuum analyze users, groups, group_members, user_roles, access_tokens, limits";

/// Inserts the balances of the limits of users and groups, a rate that is spent for each of 100,000 other holders, and 5 leases of each user:
/// one that counts, and others that ended up to 4 days ago.
const USED: &str = "
    insert into balances (user_id, group_id, metric, period, period_start)
    select l.user_id, l.group_id, l.metric, '1d', now() from limits l where num_nonnulls(l.user_id, l.group_id) = 1;
    insert into rate_limits (holder_id, metric, spent_until, amount)
    select md5('holder' || n)::uuid, 'rpm', now() - n * interval '1 second', 10 from generate_series(1, 100000) n;
    insert into leases (id, user_id, holders, requests, tokens, cost_nanos, event_id, expires_at, created_at)
    select uuid_v7(now()), u.id, array[u.id], 1, 0, 0, n::text, now() + interval '1 hour' - n * interval '1 day', now()
    from users u cross join generate_series(0, 4) n;
    vacuum analyze balances, rate_limits, leases";

/// Maximum number of rows that a statement may read: a ranking of a day reads the sums of 2,000 users.
const LOOKED_AT_MAX: i64 = 2_500;

/// Inserts the users and the limits, and then what these statements say.
async fn insert(pool: &PgPool, others: &[&'static str]) {
    crowd(20_000, "user-", "Name ").insert(pool).await;
    let statements = iter::once(LIMITS).chain(others.iter().copied());
    for statement in statements.flat_map(|statements| statements.split(';')) {
        sqlx::raw_sql(statement).execute(pool).await.unwrap();
    }
}

/// Returns the number of rows read in the large tables in this transaction so far.
async fn looked_at(connection: &mut PgConnection) -> i64 {
    sqlx::query_scalar(
        "select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint
        from pg_stat_xact_user_tables
        where relname in ('users', 'access_tokens', 'limits', 'balances', 'rate_limits', 'leases') or relname like 'usage\\_%'",
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
    insert(&pool, &[]).await;
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

#[testing::test]
async fn uses_read_the_limits_of_their_holders(pool: PgPool) {
    insert(&pool, &[USED]).await;
    let [user, token, group, _] = find_subjects(&pool).await;
    check(&pool, "the state of a user", async |connection| {
        let found = limits::find_user(&mut *connection, user, Some(token)).await;
        let found = found.unwrap();
        assert_eq!((found.token.is_some(), found.limits.len()), (true, 6));
        let found = limits::retain_user(connection, user, Some(token)).await;
        assert_eq!(found.unwrap().limits.len(), 6);
    })
    .await;
    check(&pool, "the limits of tokens", async |connection| {
        let of_tokens = limits::list_of_tokens(&mut *connection, user).await;
        let by_ids = limits::list_by_tokens(connection, &[token]).await;
        assert_eq!((of_tokens.unwrap().len(), by_ids.unwrap().len()), (3, 3));
    })
    .await;
    let users: Vec<Uuid> = sqlx::query_scalar("select id from users where number <= 50")
        .fetch_all(&pool)
        .await
        .unwrap();
    check(&pool, "the limits of a page of users", async |connection| {
        let totals = limits::list_totals_in_force(&mut *connection, &users).await;
        let limits = limits::list_in_force_of(connection, &users).await;
        assert_eq!((totals.unwrap().len(), limits.unwrap().len()), (100, 150));
    })
    .await;
    let holders = [user, token, group];
    check(&pool, "balances", async |connection| {
        let listed = balances::list(&mut *connection, &holders).await.unwrap();
        let needed: Vec<_> = listed.iter().map(Balance::key).collect();
        let now = find_now(&mut *connection).await;
        let locked = balances::lock(&mut *connection, &holders, &needed, now).await;
        let (locked, leased) = locked.unwrap();
        assert_eq!((listed.len(), locked.len(), leased.len()), (6, 6, 1));
        db::usage::store(&mut *connection, None, &[], &locked)
            .await
            .unwrap();
        let balance = locked.first().unwrap();
        balances::delete(connection, balance.key()).await.unwrap();
    })
    .await;
    check(&pool, "leases", async |connection| {
        let now = find_now(connection).await;
        let leased = leases::sum(&mut *connection, &holders, now).await.unwrap();
        assert_eq!(leased.first().unwrap().leases, 1);
        let found = leases::find_by_event(connection, (user, None), "0").await;
        assert!(found.unwrap().is_some());
    })
    .await;
}

#[testing::test]
async fn rates_are_found_among_many(pool: PgPool) {
    insert(&pool, &[USED]).await;
    let holders: Vec<Uuid> =
        sqlx::query_scalar("select md5('holder' || n)::uuid from generate_series(1, 3) n")
            .fetch_all(&pool)
            .await
            .unwrap();
    let uses = holders.into_iter().map(|holder_id| RateUse {
        holder_id,
        metric: Metric::Rpm,
        model: String::new(),
        amount: 10,
        micros: 1,
    });
    let uses: Vec<RateUse> = uses.collect();
    check(&pool, "rates", async |connection| {
        let now = find_now(connection).await;
        let listed = rates::list(&mut *connection, &uses, now).await.unwrap();
        let spent = rates::spend(connection, &uses, false).await.unwrap();
        assert_eq!((listed.len(), spent.len()), (3, 3));
    })
    .await;
}

#[testing::test]
async fn retention_of_leases_and_rates_reads_what_it_deletes(pool: PgPool) {
    insert(&pool, &[USED]).await;
    check(&pool, "the retention", async |connection| {
        let leases = leases::delete_over(&mut *connection, 100).await.unwrap();
        let rates = rates::delete_over(connection, 100).await.unwrap();
        assert_eq!((leases, rates), (100, 100));
    })
    .await;
}

/// Returns the time of the database.
async fn find_now(connection: &mut PgConnection) -> OffsetDateTime {
    db::usage::find_time(connection).await.unwrap()
}
