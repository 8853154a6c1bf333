//! Policy on groups: a manager administers the members of the own groups, and nothing else.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::users::{Unknown, string_enum};

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
