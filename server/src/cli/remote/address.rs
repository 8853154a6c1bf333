//! Address of a server.

use std::{fmt, net::IpAddr};

use axum::http::Uri;

use crate::failure::BoxError;

/// Address of a server that an access token may be sent to: scheme and host, without a trailing slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Address {
    text: String,
    /// Whether the connection is encrypted.
    pub(super) https: bool,
}

impl Address {
    /// Parses an address. `insecure` permits http to another machine, where the access token could be read on the way.
    pub(in crate::cli) fn parse(url: &str, insecure: bool) -> Result<Self, BoxError> {
        let wrong =
            || format!("--url must be a URL such as https://users.example.org, not {url:?}.");
        let uri: Uri = url.trim().parse().map_err(|_| wrong())?;
        let authority = uri.authority().ok_or_else(wrong)?;
        let https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(wrong().into()),
        };
        if authority.as_str().contains('@') {
            return Err(
                "--url must have no username or password: the access token is enough.".into(),
            );
        }
        if uri.path() != "/" || uri.query().is_some() {
            return Err(
                "--url must have no path: the panel is served from the root of its host.".into(),
            );
        }
        if !https && !insecure && !is_this_machine(authority.host()) {
            return Err("Over http the access token can be intercepted. Use https, or pass --insecure-http in a trusted network."
                .into());
        }
        let scheme = if https { "https" } else { "http" };
        Ok(Self {
            text: format!("{scheme}://{authority}"),
            https,
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Returns whether a host is this machine.
fn is_this_machine(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let address = host.parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_requires_https_or_loopback() {
        for (url, insecure, expected) in [
            (
                "https://users.example.org",
                false,
                Ok("https://users.example.org"),
            ),
            (
                "https://users.example.org/",
                false,
                Ok("https://users.example.org"),
            ),
            (
                " HTTPS://users.example.org:8443 ",
                false,
                Ok("https://users.example.org:8443"),
            ),
            ("http://127.0.0.1:3000", false, Ok("http://127.0.0.1:3000")),
            ("http://127.9.9.9", false, Ok("http://127.9.9.9")),
            ("http://[::1]:3000", false, Ok("http://[::1]:3000")),
            ("http://localhost:3000", false, Ok("http://localhost:3000")),
            ("http://rollcall:3000", true, Ok("http://rollcall:3000")),
            ("http://users.example.org", false, Err("Over http")),
            ("http://localhost.example.org", false, Err("Over http")),
            ("http://127.0.0.1.example.org", false, Err("Over http")),
            ("http://10.0.0.1", false, Err("Over http")),
            (
                "https://ada:secret@users.example.org",
                false,
                Err("no username or password"),
            ),
            (
                "http://127.0.0.1@users.example.org",
                false,
                Err("no username or password"),
            ),
            ("https://users.example.org/panel", false, Err("no path")),
            ("https://users.example.org?x", false, Err("no path")),
            ("users.example.org", false, Err("--url must be a URL")),
            ("users.example.org:3000", false, Err("--url must be a URL")),
            ("ftp://users.example.org", false, Err("--url must be a URL")),
            ("/tmp/socket", false, Err("--url must be a URL")),
            ("https://", false, Err("--url must be a URL")),
            ("", false, Err("--url must be a URL")),
        ] {
            let address = Address::parse(url, insecure).map(|address| address.to_string());
            match (address, expected) {
                (Ok(address), Ok(expected)) => assert_eq!(address, expected),
                (Err(error), Err(says)) => {
                    assert!(error.to_string().contains(says), "{url}: {error}");
                }
                (address, _) => panic!("{url}: {address:?}"),
            }
        }
    }
}
