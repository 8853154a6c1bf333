//! Audit log: search by name, export, and detection of changes to sealed events.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use domain::{
    audit::{AuditEntry, list::AuditParams},
    list::{Limits, Page, PageParams},
    users::edit::UserEdit,
};
use serde_json::Value;
use service::{
    Error, Services,
    access::{AuditRead, Authorized, operator},
    audit::{AuditExport, Format, Verification, VerifyError, export, list, seal, verify},
    users,
};
use sqlx::{
    PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::support::{
    callers::{admin, caller},
    services,
    users::{add, count},
};

fn params(pairs: &[(&str, &str)]) -> AuditParams {
    AuditParams::from_pairs(|asked| {
        let found = pairs.iter().find(|(name, _)| *name == asked);
        found.map(|(_, value)| (*value).to_owned())
    })
}

async fn page(services: &Services, pairs: &[(&str, &str)]) -> Page<AuditEntry> {
    let query = params(pairs).parse(Limits::API).unwrap();
    let listed = list(services, &operator(), &query).await;
    listed.unwrap().page
}

/// Inserts audit events within a transaction.
async fn insert_entries(connection: &mut PgConnection, entries: i32) {
    sqlx::query(
        "insert into audit_events (at, actor_label, via, action, target_kind, target_label, changes)
        select now(), 'ada', 'ui', 'user.updated', 'user', 'person-' || n, jsonb_build_object('name', jsonb_build_array(null, n))
        from generate_series(1, $1) n",
    )
    .bind(entries)
    .execute(connection)
    .await
    .unwrap();
}

async fn insert_entries_in(pool: &PgPool, entries: i32) {
    insert_entries(&mut pool.acquire().await.unwrap(), entries).await;
}

async fn verified(pool: &PgPool) -> Verification {
    verify(&services(pool), &operator(), None).await.unwrap()
}

/// Returns the numbers of matching entries, of seals, and of entries not sealed yet. Fails on a mismatch.
async fn fitting(pool: &PgPool) -> (u64, u64, u64) {
    let found = verified(pool).await;
    assert_eq!(found.error, None);
    (found.entries, found.seals, found.unsealed)
}

#[testing::test]
async fn name_filter_finds_all_names_of_a_user(pool: PgPool) {
    let services = services(&pool);
    let (ada, bob) = (
        add(&pool, "ada", &["admin"]).await,
        add(&pool, "bob", &["user"]).await,
    );
    let edit = UserEdit {
        display_name: Some("Robert".into()),
        ..UserEdit::default()
    };
    users::edit(&services, &admin(ada), bob, edit)
        .await
        .unwrap();
    insert_entries_in(&pool, 1).await;
    for rename in [
        "update users set username = 'eve' where username = 'ada'",
        "update users set username = 'robert' where username = 'bob'",
    ] {
        sqlx::query(rename).execute(&pool).await.unwrap();
    }
    let ids = [ada.to_string(), bob.to_string()];
    for (pairs, found) in [
        (&[("actor", "eve")][..], &["user.updated"][..]),
        (&[("actor", "asker")], &["user.updated"]),
        (&[("actor", &ids[0])], &["user.updated"]),
        (&[("target", "robert")], &["user.updated"]),
        (&[("target", &ids[1])], &["user.updated"]),
        (&[("target", "2")], &["user.updated"]),
        // No account has this name any more: the stored labels are searched.
        (&[("actor", "Ada")], &["user.updated"]),
        (&[("target", "PERSON-1")], &["user.updated"]),
        (&[("target", "3")], &[]),
        (&[("actor", "robert")], &[]),
        (&[], &["user.updated", "user.updated"]),
    ] {
        let actions: Vec<String> = page(&services, pairs)
            .await
            .rows
            .into_iter()
            .map(|entry| entry.action)
            .collect();
        assert_eq!(actions, found, "{pairs:?}");
    }
}

#[testing::test]
async fn page_reports_its_total(pool: PgPool) {
    insert_entries_in(&pool, 120).await;
    let services = services(&pool);
    let first = page(&services, &[]).await;
    assert_eq!(
        (
            first.rows.len(),
            first.page_info.total.count,
            first.page_info.first
        ),
        (100, 120, 1)
    );
    let after = first.page_info.after.unwrap();
    let second = page(&services, &[("after", &after)]).await;
    assert_eq!(
        (
            second.rows.len(),
            second.page_info.first,
            second.page_info.after
        ),
        (20, 101, None)
    );
    let before = second.page_info.before.unwrap();
    let back = page(&services, &[("before", &before)]).await;
    assert_eq!((back.rows, back.page_info.first), (first.rows, 1));
}

#[testing::test]
async fn reading_requires_the_audit_permission(pool: PgPool) {
    let id = add(&pool, "ada", &["user"]).await;
    for (permissions, may) in [
        (&["*"][..], true),
        (&["*:read"], true),
        (&["audit:read"], true),
        (&["users:read", "users:write"], false),
        (&[], false),
    ] {
        let authorized: Result<Authorized<AuditRead>, Error> = caller(id, permissions).require();
        assert_eq!(authorized.is_ok(), may, "{permissions:?}");
    }
}

#[testing::test]
async fn every_finished_entry_is_sealed_once(pool: PgPool) {
    let services = services(&pool);
    assert_eq!(fitting(&pool).await, (0, 0, 0));
    seal(&services).await.unwrap();
    assert_eq!(fitting(&pool).await, (0, 0, 0));
    insert_entries_in(&pool, 2_500).await;
    assert_eq!(fitting(&pool).await, (0, 0, 2_500));
    seal(&services).await.unwrap();
    assert_eq!(fitting(&pool).await, (2_500, 3, 0));
    seal(&services).await.unwrap();
    assert_eq!(fitting(&pool).await, (2_500, 3, 0));
    // A rollback leaves a gap in the ids, which is not reported.
    let mut undone = pool.begin().await.unwrap();
    insert_entries(&mut undone, 3).await;
    undone.rollback().await.unwrap();
    insert_entries_in(&pool, 1).await;
    seal(&services).await.unwrap();
    assert_eq!(fitting(&pool).await, (2_501, 4, 0));
    let ranges: Vec<(i64, i64)> =
        sqlx::query_as("select from_id, to_id from audit_seals order by id")
            .fetch_all(&pool)
            .await
            .unwrap();
    assert_eq!(
        ranges,
        [(1, 1_000), (1_001, 2_000), (2_001, 2_500), (2_501, 2_504)]
    );
}

#[testing::test]
async fn open_transaction_delays_only_the_seal(pool: PgPool) {
    let services = services(&pool);
    let mut slow = pool.begin().await.unwrap();
    insert_entries(&mut slow, 1).await;
    insert_entries_in(&pool, 5).await;
    seal(&services).await.unwrap();
    assert_eq!(fitting(&pool).await, (0, 0, 5));
    // Other transactions begin and end meanwhile.
    insert_entries_in(&pool, 5).await;
    seal(&services).await.unwrap();
    assert_eq!(fitting(&pool).await, (0, 0, 10));
    let mut slower = pool.begin().await.unwrap();
    insert_entries(&mut slower, 1).await;
    slow.commit().await.unwrap();
    insert_entries_in(&pool, 5).await;
    // Entries from before the first look are complete now; later ones need not be.
    seal(&services).await.unwrap();
    assert_eq!(fitting(&pool).await, (6, 1, 10));
    slower.commit().await.unwrap();
    seal(&services).await.unwrap();
    assert_eq!(fitting(&pool).await, (17, 2, 0));
}

#[testing::test]
async fn eight_writers_and_two_sealers_miss_nothing(
    options: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let pool = options
        .max_connections(12)
        .connect_with(connect)
        .await
        .unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..8)
        .map(|writer| tokio::spawn(write_until(pool.clone(), stop.clone(), writer)))
        .collect();
    let sealers: Vec<_> = (0..2)
        .map(|_| tokio::spawn(seal_until(services(&pool), stop.clone())))
        .collect();
    while count(&pool, "select count(*) from audit_seals").await < 20 {
        assert_eq!(verified(&pool).await.error, None);
    }
    stop.store(true, Ordering::Relaxed);
    for task in writers.into_iter().chain(sealers) {
        task.await.unwrap();
    }
    seal(&services(&pool)).await.unwrap();
    let entries = count(&pool, "select count(*) from audit_events").await;
    let (sealed, _, unsealed) = fitting(&pool).await;
    assert_eq!((i64::try_from(sealed).unwrap(), unsealed), (entries, 0));
}

