//! What the frame of each page shows to its user.

use std::collections::BTreeMap;

use crate::{
    Error, Services,
    access::{Caller, GroupsRead, RegistrationsRead, UsersRead},
};

/// Maximum number of roles whose labels a page has.
const LABELS_MAX: i64 = 200;

/// What the frame of the pages of a caller shows.
#[derive(Debug, Clone, Default)]
pub struct Frame {
    /// Number of pending registrations, if the caller can see them.
    pub pending_registrations: Option<u64>,
    /// Whether the caller manages groups without the permission to see all of them. No access token does.
    pub manages_groups: bool,
    /// Labels of the roles that have one, by name: of all roles for a caller who can see users, otherwise of the caller's own.
    pub role_labels: BTreeMap<String, String>,
}

/// Reads what the frame of the caller's pages shows, in one statement.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn find(services: &Services, caller: &Caller) -> Result<Frame, Error> {
    let own = caller.principal.roles.as_slice();
    let roles = caller.require::<UsersRead>().is_err().then_some(own);
    let user = caller.principal.id.0;
    let found = db::frame::find(&services.pool, user, roles, LABELS_MAX).await?;
    let sees_registrations = caller.require::<RegistrationsRead>().is_ok();
    let sees_groups = caller.require::<GroupsRead>().is_ok();
    Ok(Frame {
        pending_registrations: sees_registrations.then_some(found.pending_registrations),
        manages_groups: found.manages_groups && !sees_groups && caller.session().is_ok(),
        role_labels: found.role_labels.into_iter().collect(),
    })
}
