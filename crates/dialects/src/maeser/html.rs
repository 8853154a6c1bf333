//! HTML without templates: every text in it is escaped here.

use axum::{
    http::{HeaderName, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

use crate::Mount;

/// Policy of the pages: they run the scripts of their own address only, and none in the page.
const POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; \
    base-uri 'none'; frame-ancestors 'none'";

/// Returns the headers of pages.
const fn headers() -> [(HeaderName, &'static str); 1] {
    [(header::CONTENT_SECURITY_POLICY, POLICY)]
}

/// Replaces the characters that have a meaning in HTML.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&#34;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Encodes a text as a part of a path or as a value of a query.
pub(super) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    encoded
}

/// Returns a redirect with status 302.
pub(super) fn redirect(target: &str) -> Response {
    // A header holds visible ASCII characters only.
    let visible = |c: char| c.is_ascii_graphic();
    let mut location = String::with_capacity(target.len());
    for c in target.chars() {
        if visible(c) {
            location.push(c);
        } else {
            location.push_str(&encode(c.encode_utf8(&mut [0; 4])));
        }
    }
    (StatusCode::FOUND, [(header::LOCATION, location)]).into_response()
}

/// Returns a page. The body and the head are HTML, the title is a text.
pub(super) fn page(mount: &Mount, title: &str, head: &str, body: &str) -> Response {
    let (title, root) = (escape(title), escape(&mount.0));
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <link rel=\"stylesheet\" href=\"{root}/static/page.css\">\n{head}</head>\n<body>\n<h1>{title}</h1>\n{body}</body>\n</html>\n"
    );
    (headers(), Html(html)).into_response()
}

/// Returns the page of an error. It names its request in a comment.
pub(super) fn error_page(status: StatusCode, text: &str, request_id: Option<&str>) -> Response {
    let (code, text) = (status.as_u16(), escape(text).replace('\n', "<br>"));
    let reason = status.canonical_reason().unwrap_or_default();
    let request = escape(request_id.unwrap_or_default());
    let html = format!(
        "<!doctype html>\n<html lang=en>\n<title>{code} {reason}</title>\n<h1>{reason}</h1>\n<p>{text}</p>\n<!-- request {request} -->\n"
    );
    (status, headers(), Html(html)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped() {
        assert_eq!(
            escape("<img src=x onerror='a(\"b\")'>&amp;é"),
            "&lt;img src=x onerror=&#39;a(&#34;b&#34;)&#39;&gt;&amp;amp;é"
        );
        assert_eq!(encode("/users?a=é b"), "%2Fusers%3Fa%3D%C3%A9%20b");
    }

    #[test]
    fn redirect_has_visible_characters_only() {
        let response = redirect("/users?a=é b%20c");
        assert_eq!(response.status(), StatusCode::FOUND);
        let location = response.headers().get(header::LOCATION);
        let location = location.and_then(|location| location.to_str().ok());
        assert_eq!(location, Some("/users?a=%C3%A9%20b%20c"));
    }
}
