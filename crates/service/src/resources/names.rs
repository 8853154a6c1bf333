//! Look-ups of clients and groups by the names that a user types.

use db::access::Reach;
use domain::{resources::ClientRef, users::names::is_deceptive};
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{AccessRead, Authorized, ClientsRead, GroupsRead},
};

/// Returns the number of a client by number or name; `None` if there is no such client.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn find_client(
    services: &Services,
    _: &Authorized<ClientsRead>,
    typed: &str,
) -> Result<Option<i32>, Error> {
    match ClientRef::parse(typed) {
        ClientRef::Number(number) => {
            let found = db::clients::find(&services.pool, &[number]).await?;
            Ok(found.first().map(|client| client.id))
        }
        ClientRef::Name(name) if name.chars().any(is_deceptive) => Ok(None),
        ClientRef::Name(name) => Ok(db::clients::find_by_name(&services.pool, &name).await?),
    }
}

/// Returns the id of a group by its name; `None` if there is no such group.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn find_group(
    services: &Services,
    _: &Authorized<GroupsRead>,
    name: &str,
) -> Result<Option<Uuid>, Error> {
    // No group has such a name, and PostgreSQL rejects a NUL.
    if name.chars().any(is_deceptive) {
        return Ok(None);
    }
    Ok(db::resources::grants::find_group(&services.pool, name.trim()).await?)
}

/// Returns which resources a user reaches, for a list of them.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn find_reach(
    services: &Services,
    _: &Authorized<AccessRead>,
    user: Uuid,
) -> Result<Reach, Error> {
    Ok(db::access::find_reach(&services.pool, user).await?)
}
