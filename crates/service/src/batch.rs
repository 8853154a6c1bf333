//! Failures of batches: what follows when one batch of a job fails.

use uuid::Uuid;

use crate::{Error, Services};

/// Maximum number of consecutive timeouts of the smallest batch, which take some minutes.
const TIMEOUTS_MAX: i16 = 10;

const TOO_SLOW: &str = "Deleting even a small batch exceeds the database time limit. Another table may reference the data without \
    an index, or lock it.";

/// Number of rows in one batch. A timeout reduces it for the next batches.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BatchSize {
    /// Number of rows in the next batch.
    pub(crate) rows: i64,
    /// Number of rows in the first batch.
    largest: i64,
    /// Minimum number of rows, where larger batches time out.
    smallest: i64,
}

impl BatchSize {
    /// Creates the size of a first batch, with the minimum size of later ones.
    pub(crate) const fn new(largest: i64, smallest: i64) -> Self {
        Self {
            rows: largest,
            largest,
            smallest,
        }
    }
}

/// Result of one batch.
pub(crate) enum Batch {
    /// No queued job.
    None,
    /// Completed batch, or one to be retried with a smaller size; there can be more.
    Done,
    /// Batch that cannot be completed: the job has failed.
    Failed(Error),
    /// Temporary failure, such as a timeout or a deadlock. The job continues in the next run, so that it does not delay the
    /// others.
    Deferred(Uuid, Error),
}

/// A job whose batch failed.
pub(crate) struct FailedBatch<'a> {
    /// The id of the job.
    pub(crate) job: Uuid,
    /// Number of items processed before the batch.
    pub(crate) done: i64,
    /// Name of the work, for the log.
    pub(crate) work: &'a str,
}

/// Decides what follows the failure of a batch that was rolled back: a smaller one, another attempt in the next run, or the failure of the
/// job.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub(crate) async fn fail(
    services: &Services,
    failed: FailedBatch<'_>,
    error: Error,
    size: &mut BatchSize,
) -> Result<Batch, Error> {
    let FailedBatch { job, done, work } = failed;
    let why = match cause(&error) {
        Some(cause) if cause.is_too_late() && size.rows > size.smallest => {
            size.rows = (size.rows / 10).max(size.smallest);
            return Ok(Batch::Done);
        }
        Some(cause) if cause.is_passing() => {
            size.rows = size.largest;
            tracing::warn!(%job, %cause, "{work} postponed");
            if !cause.is_too_late() || !has_timed_out_too_often(services, job).await? {
                return Ok(Batch::Deferred(job, error));
            }
            TOO_SLOW.to_owned()
        }
        Some(db::Error::Constraint { constraint }) => format!(
            "The database rejected a deletion because of the constraint {constraint}. Another table may reference the data."
        ),
        _ => "The database failed. The server log has the cause under this job's ID.".to_owned(),
    };
    let cause = cause(&error).map(ToString::to_string).unwrap_or_default();
    tracing::error!(%job, cause, "{work} failed");
    db::jobs::set_failed(&services.pool, job, Some(done), &why).await?;
    Ok(Batch::Failed(error))
}

/// Returns the database error behind a service error.
fn cause(error: &Error) -> Option<&db::Error> {
    std::error::Error::source(error).and_then(|cause| cause.downcast_ref())
}

/// Counts a timeout of a job. Returns whether it has timed out so often in a row that an operator must look at it.
async fn has_timed_out_too_often(services: &Services, job: Uuid) -> Result<bool, Error> {
    let times = db::jobs::defer(&services.pool, job).await?;
    Ok(times.is_some_and(|times| times >= TIMEOUTS_MAX))
}
