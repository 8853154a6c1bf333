//! Users and clients in the order of their numbers, for the clients of other systems, which page through a list with an offset.

use domain::{clients::Client, list::Slice, users::numbered::NumberedUser};

use crate::{
    Error, Services,
    access::{Authorized, Caller, ClientsRead, UsersRead},
    account,
};

/// Lists users by number, without deleted ones.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn users(
    services: &Services,
    _: &Authorized<UsersRead>,
    slice: Slice,
) -> Result<Vec<NumberedUser>, Error> {
    Ok(db::users::list_numbered(&services.pool, slice).await?)
}

/// Lists clients by number.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn clients(
    services: &Services,
    _: &Authorized<ClientsRead>,
    slice: Slice,
) -> Result<Vec<Client>, Error> {
    Ok(db::clients::list_numbered(&services.pool, slice).await?)
}

/// Lists the clients in the caller's own list, by number. A number without a client is left out.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached, [`Error::OutOfScope`] for an access token without the scope.
pub async fn own_clients(services: &Services, caller: &Caller) -> Result<Vec<Client>, Error> {
    let own = account::get(services, caller).await?;
    Ok(db::clients::find(&services.pool, &own.client_list).await?)
}
