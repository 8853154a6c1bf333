//! What is left of the limits in force for one user.

use domain::limits::LimitStatus;
use uuid::Uuid;

use super::{
    meter::Meter,
    rows,
    subjects::{Named, named},
};
use crate::{
    Error, Services,
    access::{Authorized, Caller, LimitsRead},
    guard,
};

/// Returns what is left of each limit of a user, with the limit that decides.
///
/// # Errors
/// [`Error::NotFound`] when there is no such user.
pub async fn list_effective(
    services: &Services,
    _: &Authorized<LimitsRead>,
    user: Uuid,
) -> Result<Vec<LimitStatus>, Error> {
    effective(services, (user, None)).await
}

/// Returns what is left of each of the caller's own limits, and with a virtual key of those of the key.
///
/// # Errors
/// [`Error::OutOfScope`] for an access token without the scope.
pub async fn list_own(services: &Services, caller: &Caller) -> Result<Vec<LimitStatus>, Error> {
    caller.require_account()?;
    let key = caller.as_actor().key();
    effective(services, (caller.principal.id.0, key)).await
}

async fn effective(
    services: &Services,
    (user, token): (Uuid, Option<Uuid>),
) -> Result<Vec<LimitStatus>, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    let found = rows::find_user(&mut *connection, user, token).await?;
    found.status.ok_or(guard::NOT_FOUND)?;
    let meter = Meter::read(&mut connection, &found, (user, token)).await?;
    Ok(meter.statuses(None))
}

/// Returns what is left of each limit of a user, and then of each limit of the user's access tokens and virtual keys.
///
/// # Errors
/// As [`list_effective`].
pub async fn list_with_tokens(
    services: &Services,
    authorized: &Authorized<LimitsRead>,
    user: Uuid,
) -> Result<Vec<LimitStatus>, Error> {
    let mut statuses = list_effective(services, authorized, user).await?;
    let of_tokens = list_of_tokens(services, authorized, user).await?;
    statuses.extend(of_tokens.into_iter().map(|(status, _)| status));
    Ok(statuses)
}

/// Returns what is left of each limit of the access tokens and the virtual keys of a user that have not ended, with their names.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list_of_tokens(
    services: &Services,
    _: &Authorized<LimitsRead>,
    user: Uuid,
) -> Result<Vec<Named>, Error> {
    of_tokens(services, user).await
}

/// Returns what is left of each limit of the caller's own access tokens and virtual keys that have not ended, with their names.
///
/// # Errors
/// [`Error::OutOfScope`] for an access token without the scope.
pub async fn list_own_of_tokens(services: &Services, caller: &Caller) -> Result<Vec<Named>, Error> {
    caller.require_account()?;
    of_tokens(services, caller.principal.id.0).await
}

async fn of_tokens(services: &Services, user: Uuid) -> Result<Vec<Named>, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    let at = db::usage::find_time(&mut *connection).await?;
    let meter = Meter::read_tokens(&mut connection, user, at).await?;
    named(&mut connection, meter.statuses(None)).await
}
