//! Cookies that hold the tokens of one-time links, so that the token leaves the URL. Each link has its own cookie, and the
//! form names its link by a handle, so that two links in two tabs do not interfere.

use std::time::Duration;

use service::{Services, settings::Settings};

/// Number of hexadecimal characters of a handle.
const HANDLE: usize = 16;
/// Maximum number of links that a browser stores at once. Another site can make the browser follow any number of links;
/// more cookies would displace the browser's other cookies of this site.
const MAX: usize = 8;

/// A kind of one-time link, by the prefix of its cookie names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkCookie(&'static str);

/// Cookies of password reset links.
pub const RESET: LinkCookie = LinkCookie("rollcall_reset");
/// Cookies of invitation links.
pub const INVITATION: LinkCookie = LinkCookie("rollcall_invitation");
/// Cookies of setup links for the first administrator.
pub const SETUP: LinkCookie = LinkCookie("rollcall_setup");

impl LinkCookie {
    /// Returns the cookie name of a link. Returns `None` if the handle is malformed.
    #[must_use]
    pub fn name(self, settings: &Settings, handle: &str) -> Option<String> {
        let is_handle = handle.len() == HANDLE && handle.bytes().all(|b| b.is_ascii_hexdigit());
        is_handle.then(|| settings.cookie_name(&format!("{}_{handle}", self.0)))
    }

    /// Returns the `Set-Cookie` header that stores a token. Returns `None` if the handle is malformed.
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

    /// Returns the `Set-Cookie` header that deletes a token after its use. Returns `None` if the handle is malformed.
    #[must_use]
    pub fn forget(self, settings: &Settings, handle: &str) -> Option<String> {
        let name = self.name(settings, handle)?;
        Some(header(settings, &name, "", 0))
    }

    /// Returns the token of the link that a form or a page names; empty if the browser has none.
    #[must_use]
    pub fn token(self, services: &Services, handle: &str) -> String {
        let name = self.name(&services.settings, handle);
        name.and_then(|name| super::ssr::cookie(&name))
            .unwrap_or_default()
    }
}

/// Returns the headers that delete the oldest link cookies, so that there is room for one more. `names` are the names of
/// all cookies in the request, oldest first, as browsers send them (RFC 6265, section 5.4).
#[must_use]
pub fn forget_surplus<'n>(
    settings: &Settings,
    names: impl Iterator<Item = &'n str>,
    stored: &str,
) -> Vec<String> {
    let links: Vec<&str> = names
        .filter(|name| *name != stored && is_of_link(settings, name))
        .collect();
    let surplus = (links.len() + 1).saturating_sub(MAX);
    let oldest = links.into_iter().take(surplus);
    oldest.map(|name| header(settings, name, "", 0)).collect()
}

/// Returns whether a cookie holds the token of a one-time link.
fn is_of_link(settings: &Settings, name: &str) -> bool {
    [RESET, INVITATION, SETUP].iter().any(|kind| {
        // Prefix and port of the name depend on the settings, so the name is rebuilt from the handle and compared.
        let rest = name.split_once(kind.0).map(|(_, rest)| rest);
        let handle = rest.and_then(|rest| rest.strip_prefix('_')?.get(..HANDLE));
        handle.is_some_and(|handle| kind.name(settings, handle).as_deref() == Some(name))
    })
}

/// Returns the `Set-Cookie` header of a cookie with a lifetime of `age` seconds; 0 deletes it.
pub(super) fn header(settings: &Settings, name: &str, value: &str, age: u64) -> String {
    let secure = if settings.is_https() { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oldest_links_are_forgotten_beyond_the_limit() {
        for public_url in ["http://127.0.0.1:3000", "http://host:4000", "https://host"] {
            let settings = Settings {
                public_url: public_url.to_owned(),
                ..Settings::default()
            };
            let name = |kind: LinkCookie, number: usize| {
                let name = kind.name(&settings, &format!("{number:016x}"));
                name.unwrap()
            };
            let kinds = [RESET, INVITATION, SETUP].iter().cycle();
            let links: Vec<String> = (0..10).zip(kinds).map(|(n, kind)| name(*kind, n)).collect();
            let forgotten = |count: usize, stored: &str| {
                let others = ["session_token", "rollcall_reset_x", "rollcall_device"];
                let names = others.into_iter().chain(links.iter().map(String::as_str));
                forget_surplus(&settings, names.take(3 + count), stored)
            };
            let another = name(RESET, 99);
            assert!(forgotten(7, &another).is_empty());
            assert!(forgotten(8, &links[7]).is_empty());
            let oldest = forgotten(10, &another);
            assert_eq!(oldest.len(), 3);
            for (header, name) in oldest.iter().zip(&links) {
                assert!(
                    header.starts_with(&format!("{name}=; Path=/; Max-Age=0;")),
                    "{header}"
                );
            }
        }
    }

    #[test]
    fn each_kind_of_link_has_cookies_of_its_own() {
        let settings = Settings::default();
        let names = [RESET, INVITATION, SETUP].map(|kind| kind.name(&settings, "0123456789abcdef"));
        assert_eq!(
            names.each_ref().map(Option::as_deref),
            [
                Some("rollcall_reset_0123456789abcdef"),
                Some("rollcall_invitation_0123456789abcdef"),
                Some("rollcall_setup_0123456789abcdef"),
            ]
        );
    }

    #[test]
    fn cookie_name_requires_a_handle() {
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

    #[test]
    fn https_cookies_use_the_host_prefix() {
        let settings = Settings {
            public_url: "https://host".to_owned(),
            ..Settings::default()
        };
        let link = ("0123456789abcdef", "token");
        let stored = RESET.store(&settings, link, Duration::from_secs(60));
        assert_eq!(
            stored.as_deref(),
            Some(
                "__Host-rollcall_reset_0123456789abcdef=token; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure"
            )
        );
    }
}
