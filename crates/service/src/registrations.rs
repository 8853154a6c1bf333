//! Registrations: accounts that users create themselves, which can require approval.

mod decide;
mod register;
mod unverified_emails;

pub use decide::{approve, decide, reject};
pub use register::register;
pub use unverified_emails::resolve as resolve_unverified_emails;
pub(crate) use unverified_emails::resolve_own as resolve_own_email;

use domain::registrations::PendingRegistration;
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{Authorized, RegistrationsRead},
};

/// Number of pending registrations on one page.
const PAGE: usize = 50;

/// Lists pending registrations, oldest first, starting after the one with the id `after`. Returns whether there are more.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list(
    services: &Services,
    _: &Authorized<RegistrationsRead>,
    after: Option<Uuid>,
) -> Result<(Vec<PendingRegistration>, bool), Error> {
    let most = i64::try_from(PAGE + 1).unwrap_or_default();
    let mut users = db::registrations::list_pending(&services.pool, after, most).await?;
    let more = users.len() > PAGE;
    users.truncate(PAGE);
    Ok((users, more))
}

/// Counts the pending registrations.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn count(services: &Services, _: &Authorized<RegistrationsRead>) -> Result<u64, Error> {
    Ok(db::registrations::count_pending(&services.pool).await?)
}
