//! Query plans of the session list: with half a million sessions a page is read from an index for any filter and order, and few other rows
//! are read.

use db::sessions::{SessionQueryFilter, count, list_devices, list_page};
use domain::{
    list::{Limits, PageParams, Position},
    sessions::{
        filter::SessionFilter,
        list::{SessionParams, SessionSort, SessionsQuery},
    },
};
use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use testing::crowd::crowd;
use time::{Duration, OffsetDateTime, macros::datetime};
use uuid::Uuid;

/// Inserts sessions of all users, two in three of them active. Each user has five, each address hundreds; one device is rare.
const CROWD: &str = "
    alter table sessions disable trigger user;
    insert into sessions (
        id, token_hash, user_id, ip, device, created_at, last_seen_at, idle_expires_at, expires_at, ended_at, ended_reason
    )
    select gen_random_uuid(), uuid_send(gen_random_uuid()), u.id, ('10.0.' || u.number % 7 || '.' || u.number % 250)::inet,
        case when u.number % 5000 = 1 then 'Lynx' else 'Browser ' || u.number % 12 end,
        began, seen, now() + interval '3 days', now() + interval '7 days',
        case n % 3 when 0 then seen + random() * (now() - seen) end, case n % 3 when 0 then 'logout' end
    from users u, generate_series(1, 5) n,
        lateral (select now() - (u.number * 5 + n) * interval '1 second' as began) b,
        lateral (select began + random() * (now() - began) as seen) s;
    alter table sessions enable trigger user;
    vacuum analyze users, sessions";

/// Maximum number of rows that a page may read, those of the users included: one in twenty of all. That many are read if a page is filtered
/// by one time and sorted by the other; the index for either leads to the start of its range.
const LOOKED_AT_MAX: i64 = 25_000;

/// Returns the number of sequential scans and of rows read in this transaction so far.
async fn looked_at(connection: &mut sqlx::PgConnection) -> (i64, i64) {
    sqlx::query_as(
        "select sum(seq_scan)::bigint, sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint
        from pg_stat_xact_user_tables where relname in ('sessions', 'users')",
    )
    .fetch_one(connection)
    .await
    .unwrap()
}

/// Reads a page and checks the number of rows read for it. Returns the positions after its last and before its first row.
async fn read(
    pool: &PgPool,
    query: &SessionsQuery,
    asked: &SessionQueryFilter<'_>,
) -> Option<[Position; 2]> {
    let mut transaction = pool.begin().await.unwrap();
    let before = looked_at(&mut transaction).await;
    let (page, _) = list_page(&mut *transaction, query, asked).await.unwrap();
    let after = looked_at(&mut transaction).await;
    let what = format!("{query:?}");
    assert_eq!(after.0, before.0, "a sequential scan for {what}");
    let rows = after.1 - before.1;
    assert!(
        rows <= LOOKED_AT_MAX,
        "{rows} table rows were read for {what}"
    );
    let last = Position::After(query.cursor(page.last()?, 50));
    let first = Position::Before(query.cursor(page.first()?, 51));
    Some([last, first])
}

fn asked(filter: &SessionFilter, user: Uuid, now: OffsetDateTime) -> SessionQueryFilter<'_> {
    SessionQueryFilter {
        filter,
        user: filter.user.as_ref().map(|_| user),
        devices: filter.device.clone().map(|device| vec![device]),
        now,
    }
}

/// Returns how often an index of the users was searched in this transaction so far.
async fn searches(connection: &mut sqlx::PgConnection) -> i64 {
    sqlx::query_scalar("select idx_scan from pg_stat_xact_user_tables where relname = 'users'")
        .fetch_one(connection)
        .await
        .unwrap()
}

#[testing::test]
async fn every_page_scans_few_rows(options: PgPoolOptions, connect: PgConnectOptions) {
    let pool = options
        .max_connections(2)
        .connect_with(connect)
        .await
        .unwrap();
    crowd(100_000, "user-", "Name ")
        .created_via("import")
        .created(datetime!(2026-01-01 0:00 UTC), Duration::SECOND)
        .insert(&pool)
        .await;
    for statement in CROWD.split(';') {
        sqlx::raw_sql(statement).execute(&pool).await.unwrap();
    }
    let (now, user): (OffsetDateTime, Uuid) =
        sqlx::query_as("select now(), id from users where username = 'user-5000'")
            .fetch_one(&pool)
            .await
            .unwrap();
    let filters: [&[(&str, &str)]; 12] = [
        &[],
        &[("user", "user-5000")],
        &[("address", "10.0.0.77")],
        &[("address", "192.0.2.1")],
        &[("device", "Browser 3")],
        &[("device", "Lynx")],
        &[("created", "after-1h")],
        &[("created", "before-5d")],
        &[("seen", "before-4d")],
        &[("seen", "after-1h")],
        &[("device", "Browser 3"), ("seen", "before-2d")],
        &[("address", "10.0.0.77"), ("created", "before-1d")],
    ];
    for filter in filters {
        for sort in ["-created", "created", "-seen", "seen", "ended"] {
            let given = |name: &str| {
                let found = filter.iter().find(|(key, _)| *key == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            let mut params = SessionParams::from_pairs(given);
            if sort == "ended" {
                params.ended = Some("true".into());
            } else {
                params.sort = Some(sort.into());
            }
            let mut query = params.parse(Limits::PANEL).unwrap();
            assert!(query.ended || SessionSort::ALL.contains(&query.sort));
            let filter = query.filter.clone();
            let asked = asked(&filter, user, now);
            let neighbours = read(&pool, &query, &asked).await;
            for neighbour in neighbours.into_iter().flatten() {
                query.position = neighbour;
                read(&pool, &query, &asked).await;
            }
        }
    }
    let mut transaction = pool.begin().await.unwrap();
    let before = looked_at(&mut transaction).await;
    let devices = list_devices(&mut *transaction).await.unwrap();
    let after = looked_at(&mut transaction).await;
    assert_eq!((devices.len(), after.0 - before.0), (13, 0));
    assert!(after.1 - before.1 <= 100, "{after:?}");

    let of_device = |name: &str| (name == "device").then(|| "Browser 3".to_owned());
    let query = SessionParams::from_pairs(of_device)
        .parse(Limits::PANEL)
        .unwrap();
    let before = searches(&mut transaction).await;
    let counted = count(&mut *transaction, &query, &asked(&query.filter, user, now))
        .await
        .unwrap();
    assert_eq!(counted, 10_001);
    let times = searches(&mut transaction).await - before;
    assert!(times <= 10, "the users were searched {times} times");
}
