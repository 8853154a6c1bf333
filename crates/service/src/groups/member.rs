//! Changes of one member, whose username was shown.

use domain::{
    groups::{GroupAction, MemberSelection, MembersOutcome},
    policy::Denied,
};

use super::{
    GroupActor,
    members::{Users, change, change_managers},
};
use crate::{
    Error, Services,
    access::{Authorized, GroupsWrite},
    guard::{self, TargetRef},
};

/// Adds a user to a group. Returns false for a user who is a member already.
///
/// # Errors
/// As [`add`](super::members::add), [`Error::TargetMismatch`] when the user has another username, [`Error::Denied`] for a user who has a
/// permission that the actor lacks.
pub async fn add(
    services: &Services,
    actor: &GroupActor,
    group: TargetRef,
    user: TargetRef,
) -> Result<bool, Error> {
    let target = (group, GroupAction::AddMembers);
    changed(change(services, actor, target, shown(user), false).await?)
}

/// Removes a member from a group. Returns false for a user who is no member.
///
/// # Errors
/// As [`add`]. A manager cannot remove a member who manages the group, too.
pub async fn remove(
    services: &Services,
    actor: &GroupActor,
    group: TargetRef,
    user: TargetRef,
) -> Result<bool, Error> {
    let target = (group, GroupAction::RemoveMembers);
    changed(change(services, actor, target, shown(user), false).await?)
}

/// Sets whether a member manages the group. Returns false if nothing changes, also for a user who is no member.
///
/// # Errors
/// As [`add`].
pub async fn set_manager(
    services: &Services,
    authorized: &Authorized<GroupsWrite>,
    group: TargetRef,
    user: TargetRef,
    is_manager: bool,
) -> Result<bool, Error> {
    changed(change_managers(services, authorized, group, shown(user), is_manager).await?)
}

/// Returns one user as a selection.
fn shown(user: TargetRef) -> Users {
    Users {
        selection: MemberSelection::Ids(vec![user.id]),
        shown: Some(user),
    }
}

/// Returns whether a user was changed, or the reason why the user was skipped.
fn changed(outcome: MembersOutcome) -> Result<bool, Error> {
    if !outcome.unknown.is_empty() {
        return Err(guard::NOT_FOUND);
    }
    if !outcome.skipped.is_empty() {
        return Err(Error::Denied(Denied::MoreRights));
    }
    Ok(outcome.changed > 0)
}
