//! Dates in filters: days begin at midnight in the time zone of the user who asks.

use domain::filter::{Dated, Days};

use crate::{Error, Services, access::Author};

/// When the days that a filter names begin for its author: in the time zone that they have set, else in UTC. Asks the database
/// only where a filter names a date and a time zone is set.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub(crate) async fn find(
    services: &Services,
    author: &Author,
    filter: &(impl Dated + Clone),
) -> Result<Days, Error> {
    let days = filter.days();
    match &author.time_zone {
        Some(zone) if !days.is_empty() => {
            Ok(db::account::list_days(&services.pool, zone, &days).await?)
        }
        _ => Ok(Days::default()),
    }
}
