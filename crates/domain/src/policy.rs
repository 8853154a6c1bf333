//! Policy: permissions for actions on users. It is evaluated before a dialog opens, so that a denial comes before any typing, and again
//! when the action runs.

use serde::{Deserialize, Serialize};

use crate::{
    message::{Message, message_error},
    messages,
    permission::{Permission, Permissions},
    users::{UserId, action::UserAction},
};

/// The actor of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The id of the user; `None` for the operator on the command line and for jobs.
    pub id: Option<UserId>,
    /// Permissions of the actor.
    pub permissions: Permissions,
}

/// The target of an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The id of the user.
    pub id: UserId,
    /// Permissions of the user.
    pub permissions: Permissions,
    /// Whether the user is the only administrator who can sign in.
    pub is_last_admin: bool,
}

/// Reason for denying an action, with a message that says what to do instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// The target is the own account of the actor, on which the action is denied.
    OnSelf(UserAction),
    /// No administrator who can sign in would be left.
    LastAdmin,
    /// The target has a permission that the actor lacks.
    MoreRights,
    /// An assigned role has a permission that the actor lacks.
    Grant,
    /// The role, as it is or as it would be, has a permission that the actor lacks, or a higher rank than those of the actor.
    RoleAboveOwn,
    /// The virtual key is one of the actor's own, which requires the current password.
    OwnKey,
    /// The target sees the data of a client that the actor does not see.
    MoreClients,
}

impl Denied {
    /// Returns the message for the actor.
    #[must_use]
    pub fn message(self) -> Message {
        match self {
            Self::OnSelf(action) => action
                .denied_to_self()
                .unwrap_or_else(messages::cannot_act_on_self),
            Self::LastAdmin => messages::last_admin(),
            Self::MoreRights => messages::target_has_more_permissions(),
            Self::Grant => messages::role_has_more_permissions(),
            Self::RoleAboveOwn => messages::role_above_own(),
            Self::OwnKey => messages::own_key_elsewhere(),
            Self::MoreClients => messages::target_has_more_clients(),
        }
    }
}

message_error!(Denied);

/// Returns the reason for denying an action; `None` if it is permitted.
#[must_use]
pub fn denied(subject: &Subject, action: UserAction, target: &Target) -> Option<Denied> {
    let own = subject.id == Some(target.id);
    if own && action.denied_to_self().is_some() {
        return Some(Denied::OnSelf(action));
    }
    if is_out_of_reach(subject, &target.permissions) {
        return Some(Denied::MoreRights);
    }
    (action.can_remove_admin() && target.is_last_admin).then_some(Denied::LastAdmin)
}

/// Returns the reason for denying users to delete their own account, where the server allows that; `None` if it is permitted.
#[must_use]
pub fn own_deletion_denied(own: &Target) -> Option<Denied> {
    own.is_last_admin.then_some(Denied::LastAdmin)
}

/// Returns whether a user or a role with these permissions is out of the actor's reach: one of them is a permission that the actor lacks.
/// Users who have such a role are out of reach as well.
#[must_use]
pub fn is_out_of_reach(subject: &Subject, rights: &Permissions) -> bool {
    !subject.permissions.include_all(rights)
}

/// Returns whether an invitation is still valid: its creator can invite, and can assign its roles. `creator` are the creator's permissions,
/// `None` if the creator cannot sign in any more.
#[must_use]
pub fn invitation_is_valid(creator: Option<&Permissions>, given: &Permissions) -> bool {
    creator.is_some_and(|creator| {
        creator.include(Permission::RegistrationsWrite) && creator.include_all(given)
    })
}

/// Returns whether a link to choose a password, or a temporary password, is still valid: its creator could create it now, for the account
/// as it is now. `creator` are the creator's permissions, `None` if the creator cannot sign in any more.
#[must_use]
pub fn password_is_valid(creator: Option<&Permissions>, target: &Permissions) -> bool {
    creator.is_some_and(|creator| {
        creator.include(Permission::UsersWrite) && creator.include_all(target)
    })
}

/// Returns whether an actor with these permissions is a host application, which stores and transfers the resources of all users.
#[must_use]
pub fn is_host(permissions: &Permissions) -> bool {
    permissions.include(Permission::LimitsConsume)
}

/// Returns whether an actor with these permissions, who can change resources, can transfer those of a user to another one. Apart from a host
/// application, the actor must also be able to edit both users.
#[must_use]
pub fn can_transfer_resources(permissions: &Permissions) -> bool {
    is_host(permissions) || permissions.include(Permission::UsersWrite)
}