/// Inserts events in transactions, and rolls a quarter of them back.
async fn write_until(pool: PgPool, stop: Arc<AtomicBool>, writer: i32) {
    let mut round = writer;
    while !stop.load(Ordering::Relaxed) {
        let mut transaction = pool.begin().await.unwrap();
        insert_entries(&mut transaction, 1 + round % 3).await;
        tokio::task::yield_now().await;
        if round % 4 == 0 {
            transaction.rollback().await.unwrap();
        } else {
            transaction.commit().await.unwrap();
        }
        round += 1;
    }
}

async fn seal_until(services: Services, stop: Arc<AtomicBool>) {
    while !stop.load(Ordering::Relaxed) {
        seal(&services).await.unwrap();
    }
}

/// Changes the audit log in spite of its triggers, as the owner of the database can.
async fn tamper(pool: &PgPool, sql: &str) {
    let mut transaction = pool.begin().await.unwrap();
    for statement in [
        "set local session_replication_role = replica",
        sql,
        "set local session_replication_role = origin",
    ] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement.to_owned()))
            .execute(&mut *transaction)
            .await
            .unwrap();
    }
    transaction.commit().await.unwrap();
}

#[testing::test]
async fn first_mismatching_entry_is_named(pool: PgPool) {
    let services = services(&pool);
    let mut undone = pool.begin().await.unwrap();
    insert_entries(&mut undone, 1).await;
    undone.rollback().await.unwrap();
    insert_entries_in(&pool, 1_500).await;
    seal(&services).await.unwrap();
    insert_entries_in(&pool, 3).await;
    let whole = verified(&pool).await;
    assert_eq!((whole.entries, whole.seals, whole.unsealed), (1_500, 2, 3));
    let columns = "at, actor_label, via, action, target_kind, target_label";
    let put = |id: i64| {
        format!(
            "insert into audit_events (id, {columns}) overriding system value
            select {id}, {columns} from audit_events where id = 900"
        )
    };
    let seal_of_first = VerifyError::Seal {
        from_id: 1,
        to_id: 1_001,
    };
    let seal_of_second = VerifyError::Seal {
        from_id: 1_002,
        to_id: 1_501,
    };
    for (what, error) in [
        (
            "update audit_events set actor_label = 'eve' where id in (700, 1300)".to_owned(),
            VerifyError::Changed(700),
        ),
        (
            "update audit_events set changes = '{\"name\": [null, 1.0]}' where id = 2".to_owned(),
            VerifyError::Changed(2),
        ),
        (
            "update audit_events set reason = '' where id = 1501".to_owned(),
            VerifyError::Changed(1_501),
        ),
        (
            "update audit_events set parent_id = 1 where id = 1400".to_owned(),
            VerifyError::Changed(1_400),
        ),
        (
            "delete from audit_events where id = 1300".to_owned(),
            VerifyError::Removed(1_300),
        ),
        (
            "delete from audit_events where id in (2, 1501)".to_owned(),
            VerifyError::Removed(2),
        ),
        // In a gap, beside an existing id, and before the first one.
        (put(1), VerifyError::Inserted(1)),
        (
            put(900).replace("900, at", "900, at + interval '1 hour'"),
            VerifyError::Inserted(900),
        ),
        (put(0), VerifyError::Inserted(0)),
        (
            "update audit_events e set target_label = o.target_label, changes = o.changes
            from audit_events o where (e.id, o.id) in ((500, 1400), (1400, 500))"
                .to_owned(),
            VerifyError::Changed(500),
        ),
        (
            "update audit_seals set at = at, root = sha256(root) where from_id = 1".to_owned(),
            seal_of_first.clone(),
        ),
        (
            "update audit_seals set digests = substr(digests, 41) where from_id = 1".to_owned(),
            seal_of_first,
        ),
        (
            "delete from audit_seals where from_id = 1".to_owned(),
            seal_of_second,
        ),
    ] {
        let copy = "create table kept_events as table audit_events; create table kept_seals as table audit_seals";
        sqlx::raw_sql(copy).execute(&pool).await.unwrap();
        tamper(&pool, &what).await;
        let found = verified(&pool).await;
        assert_eq!(found.error, Some(error), "{what}");
        tamper(
            &pool,
            "delete from audit_events; delete from audit_seals;
            insert into audit_events overriding system value table kept_events;
            insert into audit_seals overriding system value select * from kept_seals;
            drop table kept_events, kept_seals",
        )
        .await;
        assert_eq!(verified(&pool).await, whole, "{what}");
    }
}

