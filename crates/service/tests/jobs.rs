//! Background jobs: progress, failure, and retry.

use domain::{
    jobs::{Job, JobKind, JobState, list::JobParams},
    list::{Limits, Page},
    users::{action::UserAction, deletion::Deletion},
};
use service::{
    Error, Services,
    access::{AuditRead, operator},
    jobs, keys, settings, users,
};
use sqlx::PgPool;
use testing::roles::{assign, role};
use uuid::Uuid;

use crate::support::{
    callers::{admin, caller},
    key_ring::{NEW, OLD, draft, with_keys},
    services,
    users::{add, count},
};

const PERMANENT: Deletion = Deletion {
    counts: None,
    permanent: true,
};

/// Table of another application in the same database, unknown to Rollcall.
const FOREIGN: &str = "create table letters (id int primary key, writer uuid not null constraint letters_writer_fkey references users)";

async fn run(pool: &PgPool, sql: &'static str) {
    sqlx::raw_sql(sql).execute(pool).await.unwrap();
}

async fn page(services: &Services, params: &JobParams) -> Page<Job> {
    let query = params.parse(Limits::API).unwrap();
    let listed = jobs::list(services, &operator(), &query).await;
    listed.unwrap().page
}

async fn all(services: &Services) -> Vec<Job> {
    page(services, &JobParams::default()).await.rows
}

/// Creates a user with so many annotations and queues the purge of the account.
async fn doomed(services: &Services, username: &str, annotations: i32) -> Uuid {
    let id = add(&services.pool, username, &["user"]).await;
    sqlx::query(
        "with p as (
            insert into personas (id, user_id, name) values (gen_random_uuid(), $1, 'p') returning id
        )
        insert into annotations (id, persona_id, user_id, video_id, label)
        select uuid_v7(now() + n * interval '1 ms'), p.id, $1, 'v', 'l' from p, generate_series(1, $2) n",
    )
    .bind(id)
    .bind(annotations)
    .execute(&services.pool)
    .await
    .unwrap();
    users::delete(services, &operator(), id, &PERMANENT)
        .await
        .unwrap();
    id
}

/// Waits until the first job has deleted at least `done` rows.
async fn reach(services: &Services, done: u64) -> Job {
    let reached = async {
        loop {
            let found = all(services).await.into_iter().next();
            if let Some(job) = found.filter(|job| job.done >= done) {
                return job;
            }
        }
    };
    let reached = tokio::time::timeout(std::time::Duration::from_secs(60), reached).await;
    reached.expect("the job makes progress")
}

#[testing::test]
async fn running_job_reports_its_progress(pool: PgPool) {
    let services = services(&pool);
    let ada = doomed(&services, "ada", 5_000).await;
    let queued = all(&services).await.remove(0);
    assert_eq!(
        (queued.state, queued.done, queued.total, queued.started_at),
        (JobState::Queued, 0, Some(5_001), None)
    );
    let target = queued.target.unwrap();
    assert_eq!((target.id.0, target.label.as_str()), (ada, "ada"));
    // The lock of the last annotation stops the purge before its last batch.
    let mut obstacle = pool.begin().await.unwrap();
    sqlx::query("select id from annotations order by id desc limit 1 for update")
        .execute(&mut *obstacle)
        .await
        .unwrap();
    let work = tokio::spawn({
        let services = services.clone();
        async move { users::purge::run(&services).await }
    });
    let half = reach(&services, 4_000).await;
    assert_eq!((half.state, half.done), (JobState::Running, 4_000));
    assert!(half.started_at.is_some() && half.progressed_at >= half.started_at);
    assert_eq!(half.finished_at, None);
    obstacle.rollback().await.unwrap();
    work.await.unwrap().unwrap();
    let whole = all(&services).await.remove(0);
    assert_eq!(
        (whole.state, whole.done, whole.total, whole.error),
        (JobState::Done, 5_001, Some(5_001), None)
    );
    assert!(whole.finished_at.is_some());
    // The job still names its target, although the account is gone.
    assert_eq!(whole.target.unwrap().label, "ada");
}

