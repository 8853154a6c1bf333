//! Groups and clients of listed users.

pub use db::users::Memberships;
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{Authorized, ClientsRead, GroupsRead},
};

/// Number of names of groups and of clients that a row of the list shows.
const NAMES_MAX: i64 = 3;

/// Lists the groups and clients of some users: the first names, and the number of all.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn memberships(
    services: &Services,
    _: (&Authorized<GroupsRead>, &Authorized<ClientsRead>),
    ids: &[Uuid],
) -> Result<Vec<Memberships>, Error> {
    Ok(db::users::list_memberships(&services.pool, ids, NAMES_MAX).await?)
}
