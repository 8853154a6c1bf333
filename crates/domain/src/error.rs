//! Kinds of errors. API, panel and command line show their messages, and programs compare the kinds.

mod message;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{message::Message, messages, permission::Permission};

/// Declares every kind of object in one entry: description, and the message that the object was not found.
macro_rules! entities {
    ($($(#[$description:meta])+ $variant:ident => $not_found:path;)+) => {
        /// Kind of an object that was not found.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Entity { $($(#[$description])+ $variant,)+ }

        impl Entity {
            /// Returns the message that the object was not found.
            #[must_use]
            pub const fn message(self) -> Message {
                match self { $(Self::$variant => $not_found(),)+ }
            }
        }
    };
}

/// Declares the kinds of two tables, and between them the resources.
macro_rules! with_resources {
    ({ [$($before:tt)*] [$($after:tt)*] } $($one:ident $many:ident $actions:tt $object:tt $tag:tt $($icon:ident)?;)+) => {
        pastey::paste! {
            entities! {
                $($before)*
                $(#[doc = $object] $one => messages::[<$one:snake _not_found>];)+
                $($after)*
            }
        }
    };
}

crate::for_each_resource! { with_resources! { [
    /// A user.
    User => messages::user_not_found;
    /// A session.
    Session => messages::session_not_found;
    /// An access token.
    AccessToken => messages::token_not_found;
    /// A virtual key.
    VirtualKey => messages::key_not_found;
    /// An invitation.
    Invitation => messages::invitation_not_found;
    /// The link of an invitation, which is used up, revoked or expired.
    InvitationLink => messages::invitation_invalid;
    /// A link to choose a password, which is used, revoked or expired.
    PasswordLink => messages::link_invalid;
    /// The link to set up the server, which is used or expired.
    SetupLink => messages::setup_link_invalid;
    /// A registration.
    Registration => messages::registration_not_found;
    /// A background job.
    Job => messages::job_not_found;
    /// A provider API key.
    ApiKey => messages::api_key_not_found;
    /// An enabled provider API key for a user and a provider.
    ActiveApiKey => messages::api_key_none_active;
    /// A persona.
    Persona => messages::persona_not_found;
    /// The ontology of a persona.
    Ontology => messages::ontology_not_found;
    /// An annotation.
    Annotation => messages::annotation_not_found;
    /// A confirmation dialog.
    Dialog => messages::dialog_not_found;
] [
    /// A conversation.
    Conversation => messages::conversation_not_found;
    /// A message of a conversation.
    ConversationMessage => messages::message_not_found;
    /// A limit.
    Limit => messages::limit_not_found;
] } }

/// Conflict of a request with the state of its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflict {
    /// The user is deleted.
    UserDeleted,
    /// The user is not deleted, so there is nothing to restore.
    UserNotDeleted,
    /// The permanent deletion of the user has started.
    UserBeingDeleted,
    /// The permanent deletion of the user has started, so the account cannot be recovered.
    RecoveryOfUserBeingDeleted,
    /// The registration of the user is pending.
    UserPending,
    /// The user is not suspended.
    UserNotSuspended,
    /// The user is suspended already.
    UserSuspended,
    /// The deletion would be permanent, and the form offered to undo it.
    NotRestorable,
    /// The owner and the receiver of the data are the same user.
    OwnerIsTarget,
    /// The receiver of the data would exceed the limit of owned data.
    NewOwnerFull,
    /// The registration was approved or rejected before.
    RegistrationDecided,
    /// The registration is pending, so there is no decision to undo.
    RegistrationPending,
    /// The user has used the account since the registration was approved.
    RegistrationUsed,
    /// The account was changed since the registration was approved.
    RegistrationChanged,
    /// The invitation is used up, revoked or expired, so it cannot be sent again.
    InvitationNotResendable,
    /// The invitation is used up or revoked.
    InvitationInactive,
    /// The user has no valid link to choose a password.
    NoPasswordLinks,
    /// The user has a newer link to choose a password than the one that was shown.
    NewerPasswordLink,
    /// The password is not a temporary one.
    PasswordNotTemporary,
    /// The owner has a key for the provider already.
    ApiKeyExists,
    /// The key is encrypted with a key that the server does not have.
    ApiKeyUndecryptable,
    /// The owner has the maximum number of access tokens.
    AccessTokensMax,
    /// The access token or the virtual key has expired.
    TokenExpired,
    /// The access token or the virtual key is revoked.
    TokenRevoked,
    /// The virtual key is blocked.
    KeyBlocked,
    /// The owner of the virtual key is no member of the group that it is for.
    KeyOwnerLeftGroup,
    /// The virtual key is not blocked.
    KeyNotBlocked,
    /// The virtual key has no previous secret that works.
    KeyNoPrevious,
    /// The job has not failed.
    JobNotFailed,
    /// The job can be retried only on the command line of the server.
    JobOnServer,
    /// The job deletes a role, a group or a feature, which can be deleted again.
    JobDeleteAgain,
    /// The idempotency key was used for another request.
    IdempotencyKeyUsed,
    /// Another attempt with the same idempotency key has started.
    IdempotencyOvertaken,
    /// The server has an administrator already.
    SetupComplete,
    /// The database has users, and demo users are to be added to an empty one.
    DemoUsersExist,
    /// Some of the demo users exist already.
    DemoUsersRepeated,
    /// The page is from an earlier version of the server.
    PageOutdated,
    /// A built-in role cannot be deleted.
    RoleBuiltin,
    /// The client has resources or personas.
    ClientInUse,
    /// The number of users or resources that a deletion affects differs from the preview.
    PreviewChanged,
    /// The role, the group or the feature is being deleted.
    BeingDeleted,
    /// The conversation would exceed the maximum number of messages.
    ConversationFull,
    /// The index for searching messages is not complete yet.
    SearchIndexIncomplete,
    /// Another request has created or deleted the limit meanwhile.
    LimitChanged,
    /// The account of the user is not active.
    UserNotActive,
    /// No limit with a number is in force for the user.
    NoBalance,
    /// Less than nothing would be used.
    BalanceBelowZero,
    /// The reservation was settled or released, or its time is over.
    LeaseEnded,
    /// The event was counted, so that nothing is reserved for it.
    EventCounted,
}

/// Reason for not accepting credentials, or for requiring them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unauthenticated {
    /// The username or the password is wrong, or the account was changed during the sign-in.
    InvalidCredentials,
    /// The session has ended.
    SessionExpired,
    /// The access token is expired, revoked or unknown.
    TokenInvalid,
    /// A page requires a session.
    SignInRequired,
    /// An operation of the API requires credentials.
    CredentialsRequired,
    /// The user of a request without credentials was requested.
    NotAuthenticated,
}

/// Reason for denying an operation, apart from the policy on changes of users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forbidden {
    /// The caller lacks a permission.
    AdminRequired,
    /// The caller lacks this permission.
    PermissionRequired(Permission),
    /// The user whose API keys are requested lacks the role that can read them.
    ApplicationRoleRequired,
    /// The user who asks for or counts what users do lacks the role that can.
    ApplicationRequired,
    /// Virtual keys do not open the path.
    KeyNotAllowed,
    /// The virtual key belongs to another user.
    KeyOwnerRequired,
    /// The virtual key is blocked.
    KeyBlocked,
    /// The owner of the virtual key is no member of the group that it is for.
    KeyOwnerLeftGroup,
    /// Registration is disabled.
    RegistrationDisabled,
    /// The account is pending approval.
    ApprovalPending,
    /// The account is suspended.
    AccountSuspended,
    /// The temporary password is no longer valid.
    TemporaryPasswordInvalid,
    /// Users cannot delete their own accounts.
    OwnDeletionDisabled,
    /// The session belongs to another user.
    SessionNotOwn,
    /// Another site has caused the request.
    OtherSite,
    /// The caller neither has the permission for groups nor manages the group.
    GroupManagerRequired,
    /// No header of the request names the site that has caused it.
    UnknownSite,
}

/// Limit of simultaneous operations that is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TooManyAtOnce {
    /// Downloads of one user.
    OwnDownloads,
    /// Exports of all users.
    Exports,
    /// Live lists of one user.
    LiveLists,
    /// Large request bodies of one user.
    LargeRequests,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_those_of_fovea() {
        for (message, text) in [
            (Entity::User.message(), "User not found"),
            (Entity::Persona.message(), "Persona not found"),
            (Forbidden::AdminRequired.message(), "Admin access required"),
            (
                Unauthenticated::InvalidCredentials.message(),
                "Invalid credentials",
            ),
            (Unauthenticated::SessionExpired.message(), "Session expired"),
            (
                Unauthenticated::CredentialsRequired.message(),
                "Authentication required",
            ),
        ] {
            assert_eq!(message, text);
        }
    }
}
