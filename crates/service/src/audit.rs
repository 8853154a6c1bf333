//! The record of changes: looking at it, taking it away as a file, sealing it, and proving that it is as it was.

mod csv;
mod digest;
mod export;
mod seal;
mod verify;

use db::audit::{Asked, Meant};
use domain::{
    audit::list::{AuditFilter, AuditPage, AuditQuery, cursor},
    filter::Dated,
    list::{Place, Total},
    users::detail::UserRef,
};
use time::OffsetDateTime;

pub use export::{AuditExport, Format, export};
pub use seal::seal;
pub use verify::{Fault, Verification, verify};

use crate::{
    Error, Services,
    access::{Granted, ReadAudit},
    days,
};

/// A page of the record, the latest entry first. An action on many is one entry, unless what is beneath it is asked for.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list(
    services: &Services,
    granted: &Granted<ReadAudit>,
    query: &AuditQuery,
) -> Result<AuditPage, Error> {
    let days = days::find(services, granted.author(), &query.filter).await?;
    let filter = query.filter.in_days(&days);
    // Over one connection: each that goes back to the pool costs a message of its own.
    let mut connection = db::acquire(&services.pool).await?;
    let now = (services.clock)();
    let asked = ask(&mut connection, &filter, now).await?;
    let (entries, more) = db::audit::list_page(&mut *connection, query, &asked).await?;
    let counted = db::audit::count(&mut *connection, &asked).await?;
    let total = Total::up_to_limit(counted);
    Ok(AuditPage {
        place: Place::of(&entries, more, total, &query.position, cursor),
        entries,
        now,
    })
}

/// What the names of a filter stand for.
async fn ask<'a>(
    connection: &mut db::PgConnection,
    filter: &'a AuditFilter,
    now: OffsetDateTime,
) -> Result<Asked<'a>, Error> {
    Ok(Asked {
        filter,
        actor: meant(connection, filter.actor.as_deref()).await?,
        target: meant(connection, filter.target.as_deref()).await?,
        folded: filter.is_folded(),
        now,
    })
}

/// What a name stands for. Who has it now is found under every name that they ever had; what nobody has now is looked for
/// as it was written: somebody who is gone, the command line, a role. An id is that of anything.
async fn meant(
    connection: &mut db::PgConnection,
    name: Option<&str>,
) -> Result<Option<Meant>, Error> {
    let Some(name) = name else { return Ok(None) };
    let reference = UserRef::parse(name);
    if let UserRef::Id(id) = reference {
        return Ok(Some(Meant::Id(id)));
    }
    let known = db::users::find_id(connection, &reference).await?;
    Ok(Some(match (known, reference) {
        (Some(id), _) => Meant::Id(id),
        (None, UserRef::Name(username)) => Meant::Label(username),
        (None, reference) => Meant::Label(reference.to_string()),
    }))
}
