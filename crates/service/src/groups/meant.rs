//! Groups by what programs name.

use domain::users::names::is_deceptive;
use uuid::Uuid;

use super::NOT_FOUND;
use crate::{
    Error, Services,
    access::{Authorized, GroupsRead},
};

/// Returns the id of the group that a text means: its id in another system, its own id, or its name, in this order.
///
/// # Errors
/// [`Error::NotFound`] when there is no such group.
pub async fn find_meant(
    services: &Services,
    _: &Authorized<GroupsRead>,
    text: &str,
) -> Result<Uuid, Error> {
    // No group has such a name, and PostgreSQL rejects a NUL.
    if text.chars().any(is_deceptive) {
        return Err(NOT_FOUND);
    }
    let found = db::groups::named::find_meant(&services.pool, text).await?;
    found.ok_or(NOT_FOUND)
}
