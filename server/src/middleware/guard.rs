//! Which pages a person gets to see. What a page shows is guarded again by the functions that it calls.

use app::{
    Access, access,
    api::{done::going_on, done_page::DonePage},
    context::PageContext,
};
use axum::{
    extract::{Request, State},
    http::{HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use service::{Services, settings::Settings};

use super::{cookies::cookie, identity::is_shown};

/// Sends whoever is not signed in to sign in and back again, whoever has no right to the panel to their account, and
/// whoever is signed in past the sign-in page.
pub(crate) async fn pages(
    State(services): State<Services>,
    request: Request,
    next: Next,
) -> Response {
    let is_page = request.method() == Method::GET && !request.uri().path().starts_with("/sfn/");
    let principal = request
        .extensions()
        .get::<PageContext>()
        .and_then(|context| context.principal.as_ref());
    let done = DonePage::at(request.uri().path()).filter(|_| is_page);
    if let Some(done) = done {
        return show_once(&services.settings, done, request, next).await;
    }
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

/// Shows a page that says that something was done, if it was done just now, and leads on otherwise.
async fn show_once(settings: &Settings, page: DonePage, request: Request, next: Next) -> Response {
    let cookie = cookie(request.headers(), &DonePage::cookie(settings));
    if !page.is_allowed(cookie) || !is_shown(&request) {
        let context = request.extensions().get::<PageContext>();
        let signed_in = context.is_some_and(|context| context.principal.is_some());
        return Redirect::to(if signed_in { "/" } else { "/login" }).into_response();
    }
    let mut response = next.run(request).await;
    if let Ok(forget) = HeaderValue::try_from(DonePage::forget(settings)) {
        response.headers_mut().append(header::SET_COOKIE, forget);
    }
    response
}

pub(crate) fn to_sign_in(request: &Request) -> Response {
    let wanted = request
        .uri()
        .path_and_query()
        .map_or("/", |path| path.as_str());
    Redirect::to(&going_on("/login", wanted)).into_response()
}
