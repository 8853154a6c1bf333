//! Who may do what to whose account. Asked before a dialog opens, so that a refusal is said before any typing, and again
//! when it is done.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    access::{Permission, Permissions},
    users::UserId,
};

/// What can be done to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Change its names, address, profile.
    Edit,
    /// Give it another address.
    SetEmail,
    /// Give it other roles.
    SetRoles,
    /// Set a temporary password, or make a link for a new one.
    Reset,
    /// Keep it from being used.
    Suspend,
    /// Let it be used again.
    Unsuspend,
    /// Put it into the bin, or remove what is in it.
    Delete,
    /// Take it out of the bin.
    Restore,
    /// End its sessions.
    EndSessions,
    /// Let it in or not, while it waits for that.
    Admit,
}

/// Who does it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doer {
    /// Their account; none for the operator on the command line and for jobs.
    pub id: Option<UserId>,
    /// What they may do.
    pub permissions: Permissions,
}

/// To whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Their account.
    pub id: UserId,
    /// What they may do.
    pub permissions: Permissions,
    /// Whether they are the only administrator who can sign in.
    pub is_last_admin: bool,
}

/// Why it is refused, as a sentence that says what to do instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    /// FOVEA's text.
    #[error("Cannot delete yourself")]
    DeleteSelf,
    /// Themselves.
    #[error("Cannot suspend yourself")]
    SuspendSelf,
    /// Themselves.
    #[error("Cannot change your own roles. Ask another administrator.")]
    DemoteSelf,
    /// Themselves. Their own account asks for the current password first; a session alone may be stolen.
    #[error("Change your own password in your account settings, with your current password.")]
    OwnPassword,
    /// The same of the address.
    #[error("Change your own email in your account settings, with your current password.")]
    OwnEmail,
    /// Nobody would be left to let anyone in.
    #[error("This is the last administrator who can sign in. Make another one first.")]
    LastAdmin,
    /// Someone more powerful.
    #[error("This account has rights that yours lacks. Ask somebody who has them.")]
    MoreRights,
    /// Roles more powerful than the giver.
    #[error("You cannot give a role with rights that you lack.")]
    Grant,
}

/// Why a deed is refused; nothing if it may be done.
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

/// Why somebody may not delete their own account, where accounts may be deleted by those whose they are.
#[must_use]
pub fn leaving_refusal(own: &Standing) -> Option<Refusal> {
    own.is_last_admin.then_some(Refusal::LastAdmin)
}

/// Whether somebody who has these rights is none of the doer's business: they may do what the doer may not. Whoever has a
/// role that is, is too.
#[must_use]
pub fn is_out_of_reach(doer: &Doer, rights: &Permissions) -> bool {
    !doer.permissions.include_all(rights)
}

/// Whether an invitation still stands: whoever made it may invite, and could give its roles themselves. `maker` is what
/// they may do; none for somebody who cannot sign in any more.
#[must_use]
pub fn stands_behind(maker: Option<&Permissions>, given: &Permissions) -> bool {
    maker.is_some_and(|maker| {
        maker.include(Permission::RegistrationsWrite) && maker.include_all(given)
    })
}

/// Whether a link to choose a password or a temporary password still stands: its creator can do the same now, to the account
/// as it is now. `creator` is what they may do; none for somebody who cannot sign in any more.
#[must_use]
pub fn backs_password(creator: Option<&Permissions>, target: &Permissions) -> bool {
    creator.is_some_and(|creator| {
        creator.include(Permission::UsersWrite) && creator.include_all(target)
    })
}

/// Why roles may not be given; nothing if they may.
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
