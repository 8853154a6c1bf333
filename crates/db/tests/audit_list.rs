//! The list of the audit log: each filter returns the matching entries in one order, forward and backward, also during concurrent inserts.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use db::audit::{Actor, AuditName, AuditQueryFilter, Entry, count, insert, list_page, list_up_to};
use domain::{
    action::{Action, TargetKind},
    audit::{
        AuditEntry,
        list::{AuditFilter, AuditParams, AuditQuery, cursor},
    },
    list::{Limits, PageParams, Position},
};
use serde_json::json;
use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use time::OffsetDateTime;
use uuid::Uuid;

/// Inserts 600 entries over ten months, most of them in the default partition; three at each timestamp, one of them without an actor's
/// account.
const AUDIT_LOG: &str = "
    insert into audit_events (at, actor_id, actor_label, via, action, target_kind, target_id, target_label, changes, ip)
    select
        now() - n / 3 * interval '36 hours', case when n % 3 > 0 then ('00000000-0000-7000-8000-00000000000' || n % 3)::uuid end,
        case n % 3 when 0 then 'Command Line' else 'ada-' || n % 3 end, (array['ui', 'api', 'cli', 'job', 'self'])[1 + n % 5],
        (array['user.created', 'user.updated', 'role.created'])[1 + n % 7 % 3], case when n % 7 = 2 then 'role' else 'user' end,
        case when n % 4 > 0 then ('00000000-0000-7000-8000-00000000001' || n % 4)::uuid end, 'Bob-' || n % 4,
        jsonb_build_object('name', jsonb_build_array(null, n)), '192.0.2.1'
    from generate_series(1, 600) n";

fn id(last: u128) -> Uuid {
    Uuid::from_u128(0x7000_8000_0000_0000_0000 + last)
}

fn query(pairs: &[(&str, &str)]) -> AuditQuery {
    let params = AuditParams::from_pairs(|asked| {
        let found = pairs.iter().find(|(name, _)| *name == asked);
        found.map(|(_, value)| (*value).to_owned())
    });
    AuditQuery {
        limit: 7,
        ..params.parse(Limits::PANEL).unwrap()
    }
}

/// Returns a filter whose references are ids or names.
fn asked(filter: &AuditFilter, now: OffsetDateTime) -> AuditQueryFilter<'_> {
    let meant = |name: &Option<String>| {
        name.clone().map(|name| match Uuid::try_parse(&name) {
            Ok(id) => AuditName::Id(id),
            Err(_) => AuditName::Label(name),
        })
    };
    AuditQueryFilter {
        filter,
        actor: meant(&filter.actor),
        target: meant(&filter.target),
        folded: false,
        now,
    }
}

/// Returns whether an entry matches, as a second implementation.
fn matches(asked: &AuditQueryFilter<'_>, entry: &AuditEntry) -> bool {
    let is = |meant: &Option<AuditName>, id: Option<Uuid>, label: &str| match meant {
        None => true,
        Some(AuditName::Id(wanted)) => Some(*wanted) == id,
        Some(AuditName::Label(wanted)) => wanted.to_lowercase() == label.to_lowercase(),
    };
    let filter = asked.filter;
    let bounds = filter.when.and_then(|when| when.bounds(asked.now));
    is(&asked.actor, entry.actor_id, &entry.actor)
        && is(&asked.target, entry.target_id, &entry.target)
        && filter
            .action
            .as_ref()
            .is_none_or(|action| *action == entry.action)
        && filter.via.is_none_or(|via| via.as_str() == entry.via)
        && bounds.is_none_or(|bounds| {
            bounds.from.is_none_or(|from| from <= entry.at)
                && bounds.until.is_none_or(|until| entry.at < until)
        })
}

/// Lists all matching entries, page by page.
async fn all(pool: &PgPool, query: &AuditQuery, now: OffsetDateTime) -> Vec<AuditEntry> {
    let asked = asked(&query.filter, now);
    let mut query = query.clone();
    let mut entries: Vec<AuditEntry> = Vec::new();
    loop {
        let (page, more) = list_page(pool, &query, &asked).await.unwrap();
        entries.extend(page);
        if !more {
            return entries;
        }
        query.position = Position::After(cursor(&entries[entries.len() - 1], 1));
    }
}

/// Reads backward from the last of some entries, page by page, and checks that the result is the same.
async fn read_back(pool: &PgPool, query: &AuditQuery, now: OffsetDateTime, entries: &[AuditEntry]) {
    let asked = asked(&query.filter, now);
    let mut left = entries;
    while let Some((last, before)) = left.split_last() {
        let query = AuditQuery {
            position: Position::Before(cursor(last, 1)),
            ..query.clone()
        };
        let (page, more) = list_page(pool, &query, &asked).await.unwrap();
        let size = page.len().max(1);
        assert_eq!(page, before[before.len() - page.len()..]);
        assert_eq!(more, before.len() > page.len());
        left = &left[..left.len() - size];
    }
}

/// Returns the time of the entries.
async fn find_now(pool: &PgPool) -> OffsetDateTime {
    sqlx::query_scalar("select now()")
        .fetch_one(pool)
        .await
        .unwrap()
}

