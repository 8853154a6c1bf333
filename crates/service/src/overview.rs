//! Overview, the start page of the panel.

use db::{access_tokens::TokenFilter, users::UserSet};
use domain::{
    access_tokens::TokenState,
    audit::AuditEntry,
    filter::Filter,
    list::Total,
    overview::{Attention, AttentionKind, DAYS, Overview},
    permission::Permission,
    users::page::Totals,
};

use crate::{
    Error, Services,
    access::{Authorized, UsersRead},
    users,
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
    authorized: &Authorized<UsersRead>,
) -> Result<Overview, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    let now = (services.clock)();
    let today = now.to_offset(time::UtcOffset::UTC).date();
    let (totals, active_today) =
        count(services, &mut connection, &format!("last-active:>={today}")).await?;
    let mut attention = Vec::new();
    for kind in AttentionKind::ALL {
        let search = kind.search();
        let count = match kind {
            AttentionKind::PendingRegistrations => Total::exact(totals.pending),
            AttentionKind::OnlyAdmin => Total::exact(u64::from(totals.admins == 1)),
            AttentionKind::ExpiringToken => expiring_tokens(&mut connection, authorized).await?,
            AttentionKind::IdleAdmin | AttentionKind::Dormant => {
                let search = search.unwrap_or_default();
                count(services, &mut connection, search).await?.1
            }
        };
        if count.count > 0 {
            attention.push(Attention {
                kind,
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
        changes: changes(&mut connection, authorized).await?,
    })
}

/// Returns the latest audit events; none without the permission to read the audit log.
async fn changes(
    connection: &mut db::PgConnection,
    authorized: &Authorized<UsersRead>,
) -> Result<Vec<AuditEntry>, Error> {
    let rights = &authorized.actor().subject.permissions;
    if !rights.include(Permission::AuditRead) {
        return Ok(Vec::new());
    }
    Ok(db::overview::list_changes(connection, CHANGES).await?)
}

/// Counts the access tokens that expire soon; 0 without the permission to read tokens.
async fn expiring_tokens(
    connection: &mut db::PgConnection,
    authorized: &Authorized<UsersRead>,
) -> Result<Total, Error> {
    let rights = &authorized.actor().subject.permissions;
    if !rights.include(Permission::TokensRead) {
        return Ok(Total::exact(0));
    }
    let asked = TokenFilter {
        state: Some(TokenState::Expiring),
        ..TokenFilter::default()
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
    let now = (services.clock)();
    let (counts, _) = users::count(connection, &filter, UserSet::List, now).await?;
    Ok((
        counts.totals,
        Total::up_to_limit(counts.matching.unwrap_or_default()),
    ))
}
