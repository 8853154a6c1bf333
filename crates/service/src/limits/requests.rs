//! Requests that users have left of their limits, with the amount that they are a part of.

use domain::limits::Metric;
use uuid::Uuid;

use super::meter::Meter;
use crate::{
    Error, Services,
    access::{Authorized, Caller, LimitsRead},
};

/// Requests that a user has left. Of several limits the one with the least decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserRequests {
    /// The id of the user.
    pub user: Uuid,
    /// Number of requests that are left; `None` without a limit with a number.
    pub left: Option<i64>,
    /// Number of requests that the limit permits; `None` without one.
    pub amount: Option<i64>,
}

/// Returns the requests that some users have left, in their order.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list_requests(
    services: &Services,
    _: &Authorized<LimitsRead>,
    users: &[Uuid],
) -> Result<Vec<UserRequests>, Error> {
    read(services, users).await
}

/// Returns the requests that the caller has left.
///
/// # Errors
/// [`Error::OutOfScope`] for an access token without the scope.
pub async fn find_own_requests(
    services: &Services,
    caller: &Caller,
) -> Result<UserRequests, Error> {
    caller.require_account()?;
    let user = caller.principal.id.0;
    let found = read(services, &[user]).await?;
    let none = UserRequests {
        user,
        left: None,
        amount: None,
    };
    Ok(found.first().copied().unwrap_or(none))
}

async fn read(services: &Services, users: &[Uuid]) -> Result<Vec<UserRequests>, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    let at = db::usage::find_time(&mut *connection).await?;
    let meters = Meter::read_totals(&mut connection, users, at).await?;
    let requests = meters.into_iter().map(|(user, meter)| {
        let all = meter.positions.iter();
        let of_requests =
            all.filter(|it| it.limit.metric == Metric::Requests && it.limit.model.is_none());
        let numbers = of_requests.filter_map(|it| Some((it.left(at)?.max(0), it.capacity()?)));
        let (left, amount) = numbers.min().unzip();
        UserRequests { user, left, amount }
    });
    Ok(requests.collect())
}
