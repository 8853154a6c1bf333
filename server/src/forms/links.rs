//! One-time links and the forms behind them. The token is moved from the URL into a cookie at once, so that neither the history
//! nor the next site can see it.

use std::time::Duration;

use api::cookies::cookie;
use app::api::{
    form_success::with_next,
    links::{INVITATION, LinkCookie, RESET, SETUP, forget_surplus},
    success_page::SuccessPage,
};
use axum::{
    extract::{Path, Request, State, rejection::PathRejection},
    http::{HeaderMap, Uri, header},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
};
use domain::credentials::AccountDraft;
use service::{invitations as service_invitations, reset as service_reset, setup as service_setup};
use tower_sessions::Session;

use super::{
    draw::{draw_again, origin},
    fields::{Fields, draft, read},
};
use crate::{cookies, state::AppState};

/// Lifetime of an invitation's cookie, which is the time to fill in the form. The invitation itself can be opened again.
const TIME_TO_TYPE: Duration = Duration::from_secs(60 * 60);

/// Token in a path, or the reason why it cannot be read.
type Token = Result<Path<String>, PathRejection>;

/// `GET /setup/{token}`: opens a setup link, which stays unused.
pub(crate) async fn follow_setup(
    State(state): State<AppState>,
    token: Token,
    headers: HeaderMap,
) -> Response {
    follow(
        &state,
        (token, &headers),
        (SETUP, service_setup::LINK_LIFETIME),
        "/setup",
        "",
    )
}

/// `GET /reset/{token}`: opens a reset link, which stays unused. The address retains the page to continue with.
pub(crate) async fn follow_reset(
    State(state): State<AppState>,
    token: Token,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let query = uri.query().unwrap_or_default();
    let next = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "next");
    let next = next.map(|(_, next)| next).unwrap_or_default();
    follow(
        &state,
        (token, &headers),
        (RESET, service_reset::LINK_LIFETIME),
        "/reset",
        &next,
    )
}

/// `GET /invite/{token}`: opens an invitation, which stays unused.
pub(crate) async fn follow_invitation(
    State(state): State<AppState>,
    token: Token,
    headers: HeaderMap,
) -> Response {
    follow(
        &state,
        (token, &headers),
        (INVITATION, TIME_TO_TYPE),
        "/invite",
        "",
    )
}

/// Stores the token in a cookie of its own, which replaces older ones if there are many, and redirects to the page, whose address
/// names the link by its handle.
fn follow(
    state: &AppState,
    (token, headers): (Token, &HeaderMap),
    (cookie, lifetime): (LinkCookie, Duration),
    page: &str,
    next: &str,
) -> Response {
    let well_formed = |token: &String| {
        !token.is_empty()
            && token.len() <= 64
            && token
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    let token = token.ok().map(|Path(token)| token).filter(well_formed);
    let Some(token) = token else {
        return Redirect::to(&with_next(page, next)).into_response();
    };
    let handle = service::link_handle(&token);
    let settings = &state.services.settings;
    let name = cookie.name(settings, &handle).unwrap_or_default();
    let known = cookies::names(headers).into_iter();
    let mut cookies = forget_surplus(settings, known, &name);
    cookies.extend(cookie.store(settings, (handle.as_str(), token.as_str()), lifetime));
    let cookies = cookies
        .into_iter()
        .map(|cookie| (header::SET_COOKIE, cookie));
    let page = with_next(&format!("{page}?link={handle}"), next);
    (AppendHeaders(cookies), Redirect::to(&page)).into_response()
}

/// `POST /setup`: creates the first admin, and signs in.
pub(crate) async fn claim_setup(
    State(state): State<AppState>,
    session: Session,
    request: Request,
) -> Response {
    let (page, fields) = match read(request).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    let token = token(&state, &page, SETUP, &fields);
    let draft: AccountDraft = draft(&fields);
    match service_setup::claim(&state.services, &session, &token, draft, origin(&page)).await {
        Ok(()) => (forget(&state, SETUP, &fields), Redirect::to("/users")).into_response(),
        Err(error) => draw_again(&state, page, fields, error).await,
    }
}

/// `POST /reset`: sets a new password.
pub(crate) async fn choose_password(State(state): State<AppState>, request: Request) -> Response {
    let (page, fields) = match read(request).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    let token = token(&state, &page, RESET, &fields);
    let typed = |name: &str| fields.get(name).map_or("", String::as_str);
    let choice = service_reset::Choice {
        password: typed("password"),
        password_again: typed("password_again"),
        revoke_tokens: typed("revoke_tokens") == "true",
    };
    match service_reset::choose_password(&state.services, &token, choice, origin(&page)).await {
        Ok(()) => {
            let (done, page) = done(&state, SuccessPage::PasswordChosen);
            let page = with_next(page, typed("next"));
            (forget(&state, RESET, &fields), done, Redirect::to(&page)).into_response()
        }
        Err(error) => draw_again(&state, page, fields, error).await,
    }
}

/// `POST /invite`: creates the account of an invitation.
pub(crate) async fn accept_invitation(State(state): State<AppState>, request: Request) -> Response {
    let (page, fields) = match read(request).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    let token = token(&state, &page, INVITATION, &fields);
    let draft: AccountDraft = draft(&fields);
    let services = &state.services;
    match service_invitations::accept(services, &token, draft, origin(&page)).await {
        Ok(_) => {
            let forget = forget(&state, INVITATION, &fields);
            let (done, page) = done(&state, SuccessPage::InvitationAccepted);
            (forget, done, Redirect::to(page)).into_response()
        }
        Err(error) => draw_again(&state, page, fields, error).await,
    }
}

/// Returns the header that permits the browser to open a confirmation page, and the path of the page.
fn done(
    state: &AppState,
    page: SuccessPage,
) -> (
    AppendHeaders<[(header::HeaderName, String); 1]>,
    &'static str,
) {
    let allow = page.allow(&state.services.settings);
    (AppendHeaders([(header::SET_COOKIE, allow)]), page.path())
}

/// Returns the handle of the link that a form belongs to.
fn handle(fields: &Fields) -> &str {
    fields.get("link").map_or("", String::as_str)
}

/// Returns the token of the link that a form belongs to; empty if the browser has no cookie for it.
fn token(state: &AppState, request: &Request, kind: LinkCookie, fields: &Fields) -> String {
    let name = kind.name(&state.services.settings, handle(fields));
    name.and_then(|name| cookie(request.headers(), &name))
        .unwrap_or_default()
        .to_owned()
}

/// Returns the header that removes the cookie of the link.
fn forget(
    state: &AppState,
    kind: LinkCookie,
    fields: &Fields,
) -> AppendHeaders<Option<(header::HeaderName, String)>> {
    let forget = kind.forget(&state.services.settings, handle(fields));
    AppendHeaders(forget.map(|forget| (header::SET_COOKIE, forget)))
}
