//! People who make their own accounts.

use domain::credentials::AccountDraft;

/// What everybody here chooses.
pub(crate) const PASSWORD: &str = "copper lantern under rain";

/// A form that is acceptable.
pub(crate) fn form(username: &str, email: &str) -> AccountDraft {
    AccountDraft {
        username: username.into(),
        display_name: "Some Body".into(),
        email: email.into(),
        password: PASSWORD.into(),
        password_again: PASSWORD.into(),
    }
}
