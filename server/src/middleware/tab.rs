//! Forms of one's own account name the account that their page was drawn for. A browser has one session for all its tabs: who
//! signs in as somebody else in another tab must not change that account from this one.

use app::context::ACCOUNT_FIELD;
use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request},
    http::{Method, header},
    middleware::Next,
    response::Response,
};
use domain::problem::{Code, Problem};
use service::access::Actor;

use super::refusal::too_large;
use crate::error_page::Asked;

const FORM: &str = "application/x-www-form-urlencoded";

/// Denies a form that names another account than the one that is signed in.
pub(crate) async fn same_account(request: Request, next: Next) -> Response {
    let kind = request.headers().get(header::CONTENT_TYPE);
    let is_form = kind.is_some_and(|kind| kind.as_bytes().starts_with(FORM.as_bytes()));
    let actor = request.extensions().get::<Option<Actor>>();
    let signed_in = actor.and_then(Option::as_ref).map(|actor| actor.principal.id);
    let (true, Some(id)) = (is_form && request.method() == Method::POST, signed_in) else {
        return next.run(request).await;
    };
    let (parts, body) = request.into_parts();
    let head = Request::from_parts(parts.clone(), Body::empty());
    let whole = Request::from_parts(parts.clone(), body);
    let Ok(body) = Bytes::from_request(whole, &()).await else {
        return Asked::from(&head).refuse(too_large());
    };
    let named = form_urlencoded::parse(&body).find(|(name, _)| name == ACCOUNT_FIELD);
    if named.is_some_and(|(_, named)| named != id.0.to_string()) {
        let message = "In another tab you have signed in as somebody else. Nothing was changed: reload this page first.";
        return Asked::from(&head).refuse(Problem::new(Code::Conflict, message));
    }
    next.run(Request::from_parts(parts, Body::from(body))).await
}
