//! Labels of sessions, devices, failed sign-ins and access tokens.

use domain::{
    access_tokens::{Scope, TokenKind, TokenState},
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

/// Returns the label of a device from its stored description, such as `Firefox on Linux`. The names of browsers and systems
/// are the same in all languages.
pub(crate) fn device(stored: &str) -> String {
    match stored.split_once(" on ") {
        Some(("Unknown browser", system)) => text::sessions::unknown_browser_on(system),
        Some((browser, system)) => text::sessions::browser_on(browser, system),
        None if stored == "Unknown device" => text::sessions::unknown_device().to_owned(),
        None => stored.to_owned(),
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

/// Returns the label of the kind of a token.
pub(crate) fn token_kind(kind: TokenKind) -> &'static str {
    match kind {
        TokenKind::Token => text::virtual_keys::kind_token(),
        TokenKind::Key => text::virtual_keys::key(),
    }
}

/// Returns the description of a scope for the owner of a token.
pub(crate) fn scope(scope: Scope) -> &'static str {
    let name = scope.as_str();
    text::tokens::scope_of(name).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn english_devices_are_the_stored_ones() {
        for stored in [
            "Firefox on Linux",
            "Samsung Internet on Android",
            "Unknown browser on iPad",
            "Unknown device",
            "curl",
            "",
        ] {
            assert_eq!(device(stored), stored);
        }
    }

    #[test]
    fn each_scope_has_its_own_label() {
        let labels: BTreeSet<&str> = Scope::all().map(scope).collect();
        assert_eq!(labels.len(), Scope::all().count());
        for scope in Scope::all() {
            let name = scope.as_str();
            assert!(text::tokens::scope_of(name).is_some(), "{name}");
        }
        assert_eq!(labels.len(), text::tokens::SCOPE.len());
    }
}

#[cfg(all(test, feature = "ssr"))]
mod language_tests {
    use leptos::{prelude::provide_context, reactive::owner::Owner};

    use super::*;
    use crate::text::language::Language;

    #[test]
    fn only_names_of_devices_are_not_translated() {
        Owner::new().with(|| {
            provide_context(Language::German);
            for (stored, label) in [
                ("Firefox on Linux", "Firefox (Linux)"),
                ("Unknown browser on iPad", "Unbekannter Browser (iPad)"),
                ("Unknown device", "Unbekanntes Gerät"),
                ("curl", "curl"),
            ] {
                assert_eq!(device(stored), label);
            }
        });
    }
}
