//! Encrypting all keys anew as a job, so that whoever looks sees how far it has come.

use sqlx::PgExecutor;
use uuid::Uuid;

use crate::Error;

/// Begins it, or goes on with the one that was killed or has failed. `left` keys are to be encrypted anew from now on.
/// Returns the id of the job.
///
/// # Errors
/// When the database cannot be reached.
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
