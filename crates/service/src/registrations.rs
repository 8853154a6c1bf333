//! Registrations: accounts that users create themselves, which can require approval.

mod decide;
mod register;
mod unverified_emails;

pub use decide::{approve, decide, reject, reopen, restore};
pub use register::register;
pub use unverified_emails::resolve as resolve_unverified_emails;
pub(crate) use unverified_emails::resolve_own as resolve_own_email;

use domain::{
    list::{Listed, Page, Total},
    registrations::{
        Registration,
        list::{RegistrationQuery, RegistrationState},
    },
};

use crate::{
    Error, Services,
    access::{Authorized, RegistrationsRead},
};

/// Lists pending or rejected registrations.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list(
    services: &Services,
    _: &Authorized<RegistrationsRead>,
    query: &RegistrationQuery,
) -> Result<Listed<Registration>, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    let (rows, more) = db::registrations::list(&mut *connection, query).await?;
    let total = match (query.state, &query.text) {
        (RegistrationState::Pending, None) => {
            Total::exact(db::registrations::count_pending(&mut *connection).await?)
        }
        _ => Total::up_to_limit(db::registrations::count(&mut *connection, query).await?),
    };
    let cursor = |row: &Registration, number| row.cursor(query.sort, number);
    let page = Page::of(rows, more, total, &query.position, cursor);
    Ok(page.at((services.clock)()))
}
