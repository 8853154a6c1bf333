//! What is left of the limits of several users, and when their budgets are reset.

use std::collections::BTreeMap;

use db::directory::DirectoryUser;
use domain::limits::{Left, Metric};
use uuid::Uuid;

use super::meter::Meter;
use crate::{
    Error, Services,
    access::{Authorized, Identity, LimitsRead},
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

/// Adds the times at which the budgets of users are reset, as far as the caller can read them: those of all users, or the own one. The
/// number of statements does not depend on the number of users.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn add_resets(
    services: &Services,
    identity: &Identity,
    users: &mut [DirectoryUser],
) -> Result<(), Error> {
    let own = identity.user().ok().map(|caller| caller.principal.id.0);
    let reads_all = identity.require::<LimitsRead>().is_ok();
    let ids = users.iter().map(|user| user.id);
    let ids: Vec<Uuid> = ids.filter(|id| reads_all || own == Some(*id)).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let mut connection = db::acquire(&services.pool).await?;
    let at = db::usage::find_time(&mut *connection).await?;
    let meters = Meter::read_totals(&mut connection, &ids, at).await?;
    let meters: BTreeMap<Uuid, Meter> = meters.into_iter().collect();
    for user in users {
        let meter = meters.get(&user.id);
        user.resets_at = meter.and_then(|meter| meter.resets_at(Metric::Cost));
    }
    Ok(())
}
