//! What is left of the limits of several users.

use domain::limits::{Left, Metric};
use uuid::Uuid;

use super::meter::Meter;
use crate::{
    Error, Services,
    access::{Authorized, LimitsRead},
};

/// Amounts that a user has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserLeft {
    /// The id of the user.
    pub user: Uuid,
    /// Cost in units of 1e-9 dollars.
    pub budget: Left,
    /// Number of requests.
    pub requests: Left,
}

/// Returns what some users have left of their limits of cost and requests, in their order.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list_left(
    services: &Services,
    _: &Authorized<LimitsRead>,
    users: &[Uuid],
) -> Result<Vec<UserLeft>, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    let at = db::usage::find_time(&mut *connection).await?;
    let meters = Meter::read_totals(&mut connection, users, at).await?;
    let left = meters.into_iter().map(|(user, meter)| UserLeft {
        user,
        budget: meter.left(Metric::Cost),
        requests: meter.left(Metric::Requests),
    });
    Ok(left.collect())
}
