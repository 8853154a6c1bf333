//! The list of all sessions: it has the rows that a request's check accepts, in every order and with every filter.

use db::sessions::{SessionQueryFilter, count, find_live, find_totals, list_page};
use domain::{
    list::{Cursor, Limits, Position},
    sessions::{
        Session,
        filter::SessionFilter,
        list::{SessionParams, SessionSort, SessionsQuery},
    },
};
use sqlx::PgPool;
use time::OffsetDateTime;
use uuid::Uuid;

/// Inserts 40 users with 10 sessions each: active and ended ones, some that have expired but are not marked as ended, and those of
/// suspended or deleted users.
const CROWD: &str = "
    insert into users (id, username, display_name, status, created_via, created_at, updated_at)
    select uuid_v7(now() - n * interval '1 minute'), 'user-' || n, 'Name ' || n, 'active', 'import',
        now() - n * interval '1 minute', now()
    from generate_series(1, 40) n;
    insert into sessions (
        id, token_hash, user_id, ip, user_agent, device, created_at, last_seen_at, idle_expires_at, expires_at,
        ended_at, ended_reason, ended_by
    )
    select gen_random_uuid(), sha256((u.username || n)::bytea), u.id, ('192.0.2.' || u.number % 7)::inet, 'agent',
        case when n % 5 > 0 then (array['Firefox on Linux', 'Chrome on Windows', 'Safari on iPhone'])[1 + n % 3] end,
        now() - n * interval '1 day', now() - n * interval '5 hours', now() + (n - 2) * interval '1 day',
        now() + (9 - n) * interval '1 day', case n % 4 when 0 then now() - interval '1 hour' end,
        case n % 4 when 0 then 'revoked' end, case n % 4 when 0 then u.id end
    from users u, generate_series(1, 10) n;
    update users set status = 'suspended' where number % 10 = 3;
    update users set deleted_at = now() where number % 10 = 4";

async fn crowd(pool: &PgPool) -> OffsetDateTime {
    sqlx::raw_sql(CROWD).execute(pool).await.unwrap();
    find_totals(pool).await.unwrap().now
}

fn query(params: &SessionParams) -> SessionsQuery {
    params.parse(Limits::PANEL).unwrap()
}

fn asked(filter: &SessionFilter, now: OffsetDateTime) -> SessionQueryFilter<'_> {
    let devices = filter.device.as_ref().map(|_| {
        let known = ["Firefox on Linux", "Chrome on Windows", "Safari on iPhone"];
        let matching = known
            .into_iter()
            .filter(|device| filter.is_of_device(device));
        matching.map(str::to_owned).collect()
    });
    SessionQueryFilter {
        filter,
        user: None,
        devices,
        now,
    }
}

/// Reads every matching session, page by page forward and backward.
async fn all(pool: &PgPool, query: &SessionsQuery, now: OffsetDateTime) -> Vec<Session> {
    let asked = asked(&query.filter, now);
    let mut query = SessionsQuery {
        limit: 7,
        ..query.clone()
    };
    let mut sessions: Vec<Session> = Vec::new();
    loop {
        let (page, more) = list_page(pool, &query, &asked).await.unwrap();
        if let Position::After(_) = query.position {
            let before = SessionsQuery {
                position: Position::Before(query.cursor(&page[0], 1)),
                ..query.clone()
            };
            let (back, _) = list_page(pool, &before, &asked).await.unwrap();
            assert_eq!(back, sessions[sessions.len() - 7..]);
        }
        sessions.extend(page);
        if !more {
            return sessions;
        }
        let last: Cursor = query.cursor(&sessions[sessions.len() - 1], 7);
        query.position = Position::After(last);
    }
}

/// Returns the ids of the sessions that a request's check accepts.
async fn let_through(pool: &PgPool) -> Vec<Uuid> {
    let hashes: Vec<Vec<u8>> = sqlx::query_scalar("select token_hash from sessions")
        .fetch_all(pool)
        .await
        .unwrap();
    let mut ids = Vec::new();
    for hash in hashes {
        ids.extend(find_live(pool, &hash).await.unwrap().map(|live| live.id));
    }
    ids.sort();
    ids
}

