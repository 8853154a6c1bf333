//! The bearer token of a request.

use axum::http::{HeaderMap, header};

/// Returns whether a request has a bearer token. Other schemes are for a proxy in front, and are ignored.
#[must_use]
pub fn is_in(headers: &HeaderMap) -> bool {
    headers.get_all(header::AUTHORIZATION).iter().any(|value| {
        let scheme = value.as_bytes().split(|byte| *byte == b' ').next();
        scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"bearer"))
    })
}

/// Returns the text of the token; None if there are several headers, or if it is not text.
#[must_use]
pub fn text(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (value, others) = (values.next()?, values.next());
    let (_, text) = value.to_str().ok()?.split_once(' ')?;
    others.is_none().then_some(text.trim())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn bearer_token_is_parsed() {
        for (values, is, read) in [
            (&["Bearer rc_x"][..], true, Some("rc_x")),
            (&["bearer  rc_x "], true, Some("rc_x")),
            (&["BEARER"], true, None),
            (&["Bearer"], true, None),
            (&["Bearer a b"], true, Some("a b")),
            (&["Basic YTpi"], false, None),
            (&["Bearers rc_x"], false, None),
            (&["Basic YTpi", "Bearer rc_x"], true, None),
            (&["Bearer rc_x", "Bearer rc_x"], true, None),
            (&[], false, None),
        ] {
            let mut headers = HeaderMap::new();
            for value in values {
                let value = HeaderValue::from_static(value);
                headers.append(header::AUTHORIZATION, value);
            }
            assert_eq!(is_in(&headers), is, "{values:?}");
            if is {
                assert_eq!(text(&headers), read, "{values:?}");
            }
        }
    }
}
