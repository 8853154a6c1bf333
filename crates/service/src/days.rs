//! Dates in filters: days begin at midnight in the time zone of the user who asks.

use domain::filter::{Dated, Days};

use crate::{Error, Services, access::Actor};

/// Returns the start of each day that a filter names: in the time zone of the actor's settings, else in UTC. Queries the
/// database only where the filter names a date and a time zone is set.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub(crate) async fn find(
    services: &Services,
    actor: &Actor,
    filter: &(impl Dated + Clone),
) -> Result<Days, Error> {
    let days = filter.days();
    match &actor.time_zone {
        Some(zone) if !days.is_empty() => {
            Ok(db::account::list_days(&services.pool, zone, &days).await?)
        }
        _ => Ok(Days::default()),
    }
}
