//! Labels of sessions, failed sign-ins and access tokens.

use domain::{
    access_tokens::{Scope, TokenState},
    permission::Permission,
    sessions::{EndReason, failed::SignInFailure},
};

use crate::text;

/// Returns the label of the reason why a session has ended.
pub(crate) fn end_reason(reason: EndReason) -> &'static str {
    match reason {
        EndReason::Logout => text::sessions::end_logout(),
        EndReason::Expired => text::sessions::end_expired(),
        EndReason::Revoked => text::sessions::end_revoked(),
        EndReason::PasswordReset => text::sessions::end_password(),
        EndReason::Suspended => text::sessions::end_suspended(),
        EndReason::Deleted => text::sessions::end_deleted(),
        EndReason::Replaced => text::sessions::end_replaced(),
    }
}

/// Returns the label of the reason why a sign-in failed.
pub(crate) fn sign_in_failure(failure: SignInFailure) -> &'static str {
    match failure {
        SignInFailure::WrongPassword => text::sessions::wrong_password(),
        SignInFailure::UnknownUsername => text::sessions::unknown_username(),
        SignInFailure::Throttled => text::sessions::throttled(),
        SignInFailure::Suspended => text::sessions::suspended(),
        SignInFailure::Pending => text::sessions::pending(),
    }
}

/// Returns the label of the state of an access token.
pub(crate) fn token_state(state: TokenState) -> &'static str {
    match state {
        TokenState::Live => text::tokens::state_live(),
        TokenState::Expiring => text::tokens::state_expiring(),
        TokenState::Blocked => text::tokens::state_blocked(),
        TokenState::Expired => text::tokens::state_expired(),
        TokenState::Revoked => text::tokens::state_revoked(),
    }
}

/// Returns the description of a scope for the owner of a token.
pub(crate) fn scope(scope: Scope) -> &'static str {
    match scope {
        Scope::Account => text::tokens::scope_account(),
        Scope::DataRead => text::tokens::scope_data_read(),
        Scope::DataWrite => text::tokens::scope_data_write(),
        Scope::Permission(permission) => self::permission(permission),
    }
}

/// Returns the description of a permission as a token scope.
fn permission(permission: Permission) -> &'static str {
    match permission {
        Permission::UsersRead => text::tokens::scope_users_read(),
        Permission::UsersWrite => text::tokens::scope_users_write(),
        Permission::SessionsRead => text::tokens::scope_sessions_read(),
        Permission::SessionsWrite => text::tokens::scope_sessions_write(),
        Permission::RegistrationsRead => text::tokens::scope_registrations_read(),
        Permission::RegistrationsWrite => text::tokens::scope_registrations_write(),
        Permission::ApiKeysRead => text::tokens::scope_keys_read(),
        Permission::ApiKeysWrite => text::tokens::scope_keys_write(),
        Permission::ApiKeysResolve => text::tokens::scope_keys_resolve(),
        Permission::TokensRead => text::tokens::scope_tokens_read(),
        Permission::TokensWrite => text::tokens::scope_tokens_write(),
        Permission::AuditRead => text::tokens::scope_audit_read(),
        Permission::RolesRead => text::tokens::scope_roles_read(),
        Permission::RolesWrite => text::tokens::scope_roles_write(),
        Permission::GroupsRead => text::tokens::scope_groups_read(),
        Permission::GroupsWrite => text::tokens::scope_groups_write(),
        Permission::FeaturesRead => text::tokens::scope_features_read(),
        Permission::FeaturesWrite => text::tokens::scope_features_write(),
        Permission::ClientsRead => text::tokens::scope_clients_read(),
        Permission::ClientsWrite => text::tokens::scope_clients_write(),
        Permission::ResourcesRead => text::tokens::scope_resources_read(),
        Permission::ResourcesWrite => text::tokens::scope_resources_write(),
        Permission::AccessRead => text::tokens::scope_access_read(),
        Permission::LimitsRead => text::tokens::scope_limits_read(),
        Permission::LimitsWrite => text::tokens::scope_limits_write(),
        Permission::LimitsConsume => text::tokens::scope_limits_consume(),
        Permission::UsageRead => text::tokens::scope_usage_read(),
        Permission::UsageWrite => text::tokens::scope_usage_write(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_scope_has_its_own_label() {
        let labels: BTreeSet<&str> = Scope::all().map(scope).collect();
        assert_eq!(labels.len(), Scope::all().count());
    }
}
