//! Site that a request comes from, for requests that change nothing but are audited or lock rows: another site must not make a
//! browser send one.

use domain::error::Forbidden;
use http::{HeaderMap, HeaderValue, header};

use crate::{Error, settings::Settings};

/// Error for a request that another site has caused.
pub const FROM_ELSEWHERE: Error = Error::Forbidden(Forbidden::OtherSite);

/// Error for a request with a cookie and without a header that names the site it comes from.
pub const FROM_UNKNOWN: Error = Error::Forbidden(Forbidden::UnknownSite);

/// Site that a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestSite {
    /// This site, or the user's own address bar.
    Own,
    /// Another site.
    Other,
    /// Unknown: no header names a site, as in requests of programs, and over http in those of a link without referrer.
    Unknown,
}

/// Returns the site that a request comes from, by the first of `Sec-Fetch-Site`, `Origin` and `Referer` that it has; an `Origin`
/// that is the configured one is enough. The own site is the configured origin, even if a proxy replaces `Host`, and the host of
/// the request.
#[must_use]
pub fn site_of(headers: &HeaderMap, settings: &Settings) -> RequestSite {
    let own = settings.origin();
    if own.is_some_and(|own| {
        headers
            .get(header::ORIGIN)
            .is_some_and(|origin| *origin == own)
    }) {
        return RequestSite::Own;
    }
    // Browsers send it over https and on localhost only. `none` is a navigation by the user, such as a bookmark.
    if let Some(site) = headers.get("sec-fetch-site") {
        return site_if(site == "same-origin" || site == "none");
    }
    let source = headers.get(header::ORIGIN);
    match source.or_else(|| headers.get(header::REFERER)) {
        Some(source) => site_if(is_own(source, headers, settings)),
        None => RequestSite::Unknown,
    }
}

const fn site_if(is_own: bool) -> RequestSite {
    if is_own {
        RequestSite::Own
    } else {
        RequestSite::Other
    }
}

/// Returns whether an origin or a URL is of this site. The texts are compared as browsers write them: in lower case, without
/// the default port.
fn is_own(source: &HeaderValue, headers: &HeaderMap, settings: &Settings) -> bool {
    let Some((scheme, rest)) = source
        .to_str()
        .ok()
        .and_then(|source| source.split_once("://"))
    else {
        return false;
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let asked = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let origin = format!("{scheme}://{host}");
    Some(host) == asked || settings.origin().is_some_and(|own| own == origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_header_names_the_site() {
        use RequestSite::{Other, Own, Unknown};
        let settings = Settings {
            public_url: "http://panel.example".to_owned(),
            ..Settings::default()
        };
        for (sent, expected) in [
            (&[][..], Unknown),
            (&[("sec-fetch-site", "same-origin")], Own),
            (&[("sec-fetch-site", "none")], Own),
            (&[("sec-fetch-site", "same-site")], Other),
            (
                &[
                    ("sec-fetch-site", "cross-site"),
                    ("referer", "http://10.0.0.5:3000/"),
                ],
                Other,
            ),
            (
                &[
                    ("sec-fetch-site", "same-origin"),
                    ("referer", "http://evil.example/"),
                ],
                Own,
            ),
            (&[("origin", "http://10.0.0.5:3000")], Own),
            (&[("origin", "http://panel.example")], Own),
            (&[("origin", "null")], Other),
            (
                &[("origin", "null"), ("referer", "http://10.0.0.5:3000/")],
                Other,
            ),
            (&[("referer", "http://10.0.0.5:3000/audit?via=ui")], Own),
            (&[("referer", "http://10.0.0.5:3000")], Own),
            (&[("referer", "http://panel.example/audit")], Own),
            (&[("referer", "https://panel.example/audit")], Other),
            (&[("referer", "http://10.0.0.5/audit")], Other),
            (&[("referer", "http://10.0.0.5:8080/")], Other),
            (&[("referer", "http://10.0.0.5:3000.evil.example/")], Other),
            (&[("referer", "http://10.0.0.5:3000@evil.example/")], Other),
            (
                &[("referer", "http://evil.example/?http://10.0.0.5:3000/")],
                Other,
            ),
            (
                &[("referer", "http://evil.example?://10.0.0.5:3000")],
                Other,
            ),
            (&[("referer", "about:blank")], Other),
            (&[("referer", "")], Other),
        ] {
            let headers = std::iter::once(&("host", "10.0.0.5:3000")).chain(sent);
            let headers = headers
                .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                .collect();
            assert_eq!(site_of(&headers, &settings), expected, "{sent:?}");
        }
    }
}
