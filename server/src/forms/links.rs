//! One-time links and the forms behind them. A token goes from its address into a cookie at once, so that neither the
//! history nor the next site gets to see it.

use std::time::Duration;

use app::api::{
    done::going_on,
    done_page::DonePage,
    links::{INVITATION, LinkCookie, RESET, SETUP, forget_surplus},
};
use axum::{
    extract::{Path, Request, State, rejection::PathRejection},
    http::{HeaderMap, Uri, header},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
};
use domain::credentials::AccountDraft;
use service::{invitations as service_invitations, reset as service_reset, setup as service_setup};
use tower_sessions::Session;

use super::{Fields, draft, draw_again, origin, read};
use crate::{
    middleware::cookies::{self, cookie},
    router::AppState,
};

/// How long somebody who has followed an invitation may take over the form. The invitation itself can be followed again.
const TIME_TO_TYPE: Duration = Duration::from_secs(60 * 60);

/// The token in an address, if it can be read.
type Token = Result<Path<String>, PathRejection>;

/// `GET /setup/{token}`: uses nothing up.
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

/// `GET /reset/{token}`: uses nothing up. Where the person was going stays in the address.
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

/// `GET /invite/{token}`: uses nothing up.
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

/// Puts the token into a cookie of its own, in the place of older ones where there are many, and goes on to the page, which
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
        return Redirect::to(&going_on(page, next)).into_response();
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
    let page = going_on(&format!("{page}?link={handle}"), next);
    (AppendHeaders(cookies), Redirect::to(&page)).into_response()
}

/// `POST /setup`
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

/// `POST /reset`
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
            let (done, page) = done(&state, DonePage::PasswordChosen);
            let page = going_on(page, typed("next"));
            (forget(&state, RESET, &fields), done, Redirect::to(&page)).into_response()
        }
        Err(error) => draw_again(&state, page, fields, error).await,
    }
}

/// `POST /invite`
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
            let (done, page) = done(&state, DonePage::InvitationAccepted);
            (forget, done, Redirect::to(page)).into_response()
        }
        Err(error) => draw_again(&state, page, fields, error).await,
    }
}

/// The header that lets the browser see a page that says that something was done, and its address.
fn done(
    state: &AppState,
    page: DonePage,
) -> (
    AppendHeaders<[(header::HeaderName, String); 1]>,
    &'static str,
) {
    let allow = page.allow(&state.services.settings);
    (AppendHeaders([(header::SET_COOKIE, allow)]), page.path())
}

/// The handle of the link that a form is of.
fn handle(fields: &Fields) -> &str {
    fields.get("link").map_or("", String::as_str)
}

/// The token of that link, if the browser has it.
fn token(state: &AppState, request: &Request, kind: LinkCookie, fields: &Fields) -> String {
    let name = kind.name(&state.services.settings, handle(fields));
    name.and_then(|name| cookie(request.headers(), &name))
        .unwrap_or_default()
        .to_owned()
}

/// The header that makes the browser forget it.
fn forget(
    state: &AppState,
    kind: LinkCookie,
    fields: &Fields,
) -> AppendHeaders<Option<(header::HeaderName, String)>> {
    let forget = kind.forget(&state.services.settings, handle(fields));
    AppendHeaders(forget.map(|forget| (header::SET_COOKIE, forget)))
}
