//! Authentication by access tokens.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::Response,
};
use service::{
    Error, Services,
    access::{Actor, Origin},
    access_tokens,
};

use super::rate::Recognised;
use crate::error_page::Asked;

/// Actor of a request with an access token.
#[derive(Debug, Clone)]
pub(crate) struct Bearer(pub(crate) Actor);

/// Authenticates a request by its access token, before any layer reads its cookies, so that it never acts for another user. A
/// token gives access to the API only.
///
/// Attempts are not slowed down, because tokens cannot be guessed.
pub(crate) async fn accept(
    State(services): State<Services>,
    mut request: Request,
    next: Next,
) -> Response {
    if !is_in(request.headers()) {
        return next.run(request).await;
    }
    let asked = Asked::from(&request);
    let origin = request.extensions().get::<Origin>().cloned();
    let text = text(request.headers()).unwrap_or_default();
    let found = access_tokens::find_actor(&services, text, &origin.unwrap_or_default()).await;
    let actor = match found {
        Ok(_) if !request.uri().path().starts_with("/api/") => {
            return asked.refuse(Error::TokenNotAllowed.into_problem());
        }
        Ok(actor) => actor,
        Err(error) => {
            let recognised = request.extensions().get::<Recognised>();
            if let (Some(recognised), Error::Unauthenticated(_)) = (recognised, &error) {
                recognised.tell(None);
            }
            return asked.refuse(error.into_problem());
        }
    };
    // Unlike cookies, a browser adds no token to the requests of another site: the site of a request does not matter.
    for name in [header::COOKIE, header::ORIGIN] {
        request.headers_mut().remove(name);
    }
    request.headers_mut().remove("sec-fetch-site");
    request.extensions_mut().insert(Bearer(actor));
    next.run(request).await
}

/// Returns whether a request has a bearer token. Other schemes are for a proxy in front, and are ignored.
pub(crate) fn is_in(headers: &HeaderMap) -> bool {
    headers.get_all(header::AUTHORIZATION).iter().any(|value| {
        let scheme = value.as_bytes().split(|byte| *byte == b' ').next();
        scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"bearer"))
    })
}

/// Returns the text of the token; None if there are several headers, or if it is not text.
pub(crate) fn text(headers: &HeaderMap) -> Option<&str> {
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
    fn what_is_taken_for_a_token() {
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
