//! Length of the head of a request.

use axum::{
    http::{HeaderValue, Request, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};

/// Maximum number of bytes of a request's head. A longer one is answered with 431.
///
/// The longest head that the panel sends selects a hundred users by their encoded names in the URL.
pub(super) const HEAD_MAX: usize = 32 * 1024;

/// Returns whether the head of a request is longer than [`HEAD_MAX`]. The buffer of hyper grows in steps, and accepts a head
/// that ends within its last step.
pub(super) fn is_too_long<B>(request: &Request<B>) -> bool {
    length(request) > HEAD_MAX
}

/// Returns the response to a request with a head that is too long. Hyper sends the same where its buffer is full.
pub(super) fn too_long() -> Response {
    let mut response = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE.into_response();
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
    response
}

/// Returns the number of bytes of a head: the request line, the headers and the empty line, with one space after the colon of
/// a header.
fn length<B>(request: &Request<B>) -> usize {
    let line = request.method().as_str().len() + target(request.uri()) + "  HTTP/1.1\r\n".len();
    let headers = request.headers().iter();
    let headers = headers.map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len());
    line + headers.sum::<usize>() + "\r\n".len()
}

/// Returns the number of bytes of a request's target.
fn target(uri: &Uri) -> usize {
    let scheme = uri
        .scheme_str()
        .map_or(0, |scheme| scheme.len() + "://".len());
    let authority = uri.authority().map_or(0, |host| host.as_str().len());
    let path = uri.path_and_query().map_or(0, |path| path.as_str().len());
    scheme + authority + path
}

#[cfg(test)]
mod tests {
    use axum::http::Method;

    use super::*;

    fn request(
        method: Method,
        target: &str,
        headers: &[(&'static str, &'static str)],
    ) -> Request<()> {
        let mut request = Request::new(());
        *request.method_mut() = method;
        *request.uri_mut() = target.parse().unwrap();
        for (name, value) in headers {
            let value = HeaderValue::from_static(value);
            request.headers_mut().append(*name, value);
        }
        request
    }

    #[test]
    fn length_is_that_of_the_bytes() {
        for (request, head) in [
            (request(Method::GET, "/", &[]), "GET / HTTP/1.1\r\n\r\n"),
            (
                request(
                    Method::POST,
                    "/users?q=a",
                    &[("host", "x"), ("cookie", "a=1"), ("cookie", "")],
                ),
                "POST /users?q=a HTTP/1.1\r\nhost: x\r\ncookie: a=1\r\ncookie: \r\n\r\n",
            ),
            (
                request(Method::GET, "http://x:80/users", &[("host", "x")]),
                "GET http://x:80/users HTTP/1.1\r\nhost: x\r\n\r\n",
            ),
            (
                request(Method::OPTIONS, "*", &[]),
                "OPTIONS * HTTP/1.1\r\n\r\n",
            ),
            (
                request(Method::CONNECT, "x:443", &[]),
                "CONNECT x:443 HTTP/1.1\r\n\r\n",
            ),
        ] {
            assert_eq!(length(&request), head.len(), "{head}");
        }
    }

    #[test]
    fn head_of_one_byte_more_is_too_long() {
        let rest = "GET / HTTP/1.1\r\nx: \r\n\r\n".len();
        for (bytes, expected) in [(HEAD_MAX, false), (HEAD_MAX + 1, true)] {
            let mut request = request(Method::GET, "/", &[]);
            let value = HeaderValue::try_from("x".repeat(bytes - rest)).unwrap();
            request.headers_mut().insert("x", value);
            assert_eq!(is_too_long(&request), expected, "{bytes}");
        }
    }
}
