//! Bearer tokens: those of a sign-in, and the access tokens of Rollcall.

use axum::http::{HeaderMap, header::AUTHORIZATION};
use domain::{
    access_tokens::TokenKind,
    error::{Forbidden, Unauthenticated},
};
use service::{
    Error, Services,
    access::{Credential, Identity, Origin},
    access_tokens,
    sessions::bearer,
};

/// Returns the bearer token of a request. None without one.
pub(super) fn token(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// Returns the user of a bearer token, with the current permissions. A refresh token is none.
///
/// # Errors
/// [`Error::Unauthenticated`] for a token that is not valid, [`Error::Forbidden`] for a virtual key: it opens no more than the limits, the
/// usage and the access of its owner.
pub(super) async fn find_identity(
    services: &Services,
    token: &str,
    origin: &Origin,
) -> Result<Identity, Error> {
    if bearer::is_child(token) {
        let found = bearer::find_caller(services, token, origin).await;
        return found.map(Identity::from).map_err(ended);
    }
    let caller = access_tokens::find_caller(services, token, origin).await?;
    match &caller.credential {
        Credential::Token(grant) if grant.kind == TokenKind::Key => {
            Err(Error::Forbidden(Forbidden::KeyNotAllowed))
        }
        Credential::Token(_) | Credential::Session(_) => Ok(caller.into()),
    }
}

/// Replaces the reason why a token of a sign-in is not valid: its session has ended, so that the client can refresh it.
pub(super) fn ended(error: Error) -> Error {
    match error {
        Error::Unauthenticated(_) => Error::Unauthenticated(Unauthenticated::SessionExpired),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn token_follows_the_scheme() {
        let read = |value: &'static str| {
            let value = HeaderValue::from_static(value);
            let headers = HeaderMap::from_iter([(AUTHORIZATION, value)]);
            token(&headers).map(str::to_owned)
        };
        for (value, expected) in [
            ("Bearer abc", Some("abc")),
            ("bearer  abc ", Some("abc")),
            ("Bearer a b", Some("a b")),
            ("Bearer", None),
            ("Bearer ", None),
            ("Basic abc", None),
            ("abc", None),
            ("", None),
        ] {
            assert_eq!(read(value).as_deref(), expected, "{value}");
        }
        assert_eq!(token(&HeaderMap::new()), None);
    }
}