/// Returns the reason for denying the assignment of roles with these permissions; `None` if it is permitted.
#[must_use]
pub fn assign_denied(subject: &Subject, given: &Permissions) -> Option<Denied> {
    (!subject.permissions.include_all(given)).then_some(Denied::Grant)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn permissions(assigned: &[&str]) -> Permissions {
        Permissions::new(assigned.iter().map(ToString::to_string).collect())
    }

    fn id(n: u128) -> UserId {
        UserId(Uuid::from_u128(n))
    }

    #[test]
    fn every_action_on_every_target() {
        use Denied::{LastAdmin, MoreRights, OnSelf};
        type Expected = fn(UserAction) -> Option<Denied>;
        let admin = Subject {
            id: Some(id(1)),
            permissions: Permissions::all(),
        };
        let helpdesk = Subject {
            id: Some(id(2)),
            permissions: permissions(&["users:read", "users:write"]),
        };
        let operator = Subject {
            id: None,
            permissions: Permissions::all(),
        };
        let target_with = |n, assigned: &[&str], is_last_admin| Target {
            id: id(n),
            permissions: permissions(assigned),
            is_last_admin,
        };
        let allowed: Expected = |_| None;
        let out_of_reach: Expected = |_| Some(MoreRights);
        let last: Expected = |action| match action {
            UserAction::SetRoles | UserAction::Suspend | UserAction::Delete => Some(LastAdmin),
            _ => None,
        };
        let own: Expected = |action| match action {
            UserAction::SetEmail
            | UserAction::SetRoles
            | UserAction::Reset
            | UserAction::Suspend
            | UserAction::Delete => Some(OnSelf(action)),
            _ => None,
        };
        for (subject, target, expected) in [
            (&admin, target_with(9, &[], false), allowed),
            (&admin, target_with(9, &["*"], false), allowed),
            (&admin, target_with(9, &["*"], true), last),
            (&admin, target_with(1, &["*"], false), own),
            (&admin, target_with(1, &["*"], true), own),
            (&helpdesk, target_with(9, &[], false), allowed),
            (&helpdesk, target_with(9, &["users:write"], false), allowed),
            (&helpdesk, target_with(9, &["*:read"], false), out_of_reach),
            (&helpdesk, target_with(9, &["*"], true), out_of_reach),
            (&operator, target_with(9, &["*"], false), allowed),
            (&operator, target_with(9, &["*"], true), last),
        ] {
            for action in UserAction::ALL.iter().copied() {
                assert_eq!(
                    denied(subject, action, &target),
                    expected(action),
                    "{action:?} {subject:?} {target:?}"
                );
            }
        }
    }

    #[test]
    fn every_denial_has_a_message() {
        let on_self = UserAction::ALL.iter().copied().map(Denied::OnSelf);
        let others = [
            Denied::LastAdmin,
            Denied::MoreRights,
            Denied::Grant,
            Denied::RoleAboveOwn,
            Denied::OwnKey,
            Denied::MoreClients,
        ];
        for denied in on_self.chain(others) {
            assert!(!denied.message().is_empty(), "{denied:?}");
        }
    }

    #[test]
    fn last_admin_cannot_delete_their_account() {
        for (is_last_admin, expected) in [(false, None), (true, Some(Denied::LastAdmin))] {
            let own = Target {
                id: id(1),
                permissions: Permissions::all(),
                is_last_admin,
            };
            assert_eq!(own_deletion_denied(&own), expected);
        }
    }

    #[test]
    fn roles_beyond_own_permissions_cannot_be_assigned() {
        let helpdesk = Subject {
            id: Some(id(2)),
            permissions: permissions(&["users:read", "users:write"]),
        };
        for (given, expected) in [
            (&[][..], None),
            (&["users:read"], None),
            (&["*:read"], Some(Denied::Grant)),
            (&["*"], Some(Denied::Grant)),
        ] {
            assert_eq!(assign_denied(&helpdesk, &permissions(given)), expected);
        }
    }

    #[test]
    fn resources_are_transferred_by_those_who_change_users_and_by_hosts() {
        for (assigned, expected) in [
            (&["resources:write", "users:write"][..], true),
            (&["resources:write", "limits:consume"], true),
            (&["*"], true),
            (&["resources:write", "users:read"], false),
            (&["*:read"], false),
        ] {
            let actor = permissions(assigned);
            assert_eq!(can_transfer_resources(&actor), expected, "{assigned:?}");
        }
    }

    #[test]
    fn password_is_valid_while_its_creator_can_set_it() {
        let helpdesk = permissions(&["users:read", "users:write"]);
        for (creator, target, expected) in [
            (Some(&helpdesk), &[][..], true),
            (Some(&helpdesk), &["users:read"], true),
            (Some(&helpdesk), &["*"], false),
            (Some(&Permissions::all()), &["*"], true),
            (Some(&permissions(&["*:read"])), &[], false),
            (None, &[], false),
        ] {
            assert_eq!(password_is_valid(creator, &permissions(target)), expected);
        }
    }

    #[test]
    fn invitation_is_valid_while_its_creator_can_invite() {
        let helper = permissions(&["registrations:write"]);
        let admin = Permissions::all();
        for (creator, given, expected) in [
            (Some(&admin), &["*"][..], true),
            (Some(&helper), &[], true),
            (Some(&helper), &["users:read"], false),
            (Some(&permissions(&["*:read", "users:write"])), &[], false),
            (None, &[], false),
        ] {
            assert_eq!(invitation_is_valid(creator, &permissions(given)), expected);
        }
    }
}