#[testing::test]
async fn known_root_reveals_rebuilt_seals(pool: PgPool) {
    let services = services(&pool);
    insert_entries_in(&pool, 10).await;
    seal(&services).await.unwrap();
    let noted = verified(&pool).await.root.unwrap();
    insert_entries_in(&pool, 10).await;
    seal(&services).await.unwrap();
    let with_root = async || {
        verify(&services, &operator(), Some(&noted))
            .await
            .unwrap()
            .error
    };
    assert_eq!(with_root().await, None);
    tamper(
        &pool,
        "update audit_events set actor_label = 'eve' where id = 5; delete from audit_seals",
    )
    .await;
    seal(&services).await.unwrap();
    assert_eq!(verified(&pool).await.error, None);
    assert_eq!(with_root().await, Some(VerifyError::KnownRoot));
}

async fn text(mut export: AuditExport) -> String {
    let mut text = String::new();
    while let Some(piece) = export.pieces.recv().await {
        text.push_str(&piece.unwrap());
    }
    text
}

async fn exported(services: &Services, pairs: &[(&str, &str)], format: Format) -> AuditExport {
    export(services, &operator(), &params(pairs), format)
        .await
        .unwrap()
}

#[testing::test]
async fn export_contains_matches_and_no_formula(pool: PgPool) {
    let services = services(&pool);
    sqlx::raw_sql(
        "insert into audit_events (at, actor_id, actor_label, via, action, target_kind, target_label, changes, reason, ip)
        values
            ('2026-11-01 10:00Z', null, '=cmd|'' /C calc''!A0', 'ui', 'user.updated', 'user', 'a,\"b\"', '{\"name\": [\"a\", \"b\"]}',
                E'-1\\nline', '192.0.2.1'),
            ('2026-11-02 10:00Z', null, 'ada', 'cli', 'user.created', 'user', 'bob', '{}', null, null)",
    )
    .execute(&pool)
    .await
    .unwrap();
    let csv = text(exported(&services, &[("from", "2026")], Format::Csv).await).await;
    assert_eq!(
        csv,
        "id,at,actor,actorId,via,token,action,targetKind,target,targetId,changes,reason,ip,requestId,parentId\r\n\
        1,\"2026-11-01T10:00:00Z\",\"'=cmd|' /C calc'!A0\",,\"ui\",,\"user.updated\",\"user\",\"a,\"\"b\"\"\",,\
        \"{\"\"name\"\":[\"\"a\"\",\"\"b\"\"]}\",\"'-1\nline\",\"192.0.2.1\",,\r\n\
        2,\"2026-11-02T10:00:00Z\",\"ada\",,\"cli\",,\"user.created\",\"user\",\"bob\",,\"{}\",,,,\r\n"
    );
    let lines = text(
        exported(
            &services,
            &[("via", "cli"), ("to", "2026-11-02")],
            Format::Ndjson,
        )
        .await,
    )
    .await;
    let entries: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0]["actor"]["label"], "ada");
    let audited: Vec<(String, Value)> = sqlx::query_as(
        "select target_kind, changes from audit_events where action = 'audit.exported' order by id",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!(
        audited,
        [
            (
                "audit".to_owned(),
                serde_json::json!({ "filter": [null, "from=2026"], "format": [null, "csv"], "upTo": [null, 2] })
            ),
            (
                "audit".to_owned(),
                serde_json::json!({
                    "filter": [null, "via=cli to=2026-11-02"], "format": [null, "ndjson"], "upTo": [null, 3]
                })
            ),
        ]
    );
}