#[testing::test]
async fn list_matches_the_live_check(pool: PgPool) {
    let now = crowd(&pool).await;
    let listed = all(&pool, &query(&SessionParams::default()), now).await;
    let mut ids: Vec<Uuid> = listed.iter().map(|session| session.id).collect();
    ids.sort();
    assert!(ids.len() > 100);
    assert_eq!(ids, let_through(&pool).await);
}

#[testing::test]
async fn every_sort_and_filter_returns_its_matches(pool: PgPool) {
    let now = crowd(&pool).await;
    let everything = all(&pool, &query(&SessionParams::default()), now).await;
    let of_ended = SessionParams {
        ended: Some("true".into()),
        ..SessionParams::default()
    };
    let ended = all(&pool, &query(&of_ended), now).await;
    assert_eq!(ended.len(), 80);
    for filter in [
        SessionParams::default(),
        SessionParams {
            address: Some("192.0.2.3".into()),
            ..SessionParams::default()
        },
        SessionParams {
            device: Some("linux".into()),
            ..SessionParams::default()
        },
        SessionParams {
            device: Some("Netscape".into()),
            ..SessionParams::default()
        },
        SessionParams {
            created: Some("before-5d".into()),
            seen: Some("after-30h".into()),
            ..SessionParams::default()
        },
        SessionParams {
            seen: Some("before-1d".into()),
            device: Some("o".into()),
            ..SessionParams::default()
        },
    ] {
        let mut questions: Vec<_> = SessionSort::ALL
            .iter()
            .map(|sort| SessionParams {
                sort: Some(sort.as_str().to_owned()),
                ..filter.clone()
            })
            .collect();
        questions.push(SessionParams {
            ended: Some("true".into()),
            ..filter
        });
        for params in questions {
            let query = query(&params);
            let from = if query.ended { &ended } else { &everything };
            let mut expected: Vec<Session> = from
                .iter()
                .filter(|session| {
                    // A session without a device name matches no filter by device.
                    let named = query.filter.device.is_none() || session.device != "Unknown device";
                    named && query.filter.matches(session, None, now)
                })
                .cloned()
                .collect();
            expected.sort_by_key(|session| {
                let at = match &session.end {
                    Some(end) if query.ended => end.at,
                    _ if query.sort.is_by_seen() => session.last_seen_at,
                    _ => session.created_at,
                };
                (at, session.id)
            });
            if query.ended || query.sort.descends() {
                expected.reverse();
            }
            let counted = count(&pool, &query, &asked(&query.filter, now))
                .await
                .unwrap();
            assert_eq!(counted, expected.len() as u64, "{params:?}");
            assert_eq!(all(&pool, &query, now).await, expected, "{params:?}");
        }
    }
}

#[testing::test]
async fn total_counts_only_live_sessions(pool: PgPool) {
    crowd(&pool).await;
    // Suspended and deleted users have no sessions: the service revokes them together with the change.
    sqlx::raw_sql(
        "update sessions set ended_at = now(), ended_reason = 'suspended'
        where ended_at is null and user_id in (select id from users where status <> 'active' or deleted_at is not null)",
    )
    .execute(&pool)
    .await
    .unwrap();
    let live = let_through(&pool).await.len() as u64;
    assert_eq!(find_totals(&pool).await.unwrap().live, live);
    sqlx::raw_sql("delete from sessions where ip = '192.0.2.3'")
        .execute(&pool)
        .await
        .unwrap();
    let live = let_through(&pool).await.len() as u64;
    assert_eq!(find_totals(&pool).await.unwrap().live, live);
    let wrong = db::doctor::recount(&pool).await.unwrap().wrong_totals;
    assert_eq!(wrong, 0);
}

#[testing::test]
async fn devices_are_listed_once(pool: PgPool) {
    assert!(db::sessions::list_devices(&pool).await.unwrap().is_empty());
    crowd(&pool).await;
    assert_eq!(
        db::sessions::list_devices(&pool).await.unwrap(),
        ["Chrome on Windows", "Firefox on Linux", "Safari on iPhone"]
    );
}
