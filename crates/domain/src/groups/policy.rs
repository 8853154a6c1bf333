//! Policy on groups: a manager administers the members of the own groups, and nothing else.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{
    permission::{Permission, Permissions},
    users::{Unknown, string_enum},
};

string_enum! {
    /// Action on a group or on its members.
    GroupAction {
        /// See the group and its members.
        Read = "read",
        /// Add users.
        AddMembers = "add_members",
        /// Remove members.
        RemoveMembers = "remove_members",
        /// Invite a new user into the group.
        Invite = "invite",
        /// Create a link with which a member chooses a new password.
        ResetMember = "reset_member",
        /// Change the managers.
        SetManagers = "set_managers",
        /// Change the group itself.
        Edit = "edit",
        /// Delete the group.
        Delete = "delete",
    }
}

string_enum! {
    /// Reason for which an actor can act on a group.
    GroupAuthority {
        /// The permission for all groups.
        Permission = "permission",
        /// The actor manages the group.
        Manager = "manager",
    }
}

/// Relation of a user to the actor and to the group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemberTarget {
    /// Whether the user has a permission that the actor lacks.
    pub outranks: bool,
    /// Whether the user manages the group.
    pub is_manager: bool,
}

/// Returns whether an action on a group is denied.
#[must_use]
pub const fn group_denied(authority: GroupAuthority, action: GroupAction) -> bool {
    match (authority, action) {
        (GroupAuthority::Permission, _)
        | (
            GroupAuthority::Manager,
            GroupAction::Read
            | GroupAction::AddMembers
            | GroupAction::RemoveMembers
            | GroupAction::Invite
            | GroupAction::ResetMember,
        ) => false,
        (
            GroupAuthority::Manager,
            GroupAction::SetManagers | GroupAction::Edit | GroupAction::Delete,
        ) => true,
    }
}

/// Returns whether an action on members skips a user. Managers cannot act on each other: that would be a change of the managers.
#[must_use]
pub const fn is_member_skipped(authority: GroupAuthority, target: MemberTarget) -> bool {
    target.outranks || (target.is_manager && matches!(authority, GroupAuthority::Manager))
}

/// Returns whether an invitation into a group is still valid: its creator can invite into the group, and can assign the roles. `creator`
/// are the creator's permissions, `None` if the creator cannot sign in any more.
#[must_use]
pub fn group_invitation_is_valid(
    creator: Option<&Permissions>,
    is_manager: bool,
    given: &Permissions,
) -> bool {
    let needed = [Permission::GroupsWrite, Permission::RegistrationsWrite];
    creator.is_some_and(|creator| {
        let can_invite = needed.iter().all(|needed| creator.include(*needed));
        (is_manager || can_invite) && creator.include_all(given)
    })
}

/// Returns whether a link that a manager created for a member is still valid. `manager` are the manager's permissions, `None` if the
/// manager cannot sign in any more; `is_managed` tells whether the user is a member of a group in which the manager can create such links
/// for this user.
#[must_use]
pub fn member_password_is_valid(
    manager: Option<&Permissions>,
    is_managed: bool,
    target: &Permissions,
) -> bool {
    is_managed && manager.is_some_and(|manager| manager.include_all(target))
}
