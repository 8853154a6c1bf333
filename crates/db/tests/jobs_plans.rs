//! Query plans of the job list: with a hundred thousand jobs a page is read from an index, and few other rows are read.

use db::jobs::list_page;
use domain::{
    jobs::list::{JobParams, JobsQuery},
    list::{Limits, Position},
};
use sqlx::PgPool;

/// Inserts jobs: a few have failed, a few are running.
const CROWD: &str = "
    insert into jobs (id, kind, params, state, error, total, created_at, finished_at)
    select uuid_v7(now() + n * interval '1 ms'), 'purge',
        jsonb_build_object('user_id', gen_random_uuid(), 'username', 'user-' || n), t.state,
        case t.state when 'failed' then 'x' end, 1, now(), case t.state when 'running' then null else now() end
    from generate_series(1, 100000) n,
        lateral (select case when n % 900 = 0 then 'failed' when n % 900 = 1 then 'running' else 'done' end as state) t;
    analyze jobs";

/// Maximum number of rows that a page may read: its 51 rows. If nearly all match, the index over all jobs is read, and with it the 112
/// running ones.
const LOOKED_AT_MAX: i64 = 200;

/// Returns the number of sequential scans and of rows read in this transaction so far.
async fn looked_at(connection: &mut sqlx::PgConnection) -> (i64, i64) {
    sqlx::query_as(
        "select seq_scan::bigint, (seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint
        from pg_stat_xact_user_tables where relname = 'jobs'",
    )
    .fetch_one(connection)
    .await
    .unwrap()
}

/// Reads a page and checks the number of rows read for it. Returns the positions after its last and before its first row.
async fn read(pool: &PgPool, query: &JobsQuery) -> [Position; 2] {
    let mut transaction = pool.begin().await.unwrap();
    let before = looked_at(&mut transaction).await;
    let (page, _) = list_page(&mut *transaction, query).await.unwrap();
    let after = looked_at(&mut transaction).await;
    assert_eq!(after.0, before.0, "a sequential scan for {query:?}");
    let rows = after.1 - before.1;
    assert!(rows <= LOOKED_AT_MAX, "{rows} rows were read for {query:?}");
    [
        Position::After(JobsQuery::cursor(page.last().unwrap(), 50)),
        Position::Before(JobsQuery::cursor(page.first().unwrap(), 51)),
    ]
}

#[testing::test]
async fn every_page_scans_few_rows(pool: PgPool) {
    sqlx::raw_sql(CROWD).execute(&pool).await.unwrap();
    for state in ["", "done", "failed", "running"] {
        let params = JobParams {
            state: Some(state.to_owned()),
            ..JobParams::default()
        };
        let mut query = params.parse(Limits::PANEL).unwrap();
        let [next, _] = read(&pool, &query).await;
        query.position = next;
        let [_, before] = read(&pool, &query).await;
        query.position = before;
        read(&pool, &query).await;
    }
}
