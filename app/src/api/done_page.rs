//! Pages that say that something was done to a user without a session, who gets no flashes.

use service::settings::Settings;

use super::links::header;

/// The name of the cookie without which none of the pages is shown.
const COOKIE: &str = "rollcall_done";

/// How long the cookie waits for the page, in seconds.
const LIFETIME: u64 = 5 * 60;

/// A page that says once that something was done. It is shown with the cookie that was set when it was done, and uses it up:
/// its address alone says nothing, and neither do reload, Back and the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DonePage {
    /// The user's own account was deleted.
    AccountDeleted,
    /// A password was chosen by a link.
    PasswordChosen,
    /// An account was registered.
    Registered,
    /// An invitation was accepted.
    InvitationAccepted,
}

impl DonePage {
    /// The page at a path.
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

    /// The path of the page.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::AccountDeleted => "/account/deleted",
            Self::PasswordChosen => "/reset/done",
            Self::Registered => "/register/done",
            Self::InvitationAccepted => "/invite/done",
        }
    }

    /// What the cookie says.
    const fn word(self) -> &'static str {
        match self {
            Self::AccountDeleted => "deleted",
            Self::PasswordChosen => "reset",
            Self::Registered => "registered",
            Self::InvitationAccepted => "invited",
        }
    }

    /// The name of the cookie.
    #[must_use]
    pub fn cookie(settings: &Settings) -> String {
        settings.cookie_name(COOKIE)
    }

    /// The header that lets the browser see the page.
    #[must_use]
    pub fn allow(self, settings: &Settings) -> String {
        header(settings, &Self::cookie(settings), self.word(), LIFETIME)
    }

    /// Whether the value of the cookie is that of the page.
    #[must_use]
    pub fn is_allowed(self, cookie: Option<&str>) -> bool {
        cookie == Some(self.word())
    }

    /// The header that uses the cookie up.
    #[must_use]
    pub fn forget(settings: &Settings) -> String {
        header(settings, &Self::cookie(settings), "", 0)
    }

    /// Lets the browser of the request that is answered see the page. Returns its path.
    ///
    /// # Errors
    /// When the middleware is missing, which is an error of the server.
    pub fn show(self) -> Result<&'static str, super::error::ApiError> {
        super::ssr::set_cookie(&self.allow(&super::ssr::services()?.settings));
        Ok(self.path())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_of_a_page_shows_that_page_alone() {
        let settings = Settings {
            public_url: "https://panel.example:8443".to_owned(),
            ..Settings::default()
        };
        let deleted = DonePage::AccountDeleted;
        assert_eq!(
            deleted.allow(&settings),
            "__Host-rollcall_done_8443=deleted; Path=/; Max-Age=300; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(DonePage::at("/account/deleted"), Some(deleted));
        assert_eq!(DonePage::at("/account"), None);
        assert!(deleted.is_allowed(Some("deleted")));
        assert!(!deleted.is_allowed(Some("reset")) && !deleted.is_allowed(None));
    }
}
