//! Actions on a user: one table for the policy, the pages, the forms and the bulk actions.

mod row;

use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use utoipa::ToSchema;

use self::row::{Dialog, OnSelf, Row};
use super::{Status, Unknown, suspension::SuspensionDraft};
use crate::{message::Message, messages};

/// Users whose page offers an action.
#[derive(Clone, Copy)]
enum Offered {
    /// All users.
    Always,
    /// Users who are not deleted.
    Existing,
    /// Users who are not deleted and have this status.
    With(Status),
    /// Deleted users.
    Deleted,
}

/// Actions that the page of a user offers, in its order.
const ON_PAGE: &[(UserAction, Offered)] = &[
    (UserAction::Edit, Offered::Existing),
    (UserAction::Reset, Offered::Existing),
    (UserAction::RevokeSessions, Offered::Existing),
    (UserAction::Unsuspend, Offered::With(Status::Suspended)),
    (UserAction::Suspend, Offered::With(Status::Active)),
    (UserAction::Approve, Offered::With(Status::Pending)),
    (UserAction::Restore, Offered::Deleted),
    (UserAction::Delete, Offered::Always),
];

macro_rules! user_actions {
    ($($(#[$doc:meta])* $action:ident = $row:expr,)+) => {
        /// An action on a user.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum UserAction { $($(#[$doc])* $action,)+ }

        impl UserAction {
            /// Every action, in the order of the declaration.
            pub const ALL: &'static [Self] = &[$(Self::$action,)+];

            const fn row(self) -> Row {
                match self { $(Self::$action => $row,)+ }
            }
        }
    };
}

user_actions! {
    /// Changes the names, the address or the profile.
    Edit = Row::new("edit", OnSelf::Permitted),
    /// Changes the address. Users change their own one in the account settings, which ask for the current password first, since
    /// a session alone may be stolen.
    SetEmail = Row::new("set-email", OnSelf::Denied(messages::own_email_elsewhere)),
    /// Changes the roles.
    SetRoles = Row::new("set-roles", OnSelf::Denied(messages::cannot_change_own_roles)).removes_admin(),
    /// Sets a temporary password, or creates a link to choose one. Users change their own password like their own address.
    Reset = Row::new("reset", OnSelf::Denied(messages::own_password_elsewhere)),
    /// Suspends the account.
    Suspend = Row::new("suspend", OnSelf::Denied(messages::cannot_suspend_self)).bulk()
        .undone_by(Self::Unsuspend).removes_admin(),
    /// Lifts the suspension.
    Unsuspend = Row::new("unsuspend", OnSelf::Permitted).bulk().immediate().undone_by(Self::Suspend),
    /// Revokes all sessions.
    RevokeSessions = Row::new("sign-out", OnSelf::Permitted).bulk().confirmed(),
    /// Deletes the account, or purges a deleted one. The message of a denial on the own account is FOVEA's.
    Delete = Row::new("delete", OnSelf::Denied(messages::cannot_delete_self)).bulk()
        .undone_by(Self::Restore).removes_admin(),
    /// Restores the deleted account.
    Restore = Row::new("restore", OnSelf::Permitted).bulk().immediate().undone_by(Self::Delete),
    /// Approves or rejects the pending registration.
    Approve = Row::new("approve", OnSelf::Permitted),
}

/// A bulk action. The variants have empty fields because serde would accept unknown fields with a unit variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", tag = "action", deny_unknown_fields)]
pub enum BulkAction {
    /// Suspends them.
    Suspend(SuspensionDraft),
    /// Unsuspends them.
    Unsuspend {},
    /// Revokes their sessions.
    RevokeSessions {},
    /// Deletes them, permanently if the server does not retain deleted users.
    Delete {},
    /// Restores the deleted users.
    Restore {},
}

impl BulkAction {
    /// Returns the request for an action, with the suspension if it is one; `None` if the action applies to one user only.
    #[must_use]
    pub fn of(action: UserAction, suspension: SuspensionDraft) -> Option<Self> {
        Some(match action {
            UserAction::Suspend => Self::Suspend(suspension),
            UserAction::Unsuspend => Self::Unsuspend {},
            UserAction::RevokeSessions => Self::RevokeSessions {},
            UserAction::Delete => Self::Delete {},
            UserAction::Restore => Self::Restore {},
            _ => return None,
        })
    }

    /// Returns the action on each of the users.
    #[must_use]
    pub const fn user_action(&self) -> UserAction {
        match self {
            Self::Suspend(_) => UserAction::Suspend,
            Self::Unsuspend {} => UserAction::Unsuspend,
            Self::RevokeSessions {} => UserAction::RevokeSessions,
            Self::Delete {} => UserAction::Delete,
            Self::Restore {} => UserAction::Restore,
        }
    }

    /// Returns the reason why the action skips users of a status; `None` if it applies to them.
    #[must_use]
    pub fn skipped(&self, status: Status) -> Option<Message> {
        match self {
            Self::Suspend(_) => (status != Status::Active).then(messages::skipped_not_active),
            Self::Unsuspend {} => {
                (status != Status::Suspended).then(messages::skipped_not_suspended)
            }
            Self::RevokeSessions {} | Self::Delete {} | Self::Restore {} => None,
        }
    }
}

impl UserAction {
    /// Number of the actions whose dialog only asks for confirmation.
    pub const CONFIRMED: usize = {
        let (mut count, mut actions) = (0, Self::ALL);
        while let [action, rest @ ..] = actions {
            if action.is_confirmed() {
                count += 1;
            }
            actions = rest;
        }
        count
    };

    /// Name of the action in URLs and in the field `operation` of forms. No field is named `action`, because it would hide
    /// the attribute of its form.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.row().name
    }

    /// Returns whether the action also applies to several users at once.
    #[must_use]
    pub const fn is_bulk(self) -> bool {
        self.row().is_bulk
    }

    /// Lists the actions that apply to several users.
    pub fn bulk() -> impl Iterator<Item = Self> {
        let all = Self::ALL.iter().copied();
        all.filter(|action| action.is_bulk())
    }

    /// Returns whether the action needs a button only: it has no fields, and it can be undone.
    #[must_use]
    pub const fn is_immediate(self) -> bool {
        matches!(self.row().dialog, Dialog::None)
    }

    /// Returns whether the dialog of the action only asks for confirmation. Its path is that of the user, followed by the
    /// name of the action.
    #[must_use]
    pub const fn is_confirmed(self) -> bool {
        matches!(self.row().dialog, Dialog::Confirmation)
    }

    /// Returns the action that undoes this one; `None` if it cannot be undone.
    #[must_use]
    pub const fn undone_by(self) -> Option<Self> {
        self.row().undone_by
    }

    /// Returns whether the action can remove the last administrator who can sign in.
    #[must_use]
    pub const fn can_remove_admin(self) -> bool {
        self.row().can_remove_admin
    }

    /// Returns the message that denies the action on the actor's own account; `None` if it is permitted.
    #[must_use]
    pub fn denied_to_self(self) -> Option<Message> {
        match self.row().on_self {
            OnSelf::Permitted => None,
            OnSelf::Denied(message) => Some(message()),
        }
    }

    /// Lists the actions that the page of a user offers, in its order.
    pub fn on_page(status: Status, is_deleted: bool) -> impl Iterator<Item = Self> {
        let is_offered = move |offered| match offered {
            Offered::Always => true,
            Offered::Existing => !is_deleted,
            Offered::With(required) => !is_deleted && required == status,
            Offered::Deleted => is_deleted,
        };
        let offered = ON_PAGE.iter().filter(move |(_, users)| is_offered(*users));
        offered.map(|(action, _)| *action)
    }
}

impl FromStr for UserAction {
    type Err = Unknown;

    fn from_str(name: &str) -> Result<Self, Unknown> {
        let mut all = Self::ALL.iter().copied();
        all.find(|action| action.as_str() == name)
            .ok_or_else(|| Unknown(name.to_owned()))
    }
}

impl Serialize for UserAction {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for UserAction {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        name.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_parsed_and_distinct() {
        for action in UserAction::ALL {
            assert_eq!(action.as_str().parse(), Ok(*action));
            let json = serde_json::to_string(action).unwrap();
            assert_eq!(serde_json::from_str::<UserAction>(&json).unwrap(), *action);
        }
        for name in ["", "Suspend", "revoke-sessions"] {
            assert!(name.parse::<UserAction>().is_err(), "{name}");
        }
    }

    #[test]
    fn requests_exist_for_bulk_actions_only() {
        for action in UserAction::ALL {
            let request = BulkAction::of(*action, SuspensionDraft::default());
            assert_eq!(request.is_some(), action.is_bulk());
            if let Some(request) = request {
                assert_eq!(request.user_action(), *action);
            }
        }
    }

    #[test]
    fn bulk_actions_skip_users_of_another_status() {
        let suspend = BulkAction::Suspend(SuspensionDraft::default());
        for (action, applied) in [
            (suspend, &[Status::Active][..]),
            (BulkAction::Unsuspend {}, &[Status::Suspended]),
            (BulkAction::RevokeSessions {}, Status::ALL),
            (BulkAction::Delete {}, Status::ALL),
            (BulkAction::Restore {}, Status::ALL),
        ] {
            for status in Status::ALL {
                let is_applied = applied.contains(status);
                assert_eq!(action.skipped(*status).is_none(), is_applied, "{action:?}");
            }
        }
    }

    #[test]
    fn undo_leads_back() {
        for action in UserAction::ALL {
            let Some(reverse) = action.undone_by() else {
                continue;
            };
            assert_eq!(reverse.undone_by(), Some(*action));
            assert_ne!(reverse, *action);
        }
    }

    #[test]
    fn immediate_actions_can_be_undone() {
        let immediate = UserAction::ALL
            .iter()
            .filter(|action| action.is_immediate());
        let immediate: Vec<&UserAction> = immediate.collect();
        assert_eq!(immediate, [&UserAction::Unsuspend, &UserAction::Restore]);
        assert!(immediate.iter().all(|action| action.undone_by().is_some()));
    }

    #[test]
    fn confirmed_actions_cannot_be_undone() {
        assert!(UserAction::RevokeSessions.is_confirmed());
        for action in UserAction::ALL {
            let reverse = action.undone_by();
            assert!(reverse.is_none() || !action.is_confirmed(), "{action:?}");
        }
    }

    #[test]
    fn confirmed_actions_are_counted() {
        let confirmed = UserAction::ALL
            .iter()
            .filter(|action| action.is_confirmed());
        assert_eq!(confirmed.count(), UserAction::CONFIRMED);
    }

    #[test]
    fn actions_on_the_own_account_are_denied_with_what_to_do_instead() {
        let all = UserAction::ALL
            .iter()
            .map(|action| (*action, action.denied_to_self()));
        let all: Vec<(UserAction, Option<Message>)> = all.collect();
        assert_eq!(
            all,
            [
                (UserAction::Edit, None),
                (UserAction::SetEmail, Some(messages::own_email_elsewhere())),
                (
                    UserAction::SetRoles,
                    Some(messages::cannot_change_own_roles())
                ),
                (UserAction::Reset, Some(messages::own_password_elsewhere())),
                (UserAction::Suspend, Some(messages::cannot_suspend_self())),
                (UserAction::Unsuspend, None),
                (UserAction::RevokeSessions, None),
                (UserAction::Delete, Some(messages::cannot_delete_self())),
                (UserAction::Restore, None),
                (UserAction::Approve, None),
            ]
        );
    }

    #[test]
    fn page_of_a_user_offers_what_applies_to_the_status() {
        use UserAction::{
            Approve, Delete, Edit, Reset, Restore, RevokeSessions, Suspend, Unsuspend,
        };
        for (status, expected) in [
            (Status::Active, Suspend),
            (Status::Suspended, Unsuspend),
            (Status::Pending, Approve),
        ] {
            let offered: Vec<UserAction> = UserAction::on_page(status, false).collect();
            assert_eq!(offered, [Edit, Reset, RevokeSessions, expected, Delete]);
            let offered: Vec<UserAction> = UserAction::on_page(status, true).collect();
            assert_eq!(offered, [Restore, Delete]);
        }
    }

    #[test]
    fn bulk_actions_have_names_of_their_own() {
        let names: Vec<&str> = UserAction::bulk().map(UserAction::as_str).collect();
        assert_eq!(
            names,
            ["suspend", "unsuspend", "sign-out", "delete", "restore"]
        );
    }
}
