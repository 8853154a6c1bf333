//! One-time links and the forms behind them. A token goes from its address into a cookie at once, so that neither the
//! history nor the next site gets to see it.

use std::time::Duration;

use app::api::{done::going_on, invitations, reset, setup};
use axum::{
    extract::{Path, Request, State, rejection::PathRejection},
    http::{Uri, header},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
};
use domain::credentials::AccountDraft;
use service::{invitations as service_invitations, reset as service_reset, setup as service_setup};
use tower_sessions::Session;

use super::{draft, draw_again, origin, read};
use crate::{middleware::cookies::cookie, router::AppState};

/// How long somebody who has followed an invitation may take over the form. The invitation itself can be followed again.
const TIME_TO_TYPE: Duration = Duration::from_secs(60 * 60);

/// The token in an address, if it can be read.
type Token = Result<Path<String>, PathRejection>;

/// `GET /setup/{token}`: uses nothing up.
pub(crate) async fn follow_setup(State(state): State<AppState>, token: Token) -> Response {
    follow(
        &state,
        token,
        setup::TOKEN_COOKIE,
        service_setup::LINK_LIFETIME,
        "/setup",
    )
}

/// `GET /reset/{token}`: uses nothing up. Where the person was going stays in the address.
pub(crate) async fn follow_reset(
    State(state): State<AppState>,
    token: Token,
    uri: Uri,
) -> Response {
    let query = uri.query().unwrap_or_default();
    let next = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "next");
    let next = next.map(|(_, next)| next).unwrap_or_default();
    follow(
        &state,
        token,
        reset::TOKEN_COOKIE,
        service_reset::LINK_LIFETIME,
        &going_on("/reset", &next),
    )
}

/// `GET /invite/{token}`: uses nothing up.
pub(crate) async fn follow_invitation(State(state): State<AppState>, token: Token) -> Response {
    follow(
        &state,
        token,
        invitations::TOKEN_COOKIE,
        TIME_TO_TYPE,
        "/invite",
    )
}

fn follow(state: &AppState, token: Token, name: &str, lifetime: Duration, page: &str) -> Response {
    let well_formed = |token: &String| {
        token.len() <= 64
            && token
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    let token = token.ok().map(|Path(token)| token).filter(well_formed);
    let token = token.unwrap_or_default();
    let secure = if state.https { "; Secure" } else { "" };
    let age = lifetime.as_secs();
    let cookie = format!("{name}={token}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}");
    let headers = AppendHeaders([(header::SET_COOKIE, cookie)]);
    (headers, Redirect::to(page)).into_response()
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
    let token = token(&page, setup::TOKEN_COOKIE);
    let draft: AccountDraft = draft(&fields);
    match service_setup::claim(&state.services, &session, &token, draft, origin(&page)).await {
        Ok(()) => Redirect::to("/users").into_response(),
        Err(error) => draw_again(&state, page, fields, error).await,
    }
}

/// `POST /reset`
pub(crate) async fn choose_password(State(state): State<AppState>, request: Request) -> Response {
    let (page, fields) = match read(request).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    let token = token(&page, reset::TOKEN_COOKIE);
    let typed = |name: &str| fields.get(name).map_or("", String::as_str);
    let (password, again) = (typed("password"), typed("password_again"));
    let services = &state.services;
    match service_reset::choose_password(services, &token, password, again, origin(&page)).await {
        Ok(()) => {
            let forget = reset::forget_token();
            let headers = AppendHeaders([(header::SET_COOKIE, forget)]);
            let done = going_on("/reset/done", typed("next"));
            (headers, Redirect::to(&done)).into_response()
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
    let token = token(&page, invitations::TOKEN_COOKIE);
    let draft: AccountDraft = draft(&fields);
    let services = &state.services;
    match service_invitations::accept(services, &token, draft, origin(&page)).await {
        Ok(_) => {
            let forget = invitations::forget_token();
            let headers = AppendHeaders([(header::SET_COOKIE, forget)]);
            (headers, Redirect::to("/invite/done")).into_response()
        }
        Err(error) => draw_again(&state, page, fields, error).await,
    }
}

fn token(request: &Request, name: &str) -> String {
    cookie(request.headers(), name)
        .unwrap_or_default()
        .to_owned()
}
