//! Audit log: listing, export, sealing, and verification of the seals.

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

/// Lists audit events, latest first. A bulk action is one entry unless the query asks for its parts.
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
    // One connection for all queries: each that is returned to the pool costs a round trip.
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

/// Resolves the names in a filter to accounts or labels.
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

/// Resolves a name in a filter. The current holder of a username is found under every earlier name too. A name that no
/// account has now is compared with the stored labels: it can be that of a deleted account, of the command line, or of a
/// role. An id can be that of any object.
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
