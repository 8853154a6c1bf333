//! The first screen of the panel.

use db::users::Of;
use domain::{
    filter::Filter,
    overview::{Attention, DAYS, Matter, Overview},
    users::page::{Total, Totals},
};

use crate::{
    Error, Services,
    access::{Granted, ReadUsers},
};

/// Changes that are shown.
const CHANGES: i64 = 10;

/// How many people there are, what they have been doing, and what wants attention. Whatever is counted is counted ahead, or
/// as far as a list counts.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn overview(services: &Services, _: &Granted<ReadUsers>) -> Result<Overview, Error> {
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
            Matter::IdleAdmin | Matter::Dormant => {
                count(services, &mut connection, search).await?.1
            }
        };
        if count.count > 0 {
            let search = search.to_owned();
            attention.push(Attention {
                matter,
                count,
                search,
            });
        }
    }
    Ok(Overview {
        totals,
        active_today,
        days: db::overview::list_days(&mut *connection, now, DAYS).await?,
        attention,
        changes: db::overview::list_changes(&mut *connection, CHANGES).await?,
    })
}

/// The totals, and how many people a search finds.
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
