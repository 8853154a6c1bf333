//! Overview, the start page of the panel.

use db::{access_tokens::Asked, users::Of};
use domain::{
    access::Permission,
    access_tokens::TokenState,
    audit::AuditEntry,
    filter::Filter,
    list::Total,
    overview::{Attention, DAYS, Matter, Overview},
    users::page::Totals,
};

use crate::{
    Error, Services,
    access::{Granted, ReadUsers},
};

/// Maximum number of audit events on the page.
const CHANGES: i64 = 10;

/// Returns the number of users, their recent activity, and what requires attention. All counts are maintained totals, or
/// limited as the total of a list is.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn overview(
    services: &Services,
    granted: &Granted<ReadUsers>,
) -> Result<Overview, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    let now = (services.clock)();
    let today = now.to_offset(time::UtcOffset::UTC).date();
    let (totals, active_today) =
        count(services, &mut connection, &format!("last-active:>={today}")).await?;
    let mut attention = Vec::new();
    for matter in Matter::ALL {
        let search = matter.search();
        let count = match matter {
            Matter::Waiting => Total::exact(totals.pending),
            Matter::OnlyAdmin => Total::exact(u64::from(totals.admins == 1)),
            Matter::ExpiringToken => expiring_tokens(&mut connection, granted).await?,
            Matter::IdleAdmin | Matter::Dormant => {
                let search = search.unwrap_or_default();
                count(services, &mut connection, search).await?.1
            }
        };
        if count.count > 0 {
            attention.push(Attention {
                matter,
                count,
                search: search.map(str::to_owned),
            });
        }
    }
    Ok(Overview {
        totals,
        active_today,
        days: db::overview::list_days(&mut *connection, now, DAYS).await?,
        attention,
        changes: changes(&mut connection, granted).await?,
    })
}

/// Returns the latest audit events; none without the permission to read the audit log.
async fn changes(
    connection: &mut db::PgConnection,
    granted: &Granted<ReadUsers>,
) -> Result<Vec<AuditEntry>, Error> {
    let rights = &granted.author().doer.permissions;
    if !rights.include(Permission::AuditRead) {
        return Ok(Vec::new());
    }
    Ok(db::overview::list_changes(connection, CHANGES).await?)
}

/// Counts the access tokens that expire soon; 0 without the permission to read tokens.
async fn expiring_tokens(
    connection: &mut db::PgConnection,
    granted: &Granted<ReadUsers>,
) -> Result<Total, Error> {
    let rights = &granted.author().doer.permissions;
    if !rights.include(Permission::TokensRead) {
        return Ok(Total::exact(0));
    }
    let asked = Asked {
        state: Some(TokenState::Expiring),
        ..Asked::default()
    };
    let counted = db::access_tokens::count(connection, asked).await?;
    Ok(Total::up_to_limit(counted))
}

/// Returns the totals, and the number of users that match a search.
async fn count(
    services: &Services,
    connection: &mut db::PgConnection,
    search: &str,
) -> Result<(Totals, Total), Error> {
    let filter = Filter::parse(search).map_err(|error| Error::Internal(error.into()))?;
    let counts = db::users::count(connection, &filter, Of::List, (services.clock)()).await?;
    Ok((
        counts.totals,
        Total::up_to_limit(counts.matching.unwrap_or_default()),
    ))
}
