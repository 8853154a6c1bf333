//! Policy: permissions for actions on users. It is evaluated before a dialog opens, so that a denial comes before any typing, and again
//! when the action runs.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    access::{Permission, Permissions},
    users::UserId,
};

/// An action on a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Changes the names, the address or the profile.
    Edit,
    /// Changes the address.
    SetEmail,
    /// Changes the roles.
    SetRoles,
    /// Sets a temporary password, or creates a link to choose one.
    Reset,
    /// Suspends the account.
    Suspend,
    /// Lifts the suspension.
    Unsuspend,
    /// Deletes the account, or purges a deleted one.
    Delete,
    /// Restores the deleted account.
    Restore,
    /// Revokes sessions.
    EndSessions,
    /// Approves or rejects the pending registration.
    Admit,
}

/// The actor of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doer {
    /// The id of the user; `None` for the operator on the command line and for jobs.
    pub id: Option<UserId>,
    /// Permissions of the actor.
    pub permissions: Permissions,
}

/// The target of an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The id of the user.
    pub id: UserId,
    /// Permissions of the user.
    pub permissions: Permissions,
    /// Whether the user is the only administrator who can sign in.
    pub is_last_admin: bool,
}

/// Reason for denying an action, with a message that says what to do instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The actor deletes their own account. The message is FOVEA's.
    #[error("Cannot delete yourself")]
    DeleteSelf,
    /// The actor suspends their own account.
    #[error("Cannot suspend yourself")]
    SuspendSelf,
    /// The actor changes their own roles.
    #[error("You can't change your own roles. Ask another administrator.")]
    DemoteSelf,
    /// The actor sets their own password as an administrator. The account settings ask for the current password first, since a session
    /// alone may be stolen.
    #[error("Change your own password under My account.")]
    OwnPassword,
    /// The actor changes their own address as an administrator, which would bypass the current password in the same way.
    #[error("Change your own email address under My account.")]
    OwnEmail,
    /// No administrator who can sign in would be left.
    #[error("This is the last active administrator. Add another one first.")]
    LastAdmin,
    /// The target has a permission that the actor lacks.
    #[error("You can't manage a user with more permissions than you.")]
    MoreRights,
    /// An assigned role has a permission that the actor lacks.
    #[error("You can't assign a role with more permissions than you.")]
    Grant,
}

/// Returns the reason for denying an action; `None` if it is permitted.
#[must_use]
pub fn refusal(doer: &Doer, deed: Deed, target: &Standing) -> Option<Refusal> {
    let own = doer.id == Some(target.id);
    let (to_self, may_leave_no_admin) = match deed {
        Deed::Delete => (Some(Refusal::DeleteSelf), true),
        Deed::Suspend => (Some(Refusal::SuspendSelf), true),
        Deed::SetRoles => (Some(Refusal::DemoteSelf), true),
        Deed::Reset => (Some(Refusal::OwnPassword), false),
        Deed::SetEmail => (Some(Refusal::OwnEmail), false),
        Deed::Edit | Deed::Unsuspend | Deed::Restore | Deed::EndSessions | Deed::Admit => {
            (None, false)
        }
    };
    if own && to_self.is_some() {
        return to_self;
    }
    if is_out_of_reach(doer, &target.permissions) {
        return Some(Refusal::MoreRights);
    }
    (may_leave_no_admin && target.is_last_admin).then_some(Refusal::LastAdmin)
}

/// Returns the reason for denying users to delete their own account, where the server allows that; `None` if it is permitted.
#[must_use]
pub fn leaving_refusal(own: &Standing) -> Option<Refusal> {
    own.is_last_admin.then_some(Refusal::LastAdmin)
}

/// Returns whether a user or a role with these permissions is out of the actor's reach: one of them is a permission that the actor lacks.
/// Users who have such a role are out of reach as well.
#[must_use]
pub fn is_out_of_reach(doer: &Doer, rights: &Permissions) -> bool {
    !doer.permissions.include_all(rights)
}

/// Returns whether an invitation is still valid: its creator can invite, and can assign its roles. `maker` are the creator's permissions,
/// `None` if the creator cannot sign in any more.
#[must_use]
pub fn stands_behind(maker: Option<&Permissions>, given: &Permissions) -> bool {
    maker.is_some_and(|maker| {
        maker.include(Permission::RegistrationsWrite) && maker.include_all(given)
    })
}

/// Returns whether a link to choose a password, or a temporary password, is still valid: its creator could create it now, for the account
/// as it is now. `creator` are the creator's permissions, `None` if the creator cannot sign in any more.
#[must_use]
pub fn backs_password(creator: Option<&Permissions>, target: &Permissions) -> bool {
    creator.is_some_and(|creator| {
        creator.include(Permission::UsersWrite) && creator.include_all(target)
    })
}

