//! Jobs that run in batches, a transaction each: an interruption loses nothing, and no request waits for them.

use uuid::Uuid;

use crate::{Error, Services, audit::Audited};

/// Maximum number of consecutive timeouts of the smallest batch, which take some minutes.
const TIMEOUTS_MAX: i16 = 10;

const TOO_SLOW: &str = "Deleting even a small batch exceeds the database time limit. Another table may reference the data without \
    an index, or lock it.";

/// Number of rows in one batch. A timeout reduces it for the next batches.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BatchSize {
    /// Number of rows in the next batch.
    rows: i64,
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

/// A job that runs in batches. Its row is locked during each of them.
pub(crate) trait BatchJob: Sized + Send + Sync {
    /// The id of the object that a job works on.
    type Object: Sync + ?Sized;
    /// Name of the work, for the log.
    const WORK: &'static str;
    /// Number of rows in one batch.
    const SIZE: BatchSize;

    /// Locks the oldest job that no other replica works on, or that of one object. `defer` are the ids of jobs to skip.
    fn take(
        transaction: &mut db::Transaction,
        of: Option<&Self::Object>,
        defer: &[Uuid],
    ) -> impl Future<Output = Result<Option<Self>, Error>> + Send;

    /// Returns the id of the job.
    fn id(&self) -> Uuid;

    /// Returns the number of items processed before the batch.
    fn done(&self) -> i64;

    /// Runs one batch of at most `size` rows.
    fn advance(
        &self,
        transaction: &mut db::Transaction,
        size: i64,
    ) -> impl Future<Output = Result<Audited, Error>> + Send;
}

/// Result of one batch.
enum Batch {
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

/// Continues the queued jobs of a kind. Several replicas can do so at once.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached; the next run does the rest.
pub(crate) async fn run<J: BatchJob>(services: &Services) -> Result<(), Error> {
    let (mut defer, mut size, mut done) = (Vec::new(), J::SIZE, Ok(()));
    loop {
        match next::<J>(services, None, &defer, &mut size).await? {
            Batch::None => return done,
            Batch::Done | Batch::Failed(_) => {}
            Batch::Deferred(job, error) => {
                defer.push(job);
                done = done.and(Err(error));
            }
        }
    }
}

/// Completes the queued job of one object, if there is one.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached; the next run does the rest. [`Error::Internal`] when the database rejects
/// the change: the job has failed then.
pub(crate) async fn run_of<J: BatchJob>(services: &Services, of: &J::Object) -> Result<(), Error> {
    let mut size = J::SIZE;
    loop {
        match next::<J>(services, Some(of), &[], &mut size).await? {
            Batch::None => return Ok(()),
            Batch::Done => {}
            Batch::Failed(error) | Batch::Deferred(_, error) => return Err(error),
        }
    }
}

/// Runs one batch of the job of the given object, or of any that was not postponed. A timeout reduces the size of the next batches.
async fn next<J: BatchJob>(
    services: &Services,
    of: Option<&J::Object>,
    defer: &[Uuid],
    size: &mut BatchSize,
) -> Result<Batch, Error> {
    let mut transaction = db::begin(&services.pool).await?;
    let Some(job) = J::take(&mut transaction, of, defer).await? else {
        return Ok(Batch::None);
    };
    let done = match job.advance(&mut transaction, size.rows).await {
        Ok(audited) => db::commit(transaction, audited).await.map_err(Error::from),
        Err(error) => {
            // The rollback releases the lock of the job's row, which is updated below.
            db::rollback(transaction).await?;
            Err(error)
        }
    };
    match done {
        Ok(()) => Ok(Batch::Done),
        Err(error) => fail(services, &job, error, size).await,
    }
}

/// Decides what follows the failure of a batch that was rolled back: a smaller one, another attempt in the next run, or the failure of the
/// job.
async fn fail<J: BatchJob>(
    services: &Services,
    failed: &J,
    error: Error,
    size: &mut BatchSize,
) -> Result<Batch, Error> {
    let (job, work) = (failed.id(), J::WORK);
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
    db::jobs::set_failed(&services.pool, job, Some(failed.done()), &why).await?;
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
