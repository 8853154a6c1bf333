//! What a filter of usage requires beside the permission to read usage.

use db::usage::UsageFilter;
use domain::{list::ListError, permission::Permission};

use crate::{
    Error,
    access::{Authorized, GroupsRead, UsageRead},
};

/// Checks that the actor can read what a filter asks about, beside usage: the users in the usage of a group are its members.
///
/// # Errors
/// [`Error::List`] for a group without the permission to read groups.
pub(super) fn check_readable(
    authorized: &Authorized<UsageRead>,
    filter: &UsageFilter,
) -> Result<(), Error> {
    if filter.group.is_none() || authorized.includes::<GroupsRead>() {
        return Ok(());
    }
    let parameter = "group";
    Err(Error::List(ListError::Unreadable {
        parameter,
        condition: parameter.to_owned(),
        permission: Permission::GroupsRead,
    }))
}
