//! The cookies of a request.

use api::cookies::read;
use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, header::COOKIE},
    middleware::Next,
    response::Response,
};

/// Reduces the cookies of a request to those that can be read, in one header. All later readers, such as the session layer and
/// the pages, read the same: see [`domain::cookies::Cookies`].
pub(crate) async fn drop_unreadable(mut request: Request, next: Next) -> Response {
    let headers = request.headers_mut();
    if headers.contains_key(COOKIE) {
        let plain = read(headers).to_header();
        headers.remove(COOKIE);
        if let (false, Ok(plain)) = (plain.is_empty(), HeaderValue::try_from(plain)) {
            headers.insert(COOKIE, plain);
        }
    }
    next.run(request).await
}

/// Removes the cookies of a request.
pub(crate) async fn drop_all(mut request: Request, next: Next) -> Response {
    request.headers_mut().remove(COOKIE);
    next.run(request).await
}

/// Returns the names of the cookies of a request, as they were sent.
pub(crate) fn names(headers: &HeaderMap) -> Vec<&str> {
    read(headers).names().collect()
}

#[cfg(test)]
mod tests {
    use api::cookies::cookie;
    use app::preferences::Preferences;
    use proptest::prelude::*;
    use tower_sessions::cookie::Cookie;

    use super::*;

    /// Finds a cookie as the session layer does: each line as text, names and values decoded, the last one of several.
    fn as_the_session_reads(headers: &HeaderMap, name: &str) -> Option<String> {
        let lines = headers.get_all(COOKIE).iter();
        let pairs = lines
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'));
        let mut cookies = pairs.filter_map(|pair| Cookie::parse_encoded(pair.to_owned()).ok());
        let found = cookies.rfind(|cookie| cookie.name() == name);
        found.map(|cookie| cookie.value().to_owned())
    }

    /// Returns the headers as [`drop_unreadable`] passes them on.
    fn readable(lines: &[Vec<u8>]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            if let Ok(line) = HeaderValue::from_bytes(line) {
                headers.append(COOKIE, line);
            }
        }
        let plain = read(&headers).to_header();
        HeaderMap::from_iter([(COOKIE, HeaderValue::try_from(plain).unwrap())])
    }

    fn pair() -> impl Strategy<Value = Vec<u8>> {
        let names = prop::sample::select(vec![
            "__Host-session_token",
            "__%48ost-session_token",
            "__%48%6Fst-session_token",
            " __Host-session_token ",
            "session_token",
            "session%5Ftoken",
            "x",
        ]);
        let values = prop_oneof![
            "[a-z%\"=,\\\\ ]{0,6}".prop_map(String::into_bytes),
            prop::collection::vec(any::<u8>(), 0..6),
            Just("é".into()),
        ];
        (names, values).prop_map(|(name, value)| [name.as_bytes(), &value].join(&b'='))
    }

    proptest! {
        #[test]
        fn every_parser_finds_the_same_cookies(
            lines in prop::collection::vec(prop::collection::vec(pair(), 0..5), 0..3), raw in prop::collection::vec(any::<u8>(), 0..60),
        ) {
            let mut lines: Vec<Vec<u8>> = lines.into_iter().map(|pairs| pairs.join(&b"; "[..])).collect();
            lines.push(raw);
            let headers = readable(&lines);
            for name in ["__Host-session_token", "session_token", "x"] {
                let (ours, theirs) = (cookie(&headers, name), as_the_session_reads(&headers, name));
                prop_assert_eq!(ours, theirs.as_deref());
                // No cookie is found under a name that it was not sent with.
                let plain = format!("{name}={}", ours.unwrap_or_default()).into_bytes();
                let sent = lines.iter().any(|line| line.windows(plain.len()).any(|part| part == plain));
                prop_assert!(ours.is_none() || sent);
            }
        }

        #[test]
        fn any_text_is_valid_preferences(text in any::<String>(), like in "(system|light|dark|x)?(\\.(compact|open|collapsed|(show|hide)-(users-email|audit-time|x))?){0,8}") {
            for text in [text, like] {
                let read = Preferences::from_cookie(&text);
                prop_assert_eq!(Preferences::from_cookie(&read.to_cookie()), read);
                // A cookie is read as it was set.
                let line = format!("{}={}", Preferences::COOKIE, read.to_cookie()).into_bytes();
                let headers = readable(&[line]);
                prop_assert_eq!(cookie(&headers, Preferences::COOKIE).map(Preferences::from_cookie), Some(read));
            }
        }
    }
}
