//! Query plans of the audit log: with many entries a page is read from an index for any filter, and few other rows are read.

use db::audit::{AuditName, AuditQueryFilter, count, list_of, list_page};
use domain::{
    audit::list::{AuditParams, AuditQuery, cursor},
    list::{EXACT_TOTAL_MAX, Limits, PageParams, Position},
};
use sqlx::{
    PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use time::OffsetDateTime;
use uuid::Uuid;

/// Inserts entries over the days of this month and the next two. The command line is the source of a third of them; each of 5,000 users has
/// a few. Two actions are rare. The latest 20,000 are part of one bulk action.
const AUDIT_LOG: &str = "
    insert into audit_events (at, actor_id, actor_label, via, action, target_kind, target_id, target_label, parent_id)
    select
        date_trunc('month', now()) + n * interval '30 seconds',
        case when n > 180000 then '00000000-0000-7000-8000-000000000007'::uuid when n % 3 > 0 then ('00000000-0000-7000-8000-' || lpad((n % 5000)::text, 12, '0'))::uuid end,
        case when n > 180000 then 'actor-7' when n % 3 > 0 then 'actor-' || n % 5000 else 'command line' end,
        case when n > 180000 then 'ui' when n % 3 = 0 then 'cli' else (array['ui', 'ui', 'ui', 'ui', 'api', 'self'])[1 + n % 6] end,
        case when n > 180000 then 'user.sessions_ended' else case n % 1000 when 7 then 'role.created' when 8 then 'user.purged'
            else (array['user.updated', 'session.started'])[1 + n % 2] end end,
        'user', ('00000000-0000-7000-8001-' || lpad((n % 50000)::text, 12, '0'))::uuid, 'person-' || n % 50000,
        case when n > 180000 then 180000 end
    from generate_series(1, 200000) n;
    vacuum analyze audit_events";

/// Maximum number of entries that a page of 50 may read: its own, and some that the second of two filters excludes.
const LOOKED_AT_MAX: i64 = 500;

/// Returns the number of rows that this connection has read lately.
async fn looked_at(connection: &mut PgConnection) -> i64 {
    sqlx::query_scalar(
        "select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint
        from pg_stat_xact_user_tables where relname like 'audit_events%'",
    )
    .fetch_one(connection)
    .await
    .unwrap()
}

/// Reads a page and checks the number of rows read for it. Returns the positions after its last and before its first entry.
async fn read(
    pool: &PgPool,
    query: &AuditQuery,
    asked: &AuditQueryFilter<'_>,
) -> Option<[Position; 2]> {
    let mut transaction = pool.begin().await.unwrap();
    let before = looked_at(&mut transaction).await;
    let (page, _) = list_page(&mut *transaction, query, asked).await.unwrap();
    let entries = looked_at(&mut transaction).await - before;
    assert!(
        entries <= LOOKED_AT_MAX,
        "{entries} table rows were read for {query:?}"
    );
    let counted = count(&mut *transaction, asked).await.unwrap();
    assert!(counted <= EXACT_TOTAL_MAX + 1, "{counted} for {query:?}");
    let last = Position::After(cursor(page.last()?, 50));
    let first = Position::Before(cursor(page.first()?, 51));
    Some([last, first])
}

/// Returns the time of the entries.
async fn find_now(pool: &PgPool) -> OffsetDateTime {
    sqlx::query_scalar("select now()")
        .fetch_one(pool)
        .await
        .unwrap()
}

#[testing::test]
async fn every_page_scans_few_rows(options: PgPoolOptions, connect: PgConnectOptions) {
    // Same settings as the server's connections.
    let pool = options
        .max_connections(2)
        .connect_with(connect.options([("max_parallel_workers_per_gather", "0")]))
        .await
        .unwrap();
    for statement in AUDIT_LOG.split(';') {
        sqlx::raw_sql(statement).execute(&pool).await.unwrap();
    }
    let now = find_now(&pool).await;
    let month = now.date().to_string()[..7].to_owned();
    let first = now.date().replace_day(1).unwrap();
    let next = (first + time::Duration::days(32)).to_string()[..7].to_owned();
    let actor = AuditName::Id(Uuid::from_u128(0x7000_8000_0000_0000_0007));
    // Two filters that never match together within a month, such as an action or a source with the actor of the 20,000, are read to the end
    // of one of them: they are tested with another actor.
    let other = AuditName::Id(Uuid::from_u128(0x7000_8000_0000_0000_0008));
    let target = AuditName::Id(Uuid::from_u128(0x7000_8001_0000_0000_0007));
    let operator = AuditName::Label("Command line".to_owned());
    let unknown = AuditName::Label("unknown-user".to_owned());
    type Filter<'a> = (
        &'a [(&'a str, &'a str)],
        Option<&'a AuditName>,
        Option<&'a AuditName>,
    );
    let filters: [Filter; 20] = [
        (&[], None, None),
        (&[], Some(&actor), None),
        (&[], Some(&operator), None),
        (&[], Some(&unknown), None),
        (&[], None, Some(&target)),
        (&[], Some(&operator), Some(&target)),
        (&[("action", "role.created")], None, None),
        (&[("action", "session.started")], None, None),
        (&[("action", "planet.moved")], None, None),
        (&[("via", "self")], None, None),
        (&[("via", "job")], None, None),
        (&[("via", "api"), ("action", "user.updated")], None, None),
        (&[("action", "user.updated")], Some(&other), None),
        (&[("from", &next)], None, None),
        (&[("to", &month)], None, None),
        (
            &[("from", &month), ("to", &month), ("via", "ui")],
            None,
            None,
        ),
        (&[("to", &month), ("action", "role.created")], None, None),
        (&[("from", &next)], Some(&operator), None),
        (&[("parent", "180000")], None, None),
        (&[("via", "ui")], Some(&other), None),
    ];
    for (pairs, actor, target) in filters {
        let params = AuditParams::from_pairs(|name| {
            let found = pairs.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        });
        let mut query = params.parse(Limits::PANEL).unwrap();
        let filter = query.filter.clone();
        let asked = AuditQueryFilter {
            filter: &filter,
            actor: actor.cloned(),
            target: target.cloned(),
            folded: filter.is_folded(),
            now,
        };
        let neighbours = read(&pool, &query, &asked).await;
        for neighbour in neighbours.into_iter().flatten() {
            query.position = neighbour;
            read(&pool, &query, &asked).await;
        }
    }
    let AuditName::Id(actor) = actor else {
        unreachable!()
    };
    let mut transaction = pool.begin().await.unwrap();
    let before_it = looked_at(&mut transaction).await;
    let history = list_of(&mut *transaction, actor, None, 20).await.unwrap();
    let before = history.last().map(|entry| entry.id);
    list_of(&mut *transaction, actor, before, 20).await.unwrap();
    let entries = looked_at(&mut transaction).await - before_it;
    assert!(history.len() == 20 && entries <= 100, "{entries}");
}