/// Returns the reason for denying the assignment of roles with these permissions; `None` if it is permitted.
#[must_use]
pub fn grant_refusal(doer: &Doer, given: &Permissions) -> Option<Refusal> {
    (!doer.permissions.include_all(given)).then_some(Refusal::Grant)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const DEEDS: [Deed; 10] = [
        Deed::Edit,
        Deed::SetEmail,
        Deed::SetRoles,
        Deed::Reset,
        Deed::Suspend,
        Deed::Unsuspend,
        Deed::Delete,
        Deed::Restore,
        Deed::EndSessions,
        Deed::Admit,
    ];

    fn permissions(granted: &[&str]) -> Permissions {
        Permissions::new(granted.iter().map(ToString::to_string).collect())
    }

    fn id(n: u128) -> UserId {
        UserId(Uuid::from_u128(n))
    }

    fn refusals(doer: &Doer, target: &Standing) -> [Option<Refusal>; 10] {
        DEEDS.map(|deed| refusal(doer, deed, target))
    }

    #[test]
    fn every_deed_to_everyone() {
        use Refusal::{
            DeleteSelf, DemoteSelf, LastAdmin, MoreRights, OwnEmail, OwnPassword, SuspendSelf,
        };
        let admin = Doer {
            id: Some(id(1)),
            permissions: Permissions::all(),
        };
        let helpdesk = Doer {
            id: Some(id(2)),
            permissions: permissions(&["users:read", "users:write"]),
        };
        let operator = Doer {
            id: None,
            permissions: Permissions::all(),
        };
        let standing = |n, granted: &[&str], is_last_admin| Standing {
            id: id(n),
            permissions: permissions(granted),
            is_last_admin,
        };
        let nobody = [None; 10];
        let last = [
            None,
            None,
            Some(LastAdmin),
            None,
            Some(LastAdmin),
            None,
            Some(LastAdmin),
            None,
            None,
            None,
        ];
        let own = [
            None,
            Some(OwnEmail),
            Some(DemoteSelf),
            Some(OwnPassword),
            Some(SuspendSelf),
            None,
            Some(DeleteSelf),
            None,
            None,
            None,
        ];
        for (doer, target, expected) in [
            (&admin, standing(9, &[], false), nobody),
            (&admin, standing(9, &["*"], false), nobody),
            (&admin, standing(9, &["*"], true), last),
            (&admin, standing(1, &["*"], false), own),
            (&admin, standing(1, &["*"], true), own),
            (&helpdesk, standing(9, &[], false), nobody),
            (&helpdesk, standing(9, &["users:write"], false), nobody),
            (
                &helpdesk,
                standing(9, &["*:read"], false),
                [Some(MoreRights); 10],
            ),
            (&helpdesk, standing(9, &["*"], true), [Some(MoreRights); 10]),
            (&operator, standing(9, &["*"], false), nobody),
            (&operator, standing(9, &["*"], true), last),
        ] {
            assert_eq!(refusals(doer, &target), expected, "{doer:?} {target:?}");
        }
    }

    #[test]
    fn everybody_may_leave_but_the_last_admin() {
        for (is_last_admin, expected) in [(false, None), (true, Some(Refusal::LastAdmin))] {
            let own = Standing {
                id: id(1),
                permissions: Permissions::all(),
                is_last_admin,
            };
            assert_eq!(leaving_refusal(&own), expected);
        }
    }

    #[test]
    fn nobody_gives_what_they_lack() {
        let helpdesk = Doer {
            id: Some(id(2)),
            permissions: permissions(&["users:read", "users:write"]),
        };
        for (given, expected) in [
            (&[][..], None),
            (&["users:read"], None),
            (&["*:read"], Some(Refusal::Grant)),
            (&["*"], Some(Refusal::Grant)),
        ] {
            assert_eq!(grant_refusal(&helpdesk, &permissions(given)), expected);
        }
    }

    #[test]
    fn a_password_is_worth_what_its_setter_can_do_now() {
        let helpdesk = permissions(&["users:read", "users:write"]);
        for (creator, target, expected) in [
            (Some(&helpdesk), &[][..], true),
            (Some(&helpdesk), &["users:read"], true),
            (Some(&helpdesk), &["*"], false),
            (Some(&Permissions::all()), &["*"], true),
            (Some(&permissions(&["*:read"])), &[], false),
            (None, &[], false),
        ] {
            assert_eq!(backs_password(creator, &permissions(target)), expected);
        }
    }

    #[test]
    fn an_invitation_stands_with_its_maker() {
        let helper = permissions(&["registrations:write"]);
        let admin = Permissions::all();
        for (maker, given, expected) in [
            (Some(&admin), &["*"][..], true),
            (Some(&helper), &[], true),
            (Some(&helper), &["users:read"], false),
            (Some(&permissions(&["*:read", "users:write"])), &[], false),
            (None, &[], false),
        ] {
            assert_eq!(stands_behind(maker, &permissions(given)), expected);
        }
    }
}
