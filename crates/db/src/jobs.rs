//! Background jobs: their list, progress and state. The module that runs a kind of job inserts it.

use domain::{
    jobs::{Job, JobState, JobTarget, list::JobsQuery},
    users::UserId,
};
use sqlx::{PgConnection, PgExecutor, Postgres, QueryBuilder, Row, postgres::PgRow};
use uuid::Uuid;

use crate::{
    Error,
    error::read_word,
    keyset::{self, Column, Keyset, Value},
};

const COLUMNS: &str = "
    j.id, j.kind, (j.params ->> 'user_id')::uuid as user_id, j.params ->> 'username' as username, j.params ->> 'name' as object,
    j.state, j.done, j.total, j.error, j.created_at, j.started_at, j.progressed_at, j.finished_at";

fn push(query: &JobsQuery, sql: &mut QueryBuilder<Postgres>) {
    if let Some(state) = query.state {
        sql.push(" and j.state = ").push_bind(state.as_str());
    }
}

/// Lists the jobs of a page, unfinished ones first, then the newest. The flag is true if there are more in the direction of reading.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_page(
    executor: impl PgExecutor<'_>,
    query: &JobsQuery,
) -> Result<(Vec<Job>, bool), Error> {
    let mut sql = QueryBuilder::new(format!("select {COLUMNS} from jobs j where true"));
    push(query, &mut sql);
    let is_open = Column::new("(j.finished_at is null)", |cursor| {
        Value::Boolean(cursor.group() == Some(1))
    });
    // Jobs of one state are either all finished or all unfinished. PostgreSQL does not know that, and would read another index.
    let page = Keyset::new(Column::id("j.id"), true, &query.position, query.limit)
        .by(query.state.is_none().then_some(is_open));
    page.push(&mut sql);
    let rows = sql.build().persistent(false).fetch_all(executor).await?;
    page.read(&rows, job)
}

/// Counts the matching jobs, up to one more than [`EXACT_TOTAL_MAX`](domain::list::EXACT_TOTAL_MAX).
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn count(executor: impl PgExecutor<'_>, query: &JobsQuery) -> Result<u64, Error> {
    let mut sql = keyset::counting("jobs j where true");
    push(query, &mut sql);
    keyset::count(executor, sql).await
}

/// Counts the queued, running and failed jobs, by state; a state without jobs is left out.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn count_unfinished(
    executor: impl PgExecutor<'_>,
) -> Result<Vec<(JobState, u64)>, Error> {
    let rows = sqlx::query!(
        r#"select state, count(*) as "jobs!" from jobs where state in ('queued', 'running', 'failed') group by state"#
    )
    .fetch_all(executor)
    .await?;
    let counts = rows
        .into_iter()
        .map(|row| Ok::<_, sqlx::Error>((read_word(&row.state)?, row.jobs.unsigned_abs())));
    Ok(counts.collect::<Result<_, _>>()?)
}

/// Decodes a row of [`COLUMNS`].
fn job(row: &PgRow) -> Result<Job, sqlx::Error> {
    let user: Option<Uuid> = row.try_get("user_id")?;
    let label: Option<String> = row.try_get("username")?;
    let total: Option<i64> = row.try_get("total")?;
    Ok(Job {
        id: row.try_get("id")?,
        kind: read_word(row.try_get("kind")?)?,
        target: user.map(|id| JobTarget {
            id: UserId(id),
            label: label.unwrap_or_default(),
        }),
        object: row.try_get("object")?,
        state: read_word(row.try_get("state")?)?,
        done: row.try_get::<i64, _>("done")?.unsigned_abs(),
        total: total.map(i64::unsigned_abs),
        error: row.try_get("error")?,
        created_at: row.try_get("created_at")?,
        started_at: row.try_get("started_at")?,
        progressed_at: row.try_get("progressed_at")?,
        finished_at: row.try_get("finished_at")?,
    })
}

/// Returns the job with an id.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find(executor: impl PgExecutor<'_>, id: Uuid) -> Result<Option<Job>, Error> {
    let mut sql = QueryBuilder::new(format!("select {COLUMNS} from jobs j where j.id = "));
    sql.push_bind(id);
    let row = sql.build().fetch_optional(executor).await?;
    Ok(row.as_ref().map(job).transpose()?)
}

/// Marks a job as running.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_running(connection: &mut PgConnection, id: Uuid) -> Result<(), Error> {
    sqlx::query!(
        "update jobs set state = 'running', started_at = coalesce(started_at, now()) where id = $1",
        id,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Adds `more` processed items to a job's progress.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn add_done(connection: &mut PgConnection, id: Uuid, more: i64) -> Result<(), Error> {
    sqlx::query!(
        "update jobs set done = done + $2, progressed_at = now(), timeouts = 0 where id = $1",
        id,
        more,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Marks a job as done.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_done(executor: impl PgExecutor<'_>, id: Uuid) -> Result<(), Error> {
    sqlx::query!(
        "update jobs set state = 'done', total = done, error = null, finished_at = now() where id = $1",
        id,
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// Counts a timeout of a job's next chunk. Returns the number of timeouts in a row; `None` if the job has ended.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn defer(executor: impl PgExecutor<'_>, id: Uuid) -> Result<Option<i16>, Error> {
    Ok(sqlx::query_scalar!(
        "update jobs set state = 'running', started_at = coalesce(started_at, now()), timeouts = timeouts + 1
        where id = $1 and finished_at is null returning timeouts",
        id,
    )
    .fetch_optional(executor)
    .await?)
}

/// Marks a job as failed, with the reason. With `done`, only if its progress is still that number.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_failed(
    executor: impl PgExecutor<'_>,
    id: Uuid,
    done: Option<i64>,
    why: &str,
) -> Result<(), Error> {
    sqlx::query!(
        "update jobs set state = 'failed', started_at = coalesce(started_at, now()), error = $2, finished_at = now()
        where id = $1 and state <> 'done' and ($3::bigint is null or done = $3)",
        id,
        why,
        done,
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// Deletes at most `most` jobs that were done more than `days` ago. Failed jobs stay, because they can be retried. Returns their number.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn delete_done(
    executor: impl PgExecutor<'_>,
    days: u16,
    most: i64,
) -> Result<u64, Error> {
    let done = sqlx::query!(
        "delete from jobs where id in (
            select id from jobs where state = 'done' and finished_at <= now() - make_interval(days => $1)
            order by finished_at limit $2
            for update skip locked
        )",
        i32::from(days),
        most,
    )
    .execute(executor)
    .await?;
    Ok(done.rows_affected())
}