#[testing::test]
async fn every_filter_returns_matches_in_order(pool: PgPool) {
    sqlx::raw_sql(AUDIT_LOG).execute(&pool).await.unwrap();
    let now = find_now(&pool).await;
    let everything = all(&pool, &query(&[]), now).await;
    let ids: Vec<i64> = sqlx::query_scalar("select id from audit_events order by at desc, id desc")
        .fetch_all(&pool)
        .await
        .unwrap();
    let listed: Vec<i64> = everything.iter().map(|entry| entry.id).collect();
    assert_eq!((listed.len(), &listed), (600, &ids));
    let (one, other) = (id(1).to_string(), id(0x12).to_string());
    for pairs in [
        &[("actor", one.as_str())][..],
        &[("actor", "command LINE")],
        &[("actor", "ada-1"), ("via", "cli")],
        &[("actor", "unknown-user")],
        &[("target", &other)],
        &[("target", "bob-0"), ("action", "user.updated")],
        &[("action", "role.created")],
        &[("action", "planet.moved")],
        &[("via", "self")],
        &[("from", "30d")],
        &[("to", "30d")],
        &[("from", "200d"), ("to", "100d")],
        &[("from", "90d"), ("actor", &one), ("via", "ui")],
        &[("to", "1d"), ("target", &other), ("actor", &one)],
        &[("to", "1999")],
    ] {
        let query = query(pairs);
        let asked = asked(&query.filter, now);
        let mut expected = everything.clone();
        expected.retain(|entry| matches(&asked, entry));
        assert!(expected.len() < 600, "{pairs:?}");
        assert_eq!(all(&pool, &query, now).await, expected, "{pairs:?}");
        read_back(&pool, &query, now, &expected).await;
        let counted = count(&pool, &asked).await.unwrap();
        assert_eq!(counted, expected.len() as u64, "{pairs:?}");
        // The same in reverse, up to an id, as an export reads them.
        let up_to = 400;
        expected.retain(|entry| entry.id <= up_to);
        expected.reverse();
        let mut file: Vec<AuditEntry> = Vec::new();
        loop {
            let after = file.last().map(|entry| (entry.at, entry.id));
            let piece = list_up_to(&pool, &asked, up_to, after, 11).await.unwrap();
            let read = file.len();
            file.extend(piece.map(Result::unwrap));
            if file.len() == read {
                break;
            }
        }
        assert_eq!(file, expected, "{pairs:?}");
    }
}

#[testing::test]
async fn pages_are_complete_while_eight_writers_insert(
    options: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let pool = options
        .max_connections(10)
        .connect_with(connect)
        .await
        .unwrap();
    sqlx::raw_sql(AUDIT_LOG).execute(&pool).await.unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..8)
        .map(|_| tokio::spawn(write_until(pool.clone(), stop.clone())))
        .collect();
    let now = find_now(&pool).await;
    for pairs in [&[][..], &[("action", "user.updated")], &[("via", "ui")]] {
        let query = AuditQuery {
            limit: 50,
            ..query(pairs)
        };
        let before = all(&pool, &query, now).await;
        let after = all(&pool, &query, now).await;
        for entries in [&before, &after] {
            let ids: BTreeSet<i64> = entries.iter().map(|entry| entry.id).collect();
            assert_eq!(ids.len(), entries.len(), "an entry was repeated");
            assert!(entries.is_sorted_by_key(|entry| std::cmp::Reverse((entry.at, entry.id))));
        }
        let seen: BTreeSet<i64> = after.iter().map(|entry| entry.id).collect();
        assert!(after.len() > before.len(), "no entry was inserted");
        let skipped = before.iter().find(|entry| !seen.contains(&entry.id));
        assert_eq!(skipped, None);
    }
    stop.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.await.unwrap();
    }
}

async fn write_until(pool: PgPool, stop: Arc<AtomicBool>) {
    let actor = Actor {
        via: "ui",
        label: "eve".to_owned(),
        ..Actor::default()
    };
    let entry = Entry {
        action: Action::UserUpdated,
        target_kind: TargetKind::User,
        target_id: None,
        target_label: "bob",
        changes: json!({}),
        reason: None,
    };
    while !stop.load(Ordering::Relaxed) {
        let mut transaction = db::begin(&pool).await.unwrap();
        let (_, audited) = insert(&mut transaction, &actor, &entry).await.unwrap();
        tokio::task::yield_now().await;
        db::commit(transaction, audited).await.unwrap();
    }
}

#[testing::test]
async fn page_ends_at_the_byte_limit(pool: PgPool) {
    sqlx::query(
        "insert into audit_events (at, actor_label, via, action, target_kind, target_label, changes, reason)
        select now(), 'x', 'cli', 'user.updated', 'user', 'x', '{}', repeat('x', 60000) from generate_series(1, 7)",
    )
    .execute(&pool)
    .await
    .unwrap();
    let query = query(&[]);
    let asked = asked(&query.filter, find_now(&pool).await);
    let (page, more) = list_page(&pool, &query, &asked).await.unwrap();
    assert_eq!((page.len(), more), (5, true));
}
