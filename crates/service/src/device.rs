//! Descriptions of devices by their `User-Agent` header: "Firefox on Linux".

use std::sync::LazyLock;

use ua_parser::{os, user_agent};

/// Maximum number of bytes of a user agent that are parsed: more say nothing about the device.
const LOOKED_AT: usize = 1_024;

/// Patterns of browsers and programs, with their names. The first match counts: most browsers name those that they descend
/// from as well, so the more specific patterns come first.
const BROWSERS: &[(&str, &str)] = &[
    (r"(?:Edg|EdgA|EdgiOS|Edge)/(\d+)", "Edge"),
    (r"(?:OPR|OPT|Opera)/(\d+)", "Opera"),
    (r"SamsungBrowser/(\d+)", "Samsung Internet"),
    (r"YaBrowser/(\d+)", "Yandex Browser"),
    (r"Vivaldi/(\d+)", "Vivaldi"),
    (r"DuckDuckGo/(\d+)", "DuckDuckGo"),
    (r"(?:Firefox|FxiOS)/(\d+)", "Firefox"),
    (r"HeadlessChrome/(\d+)", "Headless Chrome"),
    (r"(?:Chrome|CriOS)/(\d+)", "Chrome"),
    (r"Chromium/(\d+)", "Chromium"),
    (r"(?:MSIE |Trident/)(\d+)", "Internet Explorer"),
    (r"Version/(\d+)[.\d]*(?: Mobile/\S+)? Safari/", "Safari"),
    (r"curl/(\d+)", "curl"),
    (r"Wget/(\d+)", "Wget"),
    (r"python-(?:requests|httpx|urllib)/(\d+)", "Python"),
    (r"Python-urllib/(\d+)", "Python"),
    (r"Go-http-client/(\d+)", "Go"),
    (r"okhttp/(\d+)", "OkHttp"),
    (r"axios/(\d+)", "axios"),
    (r"PostmanRuntime/(\d+)", "Postman"),
    (r"rollcall/(\d+)", "rollcall"),
];

/// Patterns of operating systems and devices, with their names. The first match counts.
const SYSTEMS: &[(&str, &str)] = &[
    (r"iPhone|iPod", "iPhone"),
    (r"iPad", "iPad"),
    (r"Android", "Android"),
    (r"CrOS", "ChromeOS"),
    (r"Windows Phone", "Windows Phone"),
    (r"Windows", "Windows"),
    (r"Mac OS X|Macintosh", "macOS"),
    (r"FreeBSD", "FreeBSD"),
    (r"OpenBSD", "OpenBSD"),
    (r"Linux|X11", "Linux"),
];

static PARSERS: LazyLock<Option<Parsers>> = LazyLock::new(Parsers::new);

struct Parsers {
    browsers: user_agent::Extractor<'static>,
    systems: os::Extractor<'static>,
}

impl Parsers {
    fn new() -> Option<Self> {
        let browsers = BROWSERS.iter().map(|(regex, name)| user_agent::Parser {
            regex: (*regex).into(),
            family_replacement: Some((*name).into()),
            ..user_agent::Parser::default()
        });
        let systems = SYSTEMS.iter().map(|(regex, name)| os::Parser {
            regex: (*regex).into(),
            os_replacement: Some((*name).into()),
            ..os::Parser::default()
        });
        let browsers = user_agent::Builder::new().push_all(browsers).ok()?;
        let systems = os::Builder::new().push_all(systems).ok()?;
        Some(Self {
            browsers: browsers.build().ok()?,
            systems: systems.build().ok()?,
        })
    }
}

/// Description of a device without a user agent, or with one that no pattern matches.
pub(crate) const UNKNOWN: &str = "Unknown device";

/// Describes the device of a user agent, such as "Firefox on Linux". "Unknown device" when no pattern matches.
#[must_use]
pub fn describe(user_agent: Option<&str>) -> String {
    let text = user_agent.unwrap_or_default();
    let text = text
        .get(..text.floor_char_boundary(LOOKED_AT))
        .unwrap_or(text);
    let Some(parsers) = PARSERS.as_ref() else {
        return unknown();
    };
    let browser = parsers.browsers.extract(text).map(|found| found.family);
    let system = parsers.systems.extract(text).map(|found| found.os);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.into_owned(),
        (None, Some(system)) => format!("Unknown browser on {system}"),
        (None, None) => unknown(),
    }
}

fn unknown() -> String {
    UNKNOWN.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_compile() {
        assert!(PARSERS.is_some());
    }

    #[test]
    fn devices_are_named() {
        for (agent, words) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
                "Firefox on Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
                "Chrome on Windows",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
                "Safari on macOS",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (iPad; CPU OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/142.0.0.0 Mobile/15E148 Safari/604.1",
                "Chrome on iPad",
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36",
                "Samsung Internet on Android",
            ),
            ("curl/8.9.1", "curl"),
            (
                "Mozilla/5.0 (X11; SomethingNew)",
                "Unknown browser on Linux",
            ),
            ("\u{1}\u{fffd}", "Unknown device"),
            ("", "Unknown device"),
        ] {
            assert_eq!(describe(Some(agent)), words, "{agent}");
        }
        assert_eq!(describe(None), "Unknown device");
        assert_eq!(describe(Some(&"é".repeat(8_192))), "Unknown device");
    }
}
