//! Confirmation pages for users without a session, who cannot receive flash messages.

use service::settings::Settings;

use super::links::header;

/// Base name of the cookie that permits one view of a confirmation page.
const COOKIE: &str = "rollcall_done";

/// Lifetime of the cookie, in seconds: the time from the change to the first view of the page.
const LIFETIME: u64 = 5 * 60;

/// A page that confirms a change once. It is shown only with the cookie that was set by the change, and the first view
/// consumes the cookie: opening, reloading or going back to the URL alone confirms nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SuccessPage {
    /// The user deleted their account.
    AccountDeleted,
    /// A password was set by a reset link.
    PasswordChosen,
    /// A new account was registered.
    Registered,
    /// An account was created by an invitation.
    InvitationAccepted,
}

impl SuccessPage {
    /// Returns the confirmation page at a path.
    #[must_use]
    pub fn at(path: &str) -> Option<Self> {
        let pages = [
            Self::AccountDeleted,
            Self::PasswordChosen,
            Self::Registered,
            Self::InvitationAccepted,
        ];
        pages.into_iter().find(|page| page.path() == path)
    }

    /// Path of the page.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::AccountDeleted => "/account/deleted",
            Self::PasswordChosen => "/reset/done",
            Self::Registered => "/register/done",
            Self::InvitationAccepted => "/invite/done",
        }
    }

    /// Value of the cookie.
    const fn cookie_value(self) -> &'static str {
        match self {
            Self::AccountDeleted => "deleted",
            Self::PasswordChosen => "reset",
            Self::Registered => "registered",
            Self::InvitationAccepted => "invited",
        }
    }

    /// Full name of the cookie, with the prefix and port that the settings require.
    #[must_use]
    pub fn cookie(settings: &Settings) -> String {
        settings.cookie_name(COOKIE)
    }

    /// Returns the `Set-Cookie` header that permits one view of the page.
    #[must_use]
    pub fn allow(self, settings: &Settings) -> String {
        header(
            settings,
            &Self::cookie(settings),
            self.cookie_value(),
            LIFETIME,
        )
    }

    /// Returns whether a cookie value permits this page.
    #[must_use]
    pub fn is_allowed(self, cookie: Option<&str>) -> bool {
        cookie == Some(self.cookie_value())
    }

    /// Returns the `Set-Cookie` header that deletes the cookie.
    #[must_use]
    pub fn forget(settings: &Settings) -> String {
        header(settings, &Self::cookie(settings), "", 0)
    }

    /// Sets the cookie on the current response so that the browser can view the page. Returns the path of the page.
    pub fn show(self, settings: &Settings) -> &'static str {
        super::ssr::set_cookie(&self.allow(settings));
        self.path()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookie_allows_only_its_own_page() {
        let settings = Settings {
            public_url: "https://panel.example:8443".to_owned(),
            ..Settings::default()
        };
        let deleted = SuccessPage::AccountDeleted;
        assert_eq!(
            deleted.allow(&settings),
            "__Host-rollcall_done_8443=deleted; Path=/; Max-Age=300; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(SuccessPage::at("/account/deleted"), Some(deleted));
        assert_eq!(SuccessPage::at("/account"), None);
        assert!(deleted.is_allowed(Some("deleted")));
        assert!(!deleted.is_allowed(Some("reset")) && !deleted.is_allowed(None));
    }
}
