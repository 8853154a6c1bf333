//! The token of a one-time link between its address and the form behind it: in a cookie, out of the address. Each link has
//! a cookie of its own, and the form names its link, so that two that are open in two tabs stay apart.

use std::time::Duration;

use service::{Services, settings::Settings};

/// Characters of a handle.
const HANDLE: usize = 16;

/// A kind of links, by the name that its cookies begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkCookie(&'static str);

/// Of links to choose a password.
pub const RESET: LinkCookie = LinkCookie("rollcall_reset");
/// Of invitations.
pub const INVITATION: LinkCookie = LinkCookie("rollcall_invitation");
/// Of links for the first administrator.
pub const SETUP: LinkCookie = LinkCookie("rollcall_setup");

impl LinkCookie {
    /// The name of the cookie of one link; none for what is no handle.
    #[must_use]
    pub fn name(self, settings: &Settings, handle: &str) -> Option<String> {
        let is_handle = handle.len() == HANDLE && handle.bytes().all(|b| b.is_ascii_hexdigit());
        is_handle.then(|| settings.cookie_name(&format!("{}_{handle}", self.0)))
    }

    /// The header that gives a token to the browser; none for no handle.
    #[must_use]
    pub fn store(
        self,
        settings: &Settings,
        (handle, token): (&str, &str),
        lifetime: Duration,
    ) -> Option<String> {
        let name = self.name(settings, handle)?;
        Some(header(settings, &name, token, lifetime.as_secs()))
    }

    /// The header that makes the browser forget a token once it is used; none for no handle.
    #[must_use]
    pub fn forget(self, settings: &Settings, handle: &str) -> Option<String> {
        let name = self.name(settings, handle)?;
        Some(header(settings, &name, "", 0))
    }

    /// The token of the link that a form or a page names. Empty where the browser has none.
    #[must_use]
    pub fn token(self, services: &Services, handle: &str) -> String {
        let name = self.name(&services.settings, handle);
        name.and_then(|name| super::ssr::cookie(&name))
            .unwrap_or_default()
    }
}

/// The header that sets a cookie for `age` seconds; for none, it removes it.
pub(super) fn header(settings: &Settings, name: &str, value: &str, age: u64) -> String {
    let secure = if settings.is_https() { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_handle_names_a_cookie() {
        let settings = Settings::default();
        let name = |handle| RESET.name(&settings, handle);
        assert_eq!(
            name("0123456789abcdef").as_deref(),
            Some("rollcall_reset_0123456789abcdef")
        );
        for other in [
            "",
            "0123456789abcde",
            "0123456789abcdeg",
            "0123456789abc=; ",
        ] {
            assert_eq!(name(other), None, "{other:?}");
        }
    }
}