#[testing::test]
async fn failed_job_is_described_and_blocks_no_other(pool: PgPool) {
    let services = services(&pool);
    run(&pool, FOREIGN).await;
    let root = add(&pool, "root", &["admin"]).await;
    let ada = doomed(&services, "ada", 3).await;
    doomed(&services, "bob", 3).await;
    sqlx::query("insert into letters values (1, $1)")
        .bind(ada)
        .execute(&pool)
        .await
        .unwrap();
    users::purge::run(&services).await.unwrap();
    let states: Vec<_> = all(&services)
        .await
        .into_iter()
        .map(|job| (job.target.unwrap().label, job.state))
        .collect();
    assert_eq!(
        states,
        [
            ("bob".to_owned(), JobState::Done),
            ("ada".to_owned(), JobState::Failed)
        ]
    );
    let figures = jobs::figures(&services).await.unwrap();
    let counted = [
        (JobState::Queued, 0),
        (JobState::Running, 0),
        (JobState::Failed, 1),
    ];
    assert_eq!(figures, counted);
    let failed = all(&services).await.remove(1);
    let why = failed.error.unwrap();
    assert!(why.contains("letters_writer_fkey"), "{why}");
    assert!(failed.finished_at.is_some());
    // A failed job is not retried automatically, and a partly purged account cannot be restored.
    users::purge::run(&services).await.unwrap();
    assert_eq!(
        all(&services).await.remove(1).finished_at,
        failed.finished_at
    );
    let denied_actions = users::denied_actions(&services, &operator(), ada)
        .await
        .unwrap();
    let found = denied_actions.reason(UserAction::Restore).unwrap();
    assert!(
        found.contains("Permanent deletion failed: 4 of about 4"),
        "{found}"
    );

    let reader = caller(root, &["*:read"]).require::<service::access::UsersWrite>();
    assert!(matches!(reader, Err(Error::Forbidden(_))));
    run(&pool, "delete from letters").await;
    jobs::retry(&services, &admin(root), failed.id)
        .await
        .unwrap();
    let queued = all(&services).await.remove(0);
    assert_eq!(
        (queued.id, queued.state, queued.error, queued.done),
        (failed.id, JobState::Queued, None, 4)
    );
    let again = jobs::retry(&services, &admin(root), failed.id).await;
    assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
    users::purge::run(&services).await.unwrap();
    assert_eq!(count(&pool, "select count(*) from users").await, 1);
    let gone = jobs::retry(&services, &admin(root), failed.id).await;
    assert!(matches!(gone, Err(Error::Conflict(_))), "{gone:?}");
    let nothing = jobs::retry(&services, &admin(root), Uuid::nil()).await;
    assert!(matches!(nothing, Err(Error::NotFound(_))), "{nothing:?}");
    let actions: Vec<String> = sqlx::query_scalar(
        "select action from audit_events where target_label = 'ada' order by id",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!(
        actions,
        ["user.deleted", "user.purge_retried", "user.purged"]
    );
}

/// Trigger that fails as a statement timeout does.
const TOO_SLOW: &str = "
    create function take_too_long() returns trigger language plpgsql as $$
        begin raise exception 'too slow' using errcode = 'query_canceled'; end
    $$;
    create trigger slow before delete on users for each row when (old.username = 'ada') execute function take_too_long()";

#[testing::test]
async fn timed_out_job_continues_and_blocks_no_other(pool: PgPool) {
    let services = services(&pool);
    run(&pool, TOO_SLOW).await;
    doomed(&services, "ada", 3).await;
    doomed(&services, "bob", 3).await;
    let found = users::purge::run(&services).await;
    assert!(matches!(found, Err(Error::Unavailable(_))), "{found:?}");
    let state = async |username: &str| {
        let jobs = all(&services).await.into_iter();
        let mut jobs = jobs.filter(|job| {
            job.target
                .as_ref()
                .is_some_and(|target| target.label == username)
        });
        jobs.next().unwrap().state
    };
    assert_eq!(state("bob").await, JobState::Done);
    assert_eq!(state("ada").await, JobState::Running);
    run(&pool, "drop trigger slow on users").await;
    users::purge::run(&services).await.unwrap();
    assert_eq!(state("ada").await, JobState::Done);
}

#[testing::test]
async fn ten_timeouts_in_a_row_fail_a_job(pool: PgPool) {
    let services = services(&pool);
    let root = add(&pool, "root", &["admin"]).await;
    run(&pool, TOO_SLOW).await;
    doomed(&services, "ada", 3).await;
    for _ in 1..10 {
        let found = users::purge::run(&services).await;
        assert!(matches!(found, Err(Error::Unavailable(_))), "{found:?}");
        let job = all(&services).await.remove(0);
        assert_eq!((job.state, job.done), (JobState::Running, 4));
        assert!(job.started_at.is_some());
    }
    users::purge::run(&services).await.unwrap();
    let failed = all(&services).await.remove(0);
    assert_eq!((failed.state, failed.done), (JobState::Failed, 4));
    let why = failed.error.unwrap();
    assert!(why.contains("without an index"), "{why}");
    // A retry starts the count of timeouts again.
    jobs::retry(&services, &admin(root), failed.id)
        .await
        .unwrap();
    let found = users::purge::run(&services).await;
    assert!(matches!(found, Err(Error::Unavailable(_))), "{found:?}");
    assert_eq!(all(&services).await.remove(0).state, JobState::Running);
}

#[testing::test]
async fn timed_out_piece_is_made_smaller(pool: PgPool) {
    let services = services(&pool);
    run(
        &pool,
        "create function take_too_long() returns trigger language plpgsql as $$
            begin
                if (select count(*) from gone) > 100 then
                    raise exception 'too slow' using errcode = 'query_canceled';
                end if;
                return null;
            end
        $$;
        create trigger slow after delete on annotations referencing old table as gone
        for each statement execute function take_too_long()",
    )
    .await;
    doomed(&services, "ada", 300).await;
    users::purge::run(&services).await.unwrap();
    let done = all(&services).await.remove(0);
    assert_eq!((done.state, done.done), (JobState::Done, 301));
}

#[testing::test]
async fn unavailable_resources_fail_no_job(pool: PgPool) {
    let services = services(&pool);
    for code in ["disk_full", "out_of_memory", "io_error"] {
        let trigger = format!(
            "create or replace function run_short() returns trigger language plpgsql as $$
                begin raise exception 'no more' using errcode = '{code}'; end
            $$;
            create or replace trigger short before delete on users for each row execute function run_short()"
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(trigger))
            .execute(&pool)
            .await
            .unwrap();
        doomed(&services, code, 1).await;
        let found = users::purge::run(&services).await;
        assert!(matches!(found, Err(Error::Unavailable(_))), "{found:?}");
    }
    run(&pool, "drop trigger short on users").await;
    users::purge::run(&services).await.unwrap();
    assert_eq!(count(&pool, "select count(*) from users").await, 0);
}

#[testing::test]
async fn deletion_does_not_wait_for_a_piece(pool: PgPool) {
    let services = services(&pool);
    let ada = doomed(&services, "ada", 1).await;
    let mut piece = db::begin(&pool).await.unwrap();
    let taken = db::purge::take(&mut piece, Some(ada), &[]).await.unwrap();
    assert_eq!(taken.map(|purge| purge.user_id), Some(ada));
    // The batch locks the account next: a transaction that holds the account must not wait for the job.
    let operator = operator();
    let deleted = users::delete(&services, &operator, ada, &PERMANENT);
    tokio::time::timeout(std::time::Duration::from_secs(10), deleted)
        .await
        .unwrap()
        .unwrap();
    db::rollback(piece).await.unwrap();
}

#[testing::test]
async fn repeated_permanent_deletion_retries(pool: PgPool) {
    let services = services(&pool);
    run(&pool, FOREIGN).await;
    let ada = doomed(&services, "ada", 1).await;
    sqlx::query("insert into letters values (1, $1)")
        .bind(ada)
        .execute(&pool)
        .await
        .unwrap();
    let found = users::purge::run_of(&services, ada).await;
    assert!(matches!(found, Err(Error::Internal(_))), "{found:?}");
    assert_eq!(all(&services).await.remove(0).state, JobState::Failed);
    run(&pool, "delete from letters").await;
    users::delete(&services, &operator(), ada, &PERMANENT)
        .await
        .unwrap();
    users::purge::run_of(&services, ada).await.unwrap();
    assert_eq!(count(&pool, "select count(*) from users").await, 0);
}

#[testing::test]
async fn retry_requires_reach_over_the_user(pool: PgPool) {
    let services = services(&pool);
    let helper = add(&pool, "helper", &["user"]).await;
    role("helper")
        .permissions(&["users:read", "users:write"])
        .insert(&pool)
        .await;
    assign(&pool, helper, &["helper"]).await;
    add(&pool, "root", &["admin"]).await;
    let second = add(&pool, "second", &["admin"]).await;
    users::delete(&services, &operator(), second, &PERMANENT)
        .await
        .unwrap();
    run(
        &pool,
        "update jobs set state = 'failed', error = 'x', finished_at = now()",
    )
    .await;
    let job = all(&services).await.remove(0).id;
    let authorized = caller(helper, &["users:read", "users:write"])
        .require()
        .unwrap();
    let denied = jobs::retry(&services, &authorized, job).await;
    assert!(matches!(denied, Err(Error::Denied(_))), "{denied:?}");
    assert_eq!(all(&services).await.remove(0).state, JobState::Failed);
}

#[testing::test]
async fn reencryption_is_a_job_until_it_is_complete(pool: PgPool) {
    let old = with_keys(&pool, &[OLD]);
    for n in 0..3 {
        keys::create_system(&old, &operator(), draft("OPENAI", &format!("sk-{n}")))
            .await
            .unwrap();
    }
    // Without the encryption key of the stored keys, none can be re-encrypted.
    let new = with_keys(&pool, &[NEW]);
    keys::rotate(&new, &operator()).await.unwrap();
    let failed = all(&new).await.remove(0);
    assert_eq!(
        (failed.kind, failed.state, failed.done, failed.total),
        (JobKind::RotateKeys, JobState::Failed, 0, Some(3))
    );
    let why = failed.error.unwrap();
    assert!(why.starts_with("3 API keys are not"), "{why}");
    let retried = jobs::retry(&new, &operator(), failed.id).await;
    assert!(matches!(retried, Err(Error::Conflict(_))), "{retried:?}");

    let both = with_keys(&pool, &[NEW, OLD]);
    keys::rotate(&both, &operator()).await.unwrap();
    let done = all(&both).await;
    assert_eq!(done.len(), 1, "{done:?}");
    assert_eq!(
        (done[0].id, done[0].state, done[0].done, done[0].total),
        (failed.id, JobState::Done, 3, Some(3))
    );
    // The next rotation is a job of its own.
    keys::rotate(&both, &operator()).await.unwrap();
    let listed = all(&both).await;
    assert_eq!(listed.len(), 2);
    assert_eq!(
        (listed[0].state, listed[0].done, listed[0].total),
        (JobState::Done, 0, Some(0))
    );
}

#[testing::test]
async fn pages_link_in_both_directions(pool: PgPool) {
    let services = services(&pool);
    run(
        &pool,
        "insert into jobs (id, kind, params, state, error, created_at, finished_at)
        select uuid_v7(now() + n * interval '1 ms'), 'purge',
            jsonb_build_object('user_id', gen_random_uuid(), 'username', n::text), t.state,
            case t.state when 'failed' then 'x' end, now(), case when t.over then now() end
        from generate_series(1, 20) n,
            (values (0, 'done', true), (1, 'running', false), (2, 'failed', true), (3, 'queued', false)) as t (mod, state, over)
        where n % 4 = t.mod",
    )
    .await;
    for (state, expected) in [
        (
            None,
            vec![
                19, 17, 15, 13, 11, 9, 7, 5, 3, 1, 20, 18, 16, 14, 12, 10, 8, 6, 4, 2,
            ],
        ),
        (Some("failed"), vec![18, 14, 10, 6, 2]),
        (Some("running"), vec![17, 13, 9, 5, 1]),
    ] {
        let start = JobParams {
            state: state.map(str::to_owned),
            limit: Some("3".into()),
            ..JobParams::default()
        };
        let labels = |page: &Page<Job>| -> Vec<u32> {
            let labels = page.rows.iter();
            let labels = labels.map(|job| job.target.clone().unwrap().label.parse().unwrap());
            labels.collect()
        };
        let mut forth: Vec<u32> = Vec::new();
        let mut there = page(&services, &start).await;
        let mut pages = vec![labels(&there)];
        while let Some(after) = there.page_info.after.clone() {
            let params = JobParams {
                after: Some(after),
                ..start.clone()
            };
            there = page(&services, &params).await;
            pages.push(labels(&there));
        }
        for page in &pages {
            forth.extend(page);
        }
        assert_eq!(forth, expected, "{state:?}");
        assert_eq!(there.page_info.total.count, expected.len() as u64);
        pages.pop();
        while let Some(before) = there.page_info.before.clone() {
            let params = JobParams {
                before: Some(before),
                ..start.clone()
            };
            there = page(&services, &params).await;
            assert_eq!(Some(labels(&there)), pages.pop(), "{state:?}");
        }
        assert!(pages.is_empty(), "{state:?}");
    }
}

#[testing::test]
async fn settings_report_the_versions(pool: PgPool) {
    let services = services(&pool);
    let root = add(&pool, "root", &["auditor"]).await;
    let authorized = caller(root, &["*:read"]).require::<AuditRead>().unwrap();
    let found = settings::describe(&services, &authorized).await.unwrap();
    let last = count(&pool, "select max(version) from _sqlx_migrations").await;
    assert_eq!(
        (found.schema, found.rollcall.as_str()),
        (last, env!("CARGO_PKG_VERSION"))
    );
    assert!(found.postgres.starts_with(char::is_numeric), "{found:?}");
}
