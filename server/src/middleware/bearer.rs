//! Authentication by access tokens.

use api::bearer_token;
use axum::{
    extract::{Request, State},
    http::header,
    middleware::Next,
    response::Response,
};
use service::{
    Error, Services,
    access::{Caller, Origin},
    access_tokens,
};

use super::rate::Recognised;
use crate::error_page::RequestContext;

/// Actor of a request with an access token.
#[derive(Debug, Clone)]
pub(crate) struct Bearer(pub(crate) Caller);

/// Authenticates a request by its access token, before any layer reads its cookies, so that it never acts for another user. A
/// token gives access to the API only.
///
/// Attempts are not slowed down, because tokens cannot be guessed.
pub(crate) async fn accept(
    State(services): State<Services>,
    mut request: Request,
    next: Next,
) -> Response {
    if !bearer_token::is_in(request.headers()) {
        return next.run(request).await;
    }
    let asked = RequestContext::from(&request);
    let origin = request.extensions().get::<Origin>().cloned();
    let text = bearer_token::text(request.headers()).unwrap_or_default();
    let found = access_tokens::find_caller(&services, text, &origin.unwrap_or_default()).await;
    let caller = match found {
        Ok(_) if !request.uri().path().starts_with("/api/") => {
            return asked.error_response(Error::TokenNotAllowed.into_problem());
        }
        Ok(caller) => caller,
        Err(error) => {
            let recognised = request.extensions().get::<Recognised>();
            if let (Some(recognised), Error::Unauthenticated(_)) = (recognised, &error) {
                recognised.set_account(None);
            }
            return asked.error_response(error.into_problem());
        }
    };
    // Unlike cookies, a browser adds no token to the requests of another site: the site of a request does not matter.
    for name in [header::COOKIE, header::ORIGIN] {
        request.headers_mut().remove(name);
    }
    request.headers_mut().remove("sec-fetch-site");
    request.extensions_mut().insert(Bearer(caller));
    next.run(request).await
}
