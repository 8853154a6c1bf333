//! Re-encryption of all keys as a job, which shows its progress.

use sqlx::PgExecutor;
use uuid::Uuid;

use crate::Error;

/// Starts the job, or resumes one that was interrupted or has failed. `left` is the number of keys that remain to be re-encrypted. Returns
/// the id of the job.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn begin(executor: impl PgExecutor<'_>, left: i64) -> Result<Uuid, Error> {
    let row = sqlx::query!(
        "insert into jobs (id, kind, state, total, created_at, started_at)
        values (uuid_v7(now()), 'rotate_keys', 'running', $1, now(), now())
        on conflict (kind) where kind = 'rotate_keys' and state <> 'done'
        do update set state = 'running', total = jobs.done + excluded.total, error = null, finished_at = null
        returning id",
        left,
    )
    .fetch_one(executor)
    .await?;
    Ok(row.id)
}