#[testing::test]
async fn large_export_is_a_snapshot(options: PgPoolOptions, connect: PgConnectOptions) {
    let pool = options
        .max_connections(12)
        .connect_with(connect)
        .await
        .unwrap();
    insert_entries_in(&pool, 20_000).await;
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..8)
        .map(|writer| tokio::spawn(write_until(pool.clone(), stop.clone(), writer)))
        .collect();
    while count(&pool, "select count(*) from audit_events").await < 20_100 {}
    let services = services(&pool);
    let export = exported(&services, &[], Format::Ndjson).await;
    let up_to = export.up_to;
    assert!(up_to > 20_100);
    let text = text(export).await;
    stop.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.await.unwrap();
    }
    let mut ids: Vec<i64> = text
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["id"]
                .as_i64()
                .unwrap()
        })
        .collect();
    ids.sort_unstable();
    let expected: Vec<i64> =
        sqlx::query_scalar("select id from audit_events where id <= $1 order by id")
            .bind(up_to)
            .fetch_all(&pool)
            .await
            .unwrap();
    assert!(ids == expected, "{} and {}", ids.len(), expected.len());
    let later = "select count(*) from audit_events";
    assert!(count(&pool, later).await > i64::try_from(ids.len()).unwrap());
}

/// Number of entries in a piece of an export.
const PIECE: usize = 1_000;

