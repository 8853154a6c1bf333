//! Registrations: accounts that users create themselves, which can require approval.

mod claims;
mod decide;
mod register;

pub use claims::settle as settle_claims;
pub(crate) use claims::settle_own as settle_own_claim;
pub use decide::{approve, decide, reject};
pub use register::register;

use domain::registrations::WaitingPerson;
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{Granted, ReadRegistrations},
};

/// Number of pending registrations on one page.
const PAGE: usize = 50;

/// Lists pending registrations, oldest first, starting after the one with the id `after`. Returns whether there are more.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list(
    services: &Services,
    _: &Granted<ReadRegistrations>,
    after: Option<Uuid>,
) -> Result<(Vec<WaitingPerson>, bool), Error> {
    let most = i64::try_from(PAGE + 1).unwrap_or_default();
    let mut people = db::registrations::list_waiting(&services.pool, after, most).await?;
    let more = people.len() > PAGE;
    people.truncate(PAGE);
    Ok((people, more))
}

/// Counts the pending registrations.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn count(services: &Services, _: &Granted<ReadRegistrations>) -> Result<u64, Error> {
    Ok(db::registrations::count_waiting(&services.pool).await?)
}
