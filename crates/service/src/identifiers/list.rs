//! Lists of users with their identifiers.

use db::identifiers as rows;
use domain::identifiers::{IdentifiedFilter, IdentifiedUser};
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{Authorized, UsersRead},
};

/// Maximum number of users at once.
const USERS_AT_ONCE: i64 = 1_000;

/// Lists up to 1,000 users after an id, in the order of their ids, each once for each identifier in the namespaces of the filter, and once
/// without one. An empty list is the end.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list_users(
    services: &Services,
    _: &Authorized<UsersRead>,
    filter: &IdentifiedFilter,
    after: Option<Uuid>,
) -> Result<Vec<IdentifiedUser>, Error> {
    Ok(rows::list_users(&services.pool, filter, after, USERS_AT_ONCE).await?)
}
