//! Which pages a person gets to see. What a page shows is guarded again by the functions that it calls.

use app::{Access, access, api::done::going_on, context::PageContext};
use axum::{
    extract::Request,
    http::Method,
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};

/// Sends whoever is not signed in to sign in and back again, whoever has no right to the panel to their account, and
/// whoever is signed in past the sign-in page.
pub(crate) async fn pages(request: Request, next: Next) -> Response {
    let is_page = request.method() == Method::GET && !request.uri().path().starts_with("/sfn/");
    let principal = request
        .extensions()
        .get::<PageContext>()
        .and_then(|context| context.principal.as_ref());
    match (access(request.uri().path()), principal) {
        (Access::SignedIn | Access::Panel, None) if is_page => to_sign_in(&request),
        (Access::Panel, Some(person)) if is_page && !person.may_open_panel() => {
            Redirect::to("/account").into_response()
        }
        (Access::Public, Some(_)) if is_page && request.uri().path() == "/login" => {
            Redirect::to("/").into_response()
        }
        _ => next.run(request).await,
    }
}

pub(crate) fn to_sign_in(request: &Request) -> Response {
    let wanted = request
        .uri()
        .path_and_query()
        .map_or("/", |path| path.as_str());
    Redirect::to(&going_on("/login", wanted)).into_response()
}
