//! The cookies of a request.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, header::COOKIE},
    middleware::Next,
    response::Response,
};
use tower_sessions::cookie::Cookie;

/// Takes away cookies with a `%` in their name. The session's layer decodes names: one like `__%48ost-session_token`, which a
/// browser lets another host of the domain set, would pass for the one that this host alone can set.
pub(crate) async fn drop_encoded_names(mut request: Request, next: Next) -> Response {
    if pairs(request.headers()).any(is_encoded) {
        let plain: Vec<&str> = pairs(request.headers())
            .filter(|pair| !is_encoded(pair))
            .collect();
        let plain = HeaderValue::try_from(plain.join("; "));
        request.headers_mut().remove(COOKIE);
        if let Ok(plain) = plain {
            request.headers_mut().insert(COOKIE, plain);
        }
    }
    next.run(request).await
}

/// The value of the session cookie as the session's own layer reads it: encoded or not, and of several the last.
pub(crate) fn session_cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let mut cookies = pairs(headers).filter_map(|pair| Cookie::parse_encoded(pair).ok());
    let last = cookies.rfind(|cookie| cookie.name() == name);
    last.map(|cookie| cookie.value().to_owned())
}

/// The value of a cookie of a request.
pub(crate) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    pairs(headers)
        .filter_map(|pair| pair.split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

fn is_encoded(pair: &str) -> bool {
    let name = pair.split_once('=').map_or(pair, |(name, _)| name);
    name.contains('%')
}

fn pairs(headers: &HeaderMap) -> impl DoubleEndedIterator<Item = &str> {
    let lines = headers.get_all(COOKIE).iter();
    let lines = lines.filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).map(str::trim)
}

#[cfg(test)]
mod tests {
    use app::context::Preferences;
    use proptest::prelude::*;

    use super::*;

    fn headers(lines: &[Vec<u8>]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            if let Ok(line) = HeaderValue::from_bytes(line) {
                headers.append("cookie", line);
            }
        }
        headers
    }

    proptest! {
        #[test]
        fn whatever_a_browser_sends_is_read_or_left(
            lines in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 0..4), name in "[a-z_]{1,9}",
        ) {
            let headers = headers(&lines);
            for name in [&name, Preferences::COOKIE] {
                let value = cookie(&headers, name);
                prop_assert!(value.is_none_or(|value| !value.contains(';')));
                let read = value.map(Preferences::from_cookie).unwrap_or_default();
                prop_assert_eq!(Preferences::from_cookie(&read.to_cookie()), read);
            }
        }

        #[test]
        fn a_cookie_is_found_among_others(
            before in prop::collection::vec(("[a-z]{1,9}", "[!-:<-~]{0,9}"), 0..4), value in "[!-:<-~]{0,20}",
            after in prop::collection::vec(("[a-z_]{1,30}", "[!-:<-~]{0,9}"), 0..4), split in any::<bool>(),
        ) {
            let own = [("rollcall_preferences".to_owned(), value.clone())];
            let pairs = before.iter().chain(&own).chain(&after);
            let pairs: Vec<String> = pairs.map(|(name, value)| format!("{name}={value}")).collect();
            let lines = if split { pairs } else { vec![pairs.join("; ")] };
            let lines: Vec<Vec<u8>> = lines.into_iter().map(String::into_bytes).collect();
            let headers = headers(&lines);
            prop_assert_eq!(cookie(&headers, Preferences::COOKIE), Some(value.as_str()));
        }

        #[test]
        fn any_text_is_some_preferences(text in any::<String>(), like in "(system|light|dark|x)?(\\.(compact|open|collapsed)?){0,4}") {
            for text in [text, like] {
                let read = Preferences::from_cookie(&text);
                prop_assert_eq!(Preferences::from_cookie(&read.to_cookie()), read);
            }
        }
    }
}
