//! Audited actions: the table of all of them, with the kind of their target.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::users::{Unknown, action::BulkAction, string_enum};

/// Declares the kinds of targets of two tables, and between them the resources.
macro_rules! target_kinds {
    ({ [$($before:tt)*] [$($after:tt)*] } $($one:ident $many:ident $actions:tt $object:tt $tag:tt $($icon:ident)?;)+) => {
        pastey::paste! {
            string_enum! {
                /// Kind of the target of an audited action.
                TargetKind {
                    $($before)*
                    $(#[doc = $object] $one = stringify!([<$one:snake>]),)+
                    $($after)*
                }
            }
        }
    };
}

crate::for_each_resource! { target_kinds! { [
    /// A user.
    User = "user",
    /// Several users or sessions at once. The entry has others beneath it.
    Users = "users",
    /// A session.
    Session = "session",
    /// An invitation.
    Invitation = "invitation",
    /// A provider API key of the system.
    ApiKey = "api_key",
] [
    /// A limit.
    Limit = "limit",
    /// The audit log itself.
    Audit = "audit",
    /// The installation.
    System = "system",
] } }

/// Declares every action in one entry: name, kind of the target, and documentation.
macro_rules! actions {
    ($($variant:ident = $name:expr, $target:ident, $doc:expr;)+) => {
        /// An audited action.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action { $(#[doc = concat!($doc, ".")] $variant,)+ }

        impl Action {
            /// Every action once, in the order in which a list offers them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Returns its name in the database, the API and in filters.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// Returns the kind of its target. The target of an action on a user's own API key is the user.
            #[must_use]
            pub const fn target(self) -> TargetKind {
                match self { $(Self::$variant => TargetKind::$target,)+ }
            }
        }

        impl FromStr for Action {
            type Err = Unknown;

            fn from_str(name: &str) -> Result<Self, Unknown> {
                let mut all = Self::ALL.iter().copied();
                let found = all.find(|action| action.as_str() == name);
                found.ok_or_else(|| Unknown(name.to_owned()))
            }
        }
    };
}

/// Declares the actions of two tables, and between them those of the resources.
macro_rules! with_resources {
    ({ [$($before:tt)*] [$($after:tt)*] } $($one:ident $many:ident ($($action:ident)+) $object:tt $tag:tt $($icon:ident)?;)+) => {
        pastey::paste! {
            actions! {
                $($before)*
                $($(
                    [<$one $action:camel>] = concat!(stringify!([<$one:snake>]), ".", stringify!($action)), $one,
                        concat!("Action `", stringify!($action), "` on ", stringify!($many));
                )+)+
                $($after)*
            }
        }
    };
}

crate::for_each_resource! { with_resources! { [
    SessionStarted = "session.started", Session, "Signed in";
    OwnSessionRevoked = "user.session_ended", User, "Own session revoked";
    SessionRevoked = "user.session_revoked", User, "Session revoked";
    SessionsRevoked = "user.sessions_ended", User, "Sessions revoked";
    SessionsRevokedInBulk = "sessions.revoked", Users, "Sessions revoked (bulk)";
    UserCreated = "user.created", User, "User created";
    UserUpdated = "user.updated", User, "User updated";
    UserSuspended = "user.suspended", User, "User suspended";
    UserUnsuspended = "user.unsuspended", User, "User unsuspended";
    UserDeleted = "user.deleted", User, "User deleted";
    UserRestored = "user.restored", User, "User restored";
    UsersSuspended = "users.suspended", Users, "Users suspended (bulk)";
    UsersUnsuspended = "users.unsuspended", Users, "Users unsuspended (bulk)";
    UsersSignedOut = "users.signed_out", Users, "Users signed out (bulk)";
    UsersDeleted = "users.deleted", Users, "Users deleted (bulk)";
    UsersRestored = "users.restored", Users, "Users restored (bulk)";
    UserPurged = "user.purged", User, "User permanently deleted";
    PurgeRetried = "user.purge_retried", User, "Deletion retried";
    AdminRecovered = "user.admin_recovered", User, "Admin recovered";
    GroupJoined = "user.group_joined", User, "Added to group";
    GroupLeft = "user.group_left", User, "Removed from group";
    GroupManagerSet = "user.group_manager_set", User, "Group manager set";
    AccessGranted = "user.access_granted", User, "Access to resource granted";
    AccessRevoked = "user.access_revoked", User, "Access to resource revoked";
    TemporaryPasswordUsed = "user.temporary_password_used", User, "Temporary password used";
    ResetLinkCreated = "user.reset_link_created", User, "Reset link created";
    ResetLinkRevoked = "user.reset_link_revoked", User, "Reset link revoked";
    PasswordSet = "user.password_chosen", User, "Password set";
    EmailConfirmed = "user.email_settled", User, "Email confirmed";
    EmailConflict = "user.email_contested", User, "Email conflict";
    DataTransferredOut = "user.data_given", User, "Data transferred out";
    DataTransferredIn = "user.data_received", User, "Data transferred in";
    DataExported = "user.exported", User, "Data exported";
    UserRegistered = "user.registered", User, "Registered";
    RegistrationApproved = "user.approved", User, "Registration approved";
    RegistrationRejected = "user.rejected", User, "Registration rejected";
    RegistrationReopened = "user.reopened", User, "Registration reopened";
    RegistrationRestored = "user.registration_restored", User, "Registration restored";
    RegistrationsApproved = "registrations.approved", Users, "Registrations approved (bulk)";
    RegistrationsRejected = "registrations.rejected", Users, "Registrations rejected (bulk)";
    RegistrationsReopened = "registrations.reopened", Users, "Registrations reopened (bulk)";
    RegistrationsRestored = "registrations.restored", Users, "Registrations restored (bulk)";
    InvitationAccepted = "user.invitation_accepted", User, "Invitation accepted";
    InvitationCreated = "invitation.created", Invitation, "Invitation created";
    InvitationResent = "invitation.resent", Invitation, "Invitation resent";
    InvitationRevoked = "invitation.revoked", Invitation, "Invitation revoked";
    TokenCreated = "user.token_created", User, "Access token created";
    TokenRevoked = "user.token_revoked", User, "Access token revoked";
    KeyCreated = "user.virtual_key_created", User, "Virtual key created";
    KeyBlocked = "user.virtual_key_blocked", User, "Virtual key blocked";
    KeyUnblocked = "user.virtual_key_unblocked", User, "Virtual key unblocked";
    KeyRotated = "user.virtual_key_rotated", User, "Virtual key rotated";
    KeyPreviousEnded = "user.virtual_key_previous_ended", User, "Previous secret of a virtual key ended";
    KeyUpdated = "user.virtual_key_updated", User, "Virtual key updated";
    KeyRevoked = "user.virtual_key_revoked", User, "Virtual key revoked";
    ApiKeyCreated = "api_key.created", ApiKey, "API key added";
    ApiKeyUpdated = "api_key.updated", ApiKey, "API key updated";
    ApiKeyDeleted = "api_key.deleted", ApiKey, "API key deleted";
    ApiKeyRevoked = "api_key.revoked", User, "API key revoked";
    ApiKeyResolved = "api_key.resolved", User, "API key read by service";
    ApiKeysReencrypted = "api_key.reencrypted", ApiKey, "API keys re-encrypted";
    PersonaCreated = "persona.created", User, "Persona created";
    PersonaUpdated = "persona.updated", User, "Persona updated";
    PersonaDeleted = "persona.deleted", User, "Persona deleted";
    OntologyCreated = "ontology.created", User, "Ontology created";
    OntologyUpdated = "ontology.updated", User, "Ontology updated";
    OntologyDeleted = "ontology.deleted", User, "Ontology deleted";
    AnnotationCreated = "annotation.created", User, "Annotation created";
    AnnotationUpdated = "annotation.updated", User, "Annotation updated";
    AnnotationDeleted = "annotation.deleted", User, "Annotation deleted";
] [
    ConversationCreated = "conversation.created", User, "Conversation created";
    ConversationViewed = "conversation.viewed", User, "Conversation viewed";
    ConversationsSearched = "conversation.searched", System, "Conversations searched";
    ConversationExported = "conversation.exported", User, "Conversation exported";
    ConversationsExported = "conversation.list_exported", System, "Conversations exported";
    LimitStored = "limit.stored", Limit, "Limit set";
    LimitDeleted = "limit.deleted", Limit, "Limit deleted";
    SharedToppedUp = "limit.topped_up", Limit, "Shared limit topped up";
    SharedAdjusted = "limit.adjusted", Limit, "Usage of a shared limit adjusted";
    SharedReset = "limit.reset", Limit, "Usage of a shared limit reset";
    UsersLimitsSet = "users.limits_set", Users, "Limits of users set (bulk)";
    UsersLimitsDeleted = "users.limits_deleted", Users, "Limits of users deleted (bulk)";
    UsersBalancesReset = "users.balances_reset", Users, "Usage of users reset (bulk)";
    ModelsAllowed = "user.models_allowed", User, "Allowed models set";
    BalanceToppedUp = "user.balance_topped_up", User, "Limit topped up";
    BalanceAdjusted = "user.balance_adjusted", User, "Usage adjusted";
    BalanceReset = "user.balance_reset", User, "Usage reset";
    UsageExported = "usage.exported", System, "Usage exported";
    DemoLoaded = "demo.loaded", System, "Demo users loaded";
    AuditExported = "audit.exported", Audit, "Audit log exported";
] } }

impl Action {
    /// Returns the action of the entry above those of the single users, for a bulk action.
    #[must_use]
    pub const fn of_bulk(action: &BulkAction) -> Self {
        match action {
            BulkAction::Suspend(_) => Self::UsersSuspended,
            BulkAction::Unsuspend {} => Self::UsersUnsuspended,
            BulkAction::RevokeSessions {} => Self::UsersSignedOut,
            BulkAction::Delete {} => Self::UsersDeleted,
            BulkAction::Restore {} => Self::UsersRestored,
        }
    }
}

/// Returns whether a text has the form of an action's name. A filter accepts names of newer versions too.
pub(crate) fn is_action_name(text: &str) -> bool {
    const MOST: usize = 60;
    let letters =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    text.len() <= MOST
        && text
            .split_once('.')
            .is_some_and(|(kind, action)| letters(kind) && letters(action))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_action_has_its_own_name() {
        let names: BTreeSet<_> = Action::ALL.iter().map(|action| action.as_str()).collect();
        assert_eq!(names.len(), Action::ALL.len());
        for action in Action::ALL {
            let name = action.as_str();
            assert!(is_action_name(name), "{name}");
            assert_eq!(name.parse(), Ok(*action));
        }
    }

    #[test]
    fn name_of_a_newer_version_is_no_action() {
        assert!("planet.moved".parse::<Action>().is_err());
    }

    #[test]
    fn bulk_actions_are_named_in_the_plural() {
        for action in Action::ALL {
            let name = action.as_str();
            let is_plural = ["sessions.", "users.", "registrations."]
                .iter()
                .any(|kind| name.starts_with(kind));
            assert_eq!(action.target() == TargetKind::Users, is_plural, "{name}");
        }
    }

    #[test]
    fn action_names_are_well_formed() {
        for (text, is_one) in [
            ("user.created", true),
            ("api_key.used", true),
            ("user", false),
            ("user.", false),
            (".created", false),
            ("user.created.twice", false),
            ("User.created", false),
            ("user.created ", false),
        ] {
            assert_eq!(is_action_name(text), is_one, "{text}");
        }
        assert!(!is_action_name(&format!("user.{}", "x".repeat(60))));
    }
}
