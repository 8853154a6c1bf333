//! Forms of users who create their own accounts.

use domain::credentials::AccountDraft;

/// Password in all forms.
pub(crate) const PASSWORD: &str = "copper lantern under rain";

/// Returns a valid form.
pub(crate) fn form(username: &str, email: &str) -> AccountDraft {
    AccountDraft {
        username: username.into(),
        display_name: "Some Body".into(),
        email: email.into(),
        password: PASSWORD.into(),
        password_again: PASSWORD.into(),
    }
}
