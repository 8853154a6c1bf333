//! Forms without scripts: the browser's `POST` is passed to the same server function that the scripts call.

use std::sync::PoisonError;

use api::error::too_large;
use app::{
    api::{
        error::ApiError,
        form_success::{FormSuccess, UNDO},
        wire::AS,
    },
    context::FormOutcome,
};
use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request, State},
    http::{HeaderValue, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
    routing::MethodRouter,
};
use domain::{
    messages,
    problem::{Code, Problem},
};
use leptos::{
    prelude::{Owner, provide_context},
    reactive::computed::ScopedFuture,
    server_fn::{
        ServerFn,
        codec::{FromReq, PostUrl},
    },
};
use leptos_axum::ResponseOptions;
use serde::de::DeserializeOwned;
use service::{access::Caller, flash};
use tower_sessions::Session;

use super::{
    draw::{draw, draw_with_problem},
    expired::ask_to_sign_in,
    fields::{Fields, typed},
    undo::undo_expired,
};
use crate::{
    error_page::RequestContext,
    middleware::identity::{another_user, is_caller},
    render::provide,
    state::AppState,
};

/// Path of a form, and its handler.
pub(super) type FormRoute = (&'static str, fn() -> MethodRouter<AppState>);

/// Handles a `POST` to the path of a page: a server function processes its form, for the user of the page.
pub(crate) async fn send<F>(State(state): State<AppState>, request: Request) -> Response
where
    F: ServerFn<Output = FormSuccess, Error = ApiError> + DeserializeOwned + 'static,
{
    let (parts, body) = match split(request).await {
        Ok(split) => split,
        Err(response) => return *response,
    };
    let Some(caller) = parts.extensions.get::<Option<Caller>>().cloned().flatten() else {
        return ask_to_sign_in(&state, page(&parts), &body).await;
    };
    let mut fields = typed(&body);
    if let Some(problem) = denied(&caller, fields.remove(AS).as_deref()) {
        return RequestContext::from(&page(&parts)).error_response(problem);
    }
    match undone(&state, &parts, &caller, &fields).await {
        Ok(None) => answer::<F>(&state, parts, body).await,
        Ok(Some(form)) => answer::<F>(&state, parts, form).await,
        Err(response) => *response,
    }
}

/// Handles a `POST` of a form that needs no user.
pub(crate) async fn send_public<F>(State(state): State<AppState>, request: Request) -> Response
where
    F: ServerFn<Output = FormSuccess, Error = ApiError> + DeserializeOwned + 'static,
{
    match split(request).await {
        Ok((parts, body)) => answer::<F>(&state, parts, body).await,
        Err(response) => *response,
    }
}

/// Splits a request into its head and its form.
async fn split(request: Request) -> Result<(Parts, Bytes), Box<Response>> {
    let (parts, body) = request.into_parts();
    match Bytes::from_request(Request::from_parts(parts.clone(), body), &()).await {
        Ok(body) => Ok((parts, body)),
        Err(_) => Err(Box::new(
            RequestContext::from(&page(&parts)).error_response(too_large()),
        )),
    }
}

/// Returns the request without its form, which can be rendered as a page.
fn page(parts: &Parts) -> Request {
    Request::from_parts(parts.clone(), Body::empty())
}

/// Returns the problem of a form on the page of another user than the one who is signed in; None if it is the same user.
fn denied(caller: &Caller, user: Option<&str>) -> Option<Problem> {
    match user {
        Some(user) if is_caller(caller, user) => None,
        Some(_) => Some(another_user()),
        // An earlier version of the server has rendered the page.
        None => Some(Problem::new(Code::Unauthorized, messages::page_outdated())),
    }
}

/// Answers with the next page, or with the same page and its errors.
async fn answer<F>(state: &AppState, parts: Parts, body: Bytes) -> Response
where
    F: ServerFn<Output = FormSuccess, Error = ApiError> + DeserializeOwned + 'static,
{
    let mut values = typed(&body);
    values.remove(AS);
    let page = page(&parts);
    let (outcome, cookies) = run::<F>(state, parts, body.clone()).await;
    let mut response = match outcome {
        Ok(done) if !done.shows() => Redirect::to(&done.next).into_response(),
        Ok(done) => {
            let outcome = FormOutcome {
                done: Some(done),
                ..FormOutcome::default()
            };
            draw(state, page, outcome).await
        }
        Err(ApiError(problem)) if problem.error == Code::Unauthorized => {
            ask_to_sign_in(state, page, &body).await
        }
        Err(ApiError(problem)) => draw_with_problem(state, page, values, problem).await,
    };
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Returns the form that undoes a change, if the fields name the change and nothing else. The server has stored this form for the
/// session: neither an address nor a page can choose what is undone.
async fn undone(
    state: &AppState,
    parts: &Parts,
    caller: &Caller,
    fields: &Fields,
) -> Result<Option<Bytes>, Box<Response>> {
    let Some(id) = fields.get(UNDO).filter(|_| fields.len() == 1) else {
        return Ok(None);
    };
    let id = id.parse().unwrap_or_default();
    let undo = flash::take_undo(&state.services, caller, id).await;
    let undo = undo.map_err(|error| {
        Box::new(RequestContext::from(&page(parts)).error_response(error.into_problem()))
    })?;
    let path = parts.uri.path();
    if let Some(undo) = undo.filter(|undo| undo.path == path) {
        return Ok(Some(undo.form.into()));
    }
    let Some(session) = parts.extensions.get::<Session>() else {
        return Ok(None);
    };
    Err(Box::new(undo_expired(state, session, path).await))
}

/// Calls the server function with the context of its request. Returns the cookies that it sets, too.
async fn run<F>(
    state: &AppState,
    mut parts: Parts,
    body: Bytes,
) -> (Result<FormSuccess, ApiError>, Vec<HeaderValue>)
where
    F: ServerFn<Output = FormSuccess, Error = ApiError> + DeserializeOwned + 'static,
{
    parts.headers.remove(header::CONTENT_LENGTH);
    let services = state.services.clone();
    let options = ResponseOptions::default();
    let given = options.clone();
    let call = Owner::new().with(|| {
        ScopedFuture::new(async move {
            provide_context(parts.clone());
            provide_context(given);
            provide(&services);
            let request = Request::from_parts(parts, Body::from(body));
            let form = <F as FromReq<PostUrl, _, ApiError>>::from_req(request).await?;
            form.run_body().await
        })
    });
    let outcome = call.await;
    let set = options.0.read().unwrap_or_else(PoisonError::into_inner);
    let cookies = set.headers.get_all(header::SET_COOKIE).iter();
    (outcome, cookies.cloned().collect())
}
