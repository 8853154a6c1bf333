//! Forms of browsers without scripts, or before the scripts have loaded. An accepted form leads to the next page; a rejected one
//! returns the same page, with the input and its errors.

mod access;
mod account;
mod again;
mod draw;
mod expired;
mod fields;
mod groups;
mod limits;
pub(crate) mod links;
mod lists;
mod resources;
pub(crate) mod routes;
pub(crate) mod send;
mod undo;
mod users;

use app::{api::form_success::with_next, context::PageContext};
use axum::{
    Extension,
    extract::{Request, State},
    http::header,
    response::{AppendHeaders, IntoResponse, Redirect, Response},
};
use domain::{access::local_path, credentials::SignInDraft};
use service::{Error, access::Caller};
use tower_sessions::Session;

use self::{
    draw::{draw_again, origin},
    fields::{draft, read},
};
use crate::{error_page::RequestContext, state::AppState};

/// `GET /`: redirects to the start page of the user, or to sign-in.
pub(crate) async fn start(Extension(caller): Extension<Option<Caller>>) -> Redirect {
    Redirect::to(match caller {
        Some(caller) if caller.principal.may_open_panel() => "/users",
        Some(_) => "/account",
        None => "/login",
    })
}

/// `POST /login`: signs in, and redirects to the page that was asked for.
pub(crate) async fn sign_in(
    State(state): State<AppState>,
    session: Session,
    request: Request,
) -> Response {
    let (page, fields) = match read(request).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    let draft: SignInDraft = draft(&fields);
    let next = local_path(fields.get("next").map_or("/", String::as_str)).to_owned();
    match service::auth::sign_in(&state.services, &session, draft, origin(&page)).await {
        Ok(_) => {
            let form = again::draw_form(&state, &session, page, &fields).await;
            form.unwrap_or_else(|| Redirect::to(&next).into_response())
        }
        Err(Error::PasswordChangeRequired(link)) => {
            Redirect::to(&with_next(&link.url, &next)).into_response()
        }
        Err(error) => draw_again(&state, page, fields, error).await,
    }
}

/// `POST /logout`: signs out.
pub(crate) async fn sign_out(session: Session, request: Request) -> Response {
    match service::sessions::end(&session).await {
        Ok(()) => Redirect::to("/login").into_response(),
        Err(error) => RequestContext::from(&request).error_response(error.into_problem()),
    }
}

/// `POST /preferences`: stores the appearance that the user has chosen in a cookie.
pub(crate) async fn set_preferences(request: Request) -> Response {
    let (page, fields) = match read(request).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    let current = page
        .extensions()
        .get::<PageContext>()
        .map(|context| context.preferences)
        .unwrap_or_default();
    let chosen = fields
        .iter()
        .fold(current, |chosen, (name, value)| chosen.with(name, value));
    let next = local_path(fields.get("next").map_or("/", String::as_str));
    (
        AppendHeaders([(header::SET_COOKIE, chosen.set_cookie())]),
        Redirect::to(next),
    )
        .into_response()
}
