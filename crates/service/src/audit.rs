//! Audit log: listing, export, sealing, and verification of the seals.

pub(crate) mod csv;
mod digest;
mod export;
mod seal;
mod verify;
mod writer;

use db::audit::{AuditName, AuditQueryFilter};
use domain::{
    audit::{
        AuditEntry,
        list::{AuditFilter, AuditQuery, cursor},
    },
    filter::Dated,
    list::{Listed, Page, Total},
    users::detail::UserRef,
};
use time::OffsetDateTime;

pub(crate) use db::audit::Audited;
pub use export::{AuditExport, Format, export};
pub use seal::seal;
pub use verify::{Verification, VerifyError, verify};
pub(crate) use writer::{
    Batch, Change, Changes, write, write_about, write_batch, write_parts, write_sessions_ended,
    write_whole, write_with_reason,
};

use crate::{
    Error, Services,
    access::{AuditRead, Authorized},
    days,
};

/// Lists audit events, latest first. A bulk action is one entry unless the query asks for its parts.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list(
    services: &Services,
    authorized: &Authorized<AuditRead>,
    query: &AuditQuery,
) -> Result<Listed<AuditEntry>, Error> {
    let days = days::find(services, authorized.actor(), &query.filter).await?;
    let filter = query.filter.in_days(&days);
    // One connection for all queries: each that is returned to the pool costs a round trip.
    let mut connection = db::acquire(&services.pool).await?;
    let now = (services.clock)();
    let asked = ask(&mut connection, &filter, now).await?;
    let (entries, more) = db::audit::list_page(&mut *connection, query, &asked).await?;
    let counted = db::audit::count(&mut *connection, &asked).await?;
    let total = Total::up_to_limit(counted);
    Ok(Page::of(entries, more, total, &query.position, cursor).at(now))
}

/// Resolves the names in a filter to accounts or labels.
async fn ask<'a>(
    connection: &mut db::PgConnection,
    filter: &'a AuditFilter,
    now: OffsetDateTime,
) -> Result<AuditQueryFilter<'a>, Error> {
    Ok(AuditQueryFilter {
        filter,
        actor: audit_name(connection, filter.actor.as_deref()).await?,
        target: audit_name(connection, filter.target.as_deref()).await?,
        folded: filter.is_folded(),
        now,
    })
}

/// Resolves a name in a filter. The current holder of a username is found under every earlier name too. A name that no
/// account has now is compared with the stored labels: it can be that of a deleted account, of the command line, or of a
/// role. An id can be that of any object.
async fn audit_name(
    connection: &mut db::PgConnection,
    name: Option<&str>,
) -> Result<Option<AuditName>, Error> {
    let Some(name) = name else { return Ok(None) };
    let reference = UserRef::parse(name);
    if let UserRef::Id(id) = reference {
        return Ok(Some(AuditName::Id(id)));
    }
    let known = db::users::find_id(connection, &reference).await?;
    Ok(Some(match (known, reference) {
        (Some(id), _) => AuditName::Id(id),
        (None, UserRef::Name(username)) => AuditName::Label(username),
        (None, reference) => AuditName::Label(reference.to_string()),
    }))
}
