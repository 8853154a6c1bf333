//! Resolution of unverified email addresses. Neither a response nor its time discloses whether another account has the
//! address: for new accounts it is resolved later by a job, for existing ones both results take the same work and write the
//! same amount.

use db::registrations::{self, UnverifiedEmail};
use domain::action::Action;
use uuid::Uuid;

use crate::{
    Error, Services,
    access::Actor,
    audit::{self, Audited, Change, Changes},
};

/// Assigns unverified email addresses to their accounts, unless another account has them. Several replicas can do so at
/// once.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached; the next run does the rest.
pub async fn resolve(services: &Services) -> Result<(), Error> {
    while next(services, None).await? {}
    Ok(())
}

/// Resolves the address that a user has just entered, so that no later job changes the account while the user edits it. A
/// failure is logged and left to the job.
pub(crate) async fn resolve_own(services: &Services, id: Uuid) {
    if let Err(error) = next(services, Some(id)).await {
        drop(error.into_problem());
        services.work.notify_one();
    }
}

/// Resolves one address, of the given account or of any. Returns whether there may be more.
async fn next(services: &Services, of: Option<Uuid>) -> Result<bool, Error> {
    let mut transaction = db::begin(&services.pool).await?;
    let Some(unverified) = registrations::take_unverified_email(&mut transaction, of).await? else {
        return Ok(false);
    };
    let audited = match registrations::resolve(&mut transaction, &unverified).await {
        Ok(free) => write_entry(&mut transaction, &unverified, free).await?,
        // Another account got the address at the same time: the next run finds it taken.
        Err(db::Error::Constraint { .. }) => return Ok(false),
        Err(error) => return Err(error.into()),
    };
    db::commit(transaction, audited).await?;
    Ok(true)
}

/// Audits the result. A taken address is an event too: it informs administrators, and takes the same time as a free one.
async fn write_entry(
    transaction: &mut db::Transaction,
    unverified: &UnverifiedEmail,
    free: bool,
) -> Result<Audited, Error> {
    let (action, changes) = if free {
        let changes = Changes::default();
        let changes = changes.with(
            "email",
            unverified.known_as.as_deref(),
            unverified.email.as_str(),
        );
        (Action::EmailConfirmed, changes)
    } else {
        (Action::EmailConflict, Changes::default())
    };
    let change = Change {
        action,
        user: (unverified.user_id, &unverified.username),
        changes,
        reason: None,
    };
    audit::write(transaction, &Actor::job(), change).await
}