/// Reads an export piece by piece, each only after new events were written.
async fn read_slowly(pool: &PgPool, mut export: AuditExport) -> String {
    let mut text = String::new();
    loop {
        let written = count(pool, "select count(*) from audit_events").await;
        while count(pool, "select count(*) from audit_events").await == written {}
        let Some(piece) = export.pieces.recv().await else {
            return text;
        };
        let piece = piece.unwrap();
        assert!(piece.lines().count() <= PIECE + 1);
        text.push_str(&piece);
    }
}

#[testing::test]
async fn slow_reader_gets_the_entries_in_order(options: PgPoolOptions, connect: PgConnectOptions) {
    let pool = options
        .max_connections(12)
        .connect_with(connect)
        .await
        .unwrap();
    // Many different timestamps, so that the order differs from that of the ids.
    sqlx::raw_sql(
        "insert into audit_events (at, actor_label, via, action, target_kind, target_label)
        select timestamptz '2026-11-01 00:00Z' + n * 7919 % 20000 * interval '1 second', '=ada', 'ui', 'user.updated', 'user',
            'person ' || n
        from generate_series(1, 20000) n",
    )
    .execute(&pool)
    .await
    .unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..4)
        .map(|writer| tokio::spawn(write_until(pool.clone(), stop.clone(), writer)))
        .collect();
    let services = services(&pool);
    let csv = exported(&services, &[], Format::Csv).await;
    let lines = exported(&services, &[], Format::Ndjson).await;
    let ends = [csv.up_to, lines.up_to];
    let (csv, lines) = tokio::join!(read_slowly(&pool, csv), read_slowly(&pool, lines));
    stop.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.await.unwrap();
    }
    let of_csv = csv
        .lines()
        .skip(1)
        .map(|line| line.split(',').next().unwrap().parse().unwrap());
    let of_lines = lines.lines().map(|line| {
        serde_json::from_str::<Value>(line).unwrap()["id"]
            .as_i64()
            .unwrap()
    });
    let read: [Vec<i64>; 2] = [of_csv.collect(), of_lines.collect()];
    for (read, up_to) in read.into_iter().zip(ends) {
        let expected: Vec<i64> =
            sqlx::query_scalar("select id from audit_events where id <= $1 order by at, id")
                .bind(up_to)
                .fetch_all(&pool)
                .await
                .unwrap();
        assert!(expected.len() >= 20_000);
        assert!(read == expected, "{} and {}", read.len(), expected.len());
    }
}

#[testing::test]
async fn long_transaction_is_excluded_from_an_export(pool: PgPool) {
    let services = services(&pool);
    insert_entries_in(&pool, 3).await;
    seal(&services).await.unwrap();
    let mut slow = pool.begin().await.unwrap();
    insert_entries(&mut slow, 1).await;
    insert_entries_in(&pool, 3).await;
    let export = exported(&services, &[], Format::Ndjson).await;
    assert_eq!(export.up_to, 3);
    assert_eq!(text(export).await.lines().count(), 3);
    slow.commit().await.unwrap();
    // The first export is audited too.
    let export = exported(&services, &[], Format::Ndjson).await;
    assert_eq!(text(export).await.lines().count(), 8);
}

#[testing::test]
async fn invalid_filter_is_rejected_for_exports(pool: PgPool) {
    let services = services(&pool);
    let nothing = params(&[("via", "fax")]);
    let denied = export(&services, &operator(), &nothing, Format::Csv).await;
    assert!(matches!(denied, Err(Error::List(_))));
    assert_eq!(count(&pool, "select count(*) from audit_events").await, 0);
}
