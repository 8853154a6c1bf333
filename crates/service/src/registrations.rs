//! Registrations: accounts that users create themselves, which can require approval.

mod decide;
mod register;
mod unverified_emails;

pub use decide::{approve, decide, reject};
pub use register::register;
pub use unverified_emails::resolve as resolve_unverified_emails;
pub(crate) use unverified_emails::resolve_own as resolve_own_email;

use domain::{
    list::{Listed, Page, Total, UnfilteredQuery},
    registrations::PendingRegistration,
};

use crate::{
    Error, Services,
    access::{Authorized, RegistrationsRead},
};

/// Lists pending registrations, oldest first.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list(
    services: &Services,
    _: &Authorized<RegistrationsRead>,
    query: &UnfilteredQuery,
) -> Result<Listed<PendingRegistration>, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    let (users, more) = db::registrations::list_pending(&mut *connection, query).await?;
    let total = Total::exact(db::registrations::count_pending(&mut *connection).await?);
    let cursor = PendingRegistration::cursor;
    let page = Page::of(users, more, total, &query.position, cursor);
    Ok(page.at((services.clock)()))
}

/// Counts the pending registrations.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn count(services: &Services, _: &Authorized<RegistrationsRead>) -> Result<u64, Error> {
    Ok(db::registrations::count_pending(&services.pool).await?)
}
