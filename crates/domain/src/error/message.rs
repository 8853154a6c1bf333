//! Messages of the kinds of errors. Those of missing objects are in their table.

use super::{Conflict, Forbidden, TooManyAtOnce, Unauthenticated};
use crate::{message::Message, messages};

impl Conflict {
    /// Returns the message for the user.
    #[must_use]
    pub const fn message(self) -> Message {
        match self {
            Self::UserDeleted => messages::user_deleted(),
            Self::UserNotDeleted => messages::user_not_deleted(),
            Self::UserBeingDeleted => messages::user_being_deleted(),
            Self::RecoveryOfUserBeingDeleted => messages::recover_being_deleted(),
            Self::UserPending => messages::user_pending(),
            Self::UserNotSuspended => messages::user_not_suspended(),
            Self::UserSuspended => messages::already_suspended(),
            Self::NotRestorable => messages::not_restorable(),
            Self::OwnerIsTarget => messages::owner_is_target(),
            Self::NewOwnerFull => messages::new_owner_full(),
            Self::RegistrationDecided => messages::registration_decided(),
            Self::RegistrationPending => messages::registration_pending(),
            Self::RegistrationUsed => messages::registration_used(),
            Self::RegistrationChanged => messages::registration_changed(),
            Self::InvitationNotResendable => messages::invitation_inactive_resend(),
            Self::InvitationInactive => messages::invitation_inactive(),
            Self::NoPasswordLinks => messages::no_password_links(),
            Self::NewerPasswordLink => messages::newer_link_created(),
            Self::PasswordNotTemporary => messages::password_not_temporary(),
            Self::ApiKeyExists => messages::api_key_exists(),
            Self::ApiKeyUndecryptable => messages::api_key_undecryptable(),
            Self::AccessTokensMax => messages::tokens_max(),
            Self::TokenExpired => messages::token_expired(),
            Self::TokenRevoked => messages::token_revoked(),
            Self::KeyBlocked => messages::key_blocked(),
            Self::KeyOwnerLeftGroup => messages::key_owner_left_group(),
            Self::KeyNotBlocked => messages::key_not_blocked(),
            Self::KeyNoPrevious => messages::key_no_previous(),
            Self::JobNotFailed => messages::job_not_failed(),
            Self::JobOnServer => messages::job_on_server(),
            Self::JobDeleteAgain => messages::job_delete_again(),
            Self::IdempotencyKeyUsed => messages::idempotency_key_used(),
            Self::IdempotencyOvertaken => messages::idempotency_overtaken(),
            Self::SetupComplete => messages::setup_complete(),
            Self::DemoUsersExist => messages::demo_users_exist(),
            Self::DemoUsersRepeated => messages::demo_users_repeated(),
            Self::PageOutdated => messages::page_outdated(),
            Self::RoleBuiltin => messages::role_builtin_delete(),
            Self::ClientInUse => messages::client_in_use(),
            Self::PreviewChanged => messages::preview_changed(),
            Self::BeingDeleted => messages::being_deleted(),
            Self::ConversationFull => messages::conversation_full(),
            Self::SearchIndexIncomplete => messages::search_index_incomplete(),
            Self::LimitChanged => messages::limit_changed(),
            Self::UserNotActive => messages::user_not_active(),
            Self::NoBalance => messages::balance_none(),
            Self::BalanceBelowZero => messages::balance_below_zero(),
            Self::LeaseEnded => messages::lease_ended(),
            Self::EventCounted => messages::event_counted(),
        }
    }
}

impl Unauthenticated {
    /// Returns the message for the caller.
    #[must_use]
    pub const fn message(self) -> Message {
        match self {
            Self::InvalidCredentials => messages::invalid_credentials(),
            Self::SessionExpired => messages::session_expired(),
            Self::TokenInvalid => messages::token_invalid(),
            Self::SignInRequired => messages::sign_in_to_continue(),
            Self::CredentialsRequired => messages::authentication_required(),
            Self::NotAuthenticated => messages::not_authenticated(),
        }
    }
}

impl Forbidden {
    /// Returns the message for the caller. Some are FOVEA's.
    #[must_use]
    pub const fn message(self) -> Message {
        match self {
            Self::AdminRequired | Self::PermissionRequired(_) => messages::admin_required(),
            Self::ApplicationRoleRequired => messages::application_role_required(),
            Self::ApplicationRequired => messages::application_required(),
            Self::KeyNotAllowed => messages::key_not_allowed(),
            Self::KeyOwnerRequired => messages::key_owner_required(),
            Self::KeyBlocked => messages::key_blocked(),
            Self::KeyOwnerLeftGroup => messages::key_owner_left_group(),
            Self::RegistrationDisabled => messages::registration_disabled(),
            Self::ApprovalPending => messages::approval_pending(),
            Self::AccountSuspended => messages::account_suspended(),
            Self::TemporaryPasswordInvalid => messages::temporary_password_invalid(),
            Self::OwnDeletionDisabled => messages::account_deletion_denied(),
            Self::SessionNotOwn => messages::session_not_own(),
            Self::OtherSite => messages::from_elsewhere(),
            Self::GroupManagerRequired => messages::group_manager_required(),
            Self::UnknownSite => messages::from_unknown_site(),
        }
    }
}

impl TooManyAtOnce {
    /// Returns the message for the user.
    #[must_use]
    pub const fn message(self) -> Message {
        match self {
            Self::OwnDownloads => messages::own_downloads_max(),
            Self::Exports => messages::exports_max(),
            Self::LiveLists => messages::live_lists_max(),
            Self::LargeRequests => messages::large_requests_max(),
        }
    }
}
