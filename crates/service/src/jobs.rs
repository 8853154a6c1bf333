//! Long work that goes on in the background: looking at it, and trying again what has failed. What is done, and how, is
//! where its kind is: [`crate::users::purge`], [`crate::keys::rotate`].

use db::jobs as rows;
use domain::{
    access::Permission,
    jobs::{
        self, Job, JobState,
        list::{JobPage, JobsQuery},
    },
    list::{Place, Total},
    rules::Deed,
};
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{Granted, ReadAudit, WriteUsers},
    record::{self, Change, Changes},
    target::TargetRef,
    users::guard,
};

const NOT_FOUND: Error = Error::NotFound("There is no such job.");
const NOT_FAILED: Error = Error::Conflict(jobs::NOT_FAILED);
const ON_SERVER: Error = Error::Conflict(jobs::ON_SERVER);

/// A page of jobs, what is under way first, then the newest.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list(
    services: &Services,
    _: &Granted<ReadAudit>,
    query: &JobsQuery,
) -> Result<JobPage, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    let (jobs, more) = rows::list_page(&mut *connection, query).await?;
    let counted = rows::count(&mut *connection, query).await?;
    let total = Total::up_to_limit(counted);
    Ok(JobPage {
        place: Place::of(&jobs, more, total, &query.position, JobsQuery::cursor),
        jobs,
    })
}

/// Finds a job by its id.
///
/// # Errors
/// [`Error::NotFound`] when there is no such job.
pub async fn find(services: &Services, _: &Granted<ReadAudit>, id: Uuid) -> Result<Job, Error> {
    rows::find(&services.pool, id).await?.ok_or(NOT_FOUND)
}

/// How many there are of each state but those that are done, for whoever watches the server.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn figures(services: &Services) -> Result<Vec<(JobState, u64)>, Error> {
    let found = rows::count_unfinished(&services.pool).await?;
    let count = |state: JobState| found.iter().find(|(known, _)| *known == state);
    Ok([JobState::Queued, JobState::Running, JobState::Failed]
        .map(|state| (state, count(state).map_or(0, |(_, jobs)| *jobs)))
        .into())
}

/// Tries a removal again that has failed. Whoever could have deleted the account may. Returns its username.
///
/// # Errors
/// [`Error::Conflict`] when it has not failed or is not done by the server, [`Error::Refused`] when it may not be done,
/// [`Error::NotFound`] when there is no such job.
pub async fn retry(
    services: &Services,
    granted: &Granted<WriteUsers>,
    job: impl Into<TargetRef>,
) -> Result<String, Error> {
    let job = job.into();
    let author = granted.author();
    let mut transaction = db::begin(&services.pool).await?;
    let found = rows::find(&mut *transaction, job.id)
        .await?
        .ok_or(NOT_FOUND)?;
    let user = found.target.ok_or(ON_SERVER)?.id.0;
    let (right, deed) = (Permission::UsersWrite, Deed::Delete);
    let user = job.owner(user);
    let account = match guard::open_any_by(&mut transaction, author, right, deed, user).await {
        // It is removed: the job is done.
        Err(Error::NotFound(_)) => return Err(NOT_FAILED),
        opened => opened?,
    };
    if !db::purge::requeue(&mut transaction, account.id).await? {
        return Err(NOT_FAILED);
    }
    let change = Change {
        action: "user.purge_retried",
        user: (account.id, &account.username),
        changes: Changes::default().with("removal", "failed", "queued"),
        reason: None,
    };
    record::write(&mut transaction, author, change).await?;
    db::commit(transaction).await?;
    services.work.notify_one();
    Ok(account.username)
}
