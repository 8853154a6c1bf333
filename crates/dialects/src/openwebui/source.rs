//! Origin and credential of a request, for handlers that need more than its identity.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use service::access::Origin;

/// Origin of a request, and the token that it has sent.
#[derive(Debug)]
pub(super) struct Source {
    /// Network and client properties of the request.
    pub(super) origin: Origin,
    /// Token of the request, valid or not.
    pub(super) token: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Source {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let origin = parts.extensions.get::<Origin>().cloned();
        Ok(Self {
            origin: origin.unwrap_or_default(),
            token: token_of(&parts.headers).map(str::to_owned),
        })
    }
}

/// Returns the token in the headers of a request.
pub(super) fn token_of(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn token_follows_the_scheme() {
        for (value, token) in [
            ("Bearer abc", Some("abc")),
            ("bearer  abc ", Some("abc")),
            ("Bearer ", None),
            ("Bearer", None),
            ("Basic abc", None),
            ("abc", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, HeaderValue::from_static(value));
            assert_eq!(token_of(&headers), token, "{value:?}");
        }
        assert_eq!(token_of(&HeaderMap::new()), None);
    }
}
