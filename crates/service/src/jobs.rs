//! Background jobs: listing, and retry of a failed one. The work itself is where its kind is: [`crate::users::purge`],
//! [`crate::keys::rotate`], [`crate::deletions`].

use db::jobs as rows;
use domain::{
    action::Action,
    error::{Conflict, Entity},
    jobs::{Job, JobKind, JobState, list::JobsQuery},
    list::{Listed, Page, Total},
    users::action::UserAction,
};
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{AuditRead, Authorized, UsersWrite},
    audit::{self, Change, Changes},
    guard::{self, Access, TargetRef},
};

const NOT_FOUND: Error = Error::NotFound(Entity::Job);
const NOT_FAILED: Error = Error::Conflict(Conflict::JobNotFailed);
const ON_SERVER: Error = Error::Conflict(Conflict::JobOnServer);
const DELETE_AGAIN: Error = Error::Conflict(Conflict::JobDeleteAgain);

/// Lists jobs: queued and running ones first, each group newest first.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list(
    services: &Services,
    _: &Authorized<AuditRead>,
    query: &JobsQuery,
) -> Result<Listed<Job>, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    let (jobs, more) = rows::list_page(&mut *connection, query).await?;
    let counted = rows::count(&mut *connection, query).await?;
    let total = Total::up_to_limit(counted);
    let page = Page::of(jobs, more, total, &query.position, JobsQuery::cursor);
    Ok(page.at((services.clock)()))
}

/// Returns a job by its id.
///
/// # Errors
/// [`Error::NotFound`] when there is no such job.
pub async fn find(services: &Services, _: &Authorized<AuditRead>, id: Uuid) -> Result<Job, Error> {
    rows::find(&services.pool, id).await?.ok_or(NOT_FOUND)
}

/// Counts the jobs of each state except done, for monitoring.
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

/// Queues a failed purge again. It requires what deleting the account requires. Returns the username.
///
/// # Errors
/// [`Error::Conflict`] when the job has not failed or is no purge, [`Error::Denied`] when the
/// policy denies it, [`Error::NotFound`] when there is no such job.
pub async fn retry(
    services: &Services,
    authorized: &Authorized<UsersWrite>,
    job: impl Into<TargetRef>,
) -> Result<String, Error> {
    let job = job.into();
    let actor = authorized.actor();
    let mut transaction = db::begin(&services.pool).await?;
    let found = rows::find(&mut *transaction, job.id)
        .await?
        .ok_or(NOT_FOUND)?;
    let user = match (found.target, found.kind) {
        (Some(target), _) => target.id.0,
        (None, JobKind::Purge | JobKind::RotateKeys) => return Err(ON_SERVER),
        (None, JobKind::DeleteRole | JobKind::DeleteGroup | JobKind::DeleteFeature) => {
            return Err(match found.state {
                JobState::Failed => DELETE_AGAIN,
                JobState::Queued | JobState::Running | JobState::Done => NOT_FAILED,
            });
        }
    };
    let user = job.owner(user);
    let access = Access::from(UserAction::Delete).or_deleted();
    let account = match guard::open(&mut transaction, actor, access, user).await {
        // The account is purged already, so the job has not failed.
        Err(Error::NotFound(_)) => return Err(NOT_FAILED),
        opened => opened?,
    };
    if !db::purge::requeue(&mut transaction, account.id).await? {
        return Err(NOT_FAILED);
    }
    let change = Change {
        action: Action::PurgeRetried,
        user: (account.id, &account.username),
        changes: Changes::default().with("removal", "failed", "queued"),
        reason: None,
    };
    let audited = audit::write(&mut transaction, actor, change).await?;
    db::commit(transaction, audited).await?;
    services.work.notify_one();
    Ok(account.username)
}
