//! Access of server functions to the request and its context, and their calls of the service layer. Only this file reads the
//! context, checks the caller, and converts errors.

use std::str::FromStr;

use axum::http::{HeaderValue, StatusCode, header, request::Parts};
use domain::{
    cookies::Cookies,
    error::Unauthenticated,
    list::{Limits, ListError, UnfilteredParams, UnfilteredQuery},
    messages,
    problem::{Code, Problem},
};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use service::{
    Error, Services,
    access::{Authorized, Caller, Origin, RequiredPermission},
};
use tower_sessions::Session;
use uuid::Uuid;

use super::{error::ApiError, listed::ListResult};
use crate::{preferences::Preferences, text};

/// Problem of the submitted form that the page is rendered again for. The server provides it with the page.
#[derive(Debug, Clone)]
pub struct FormProblem(pub Problem);

/// Returns the service layer: the database pool, the settings and the clock.
///
/// # Errors
/// Returns an internal error when the server did not provide them.
pub fn services() -> Result<Services, ApiError> {
    use_context().ok_or_else(missing)
}

/// Returns a request extension that the server's middleware has set, or an internal error if it is missing.
fn extension<T: Clone + Send + Sync + 'static>() -> Result<T, ApiError> {
    use_context::<Parts>()
        .and_then(|parts| parts.extensions.get::<T>().cloned())
        .ok_or_else(missing)
}

/// Returns the caller, or [`Code::Unauthorized`] if the request has no signed-in user.
fn caller() -> Result<Caller, ApiError> {
    extension::<Option<Caller>>()?
        .ok_or_else(|| fail(Error::Unauthenticated(Unauthenticated::SignInRequired)))
}

/// Calls the service layer for a caller who has the permission `P`.
///
/// The future of `run` is boxed here and in the other calls, so that the future of a server function stays small.
///
/// # Errors
/// Returns [`Code::Unauthorized`] without a signed-in user, [`Code::Forbidden`] without the permission, and the error of `run`.
pub async fn call<P: RequiredPermission, T>(
    run: impl AsyncFnOnce(Services, Authorized<P>) -> Result<T, Error>,
) -> Result<T, ApiError> {
    let (services, caller) = (services()?, caller()?);
    let authorized = caller.require().map_err(fail)?;
    Box::pin(run(services, authorized)).await.map_err(fail)
}

/// Returns the proof that the caller has the permission `P`; `None` without it, for data that a response has in addition.
#[must_use]
pub fn permitted<P: RequiredPermission>() -> Option<Authorized<P>> {
    caller().ok()?.require().ok()
}

/// Calls the service layer for a caller who has the permission `W` to write and can also read the same, for changes whose
/// previews and errors show stored data.
///
/// # Errors
/// Returns the errors of [`call`], and [`Code::Forbidden`] without the permission to read.
pub async fn call_with_read<W: RequiredPermission, T>(
    run: impl AsyncFnOnce(Services, Authorized<W>) -> Result<T, Error>,
) -> Result<T, ApiError> {
    let (services, caller) = (services()?, caller()?);
    let authorized = caller.require_with_read().map_err(fail)?;
    Box::pin(run(services, authorized)).await.map_err(fail)
}

/// Calls the service layer for a signed-in user: about the own account, or with permissions that `run` requires itself.
///
/// # Errors
/// Returns [`Code::Unauthorized`] without a signed-in user, and the error of `run`.
pub async fn call_as_caller<T>(
    run: impl AsyncFnOnce(Services, Caller) -> Result<T, Error>,
) -> Result<T, ApiError> {
    Box::pin(run(services()?, caller()?)).await.map_err(fail)
}

/// Calls the service layer for any client, signed in or not.
///
/// # Errors
/// Returns the error of `run`.
pub async fn call_public<T>(
    run: impl AsyncFnOnce(Services, Origin) -> Result<T, Error>,
) -> Result<T, ApiError> {
    Box::pin(run(services()?, extension()?)).await.map_err(fail)
}

/// Reads a list for a caller who has the permission `P`, by a query that was parsed from the parameters of the page.
///
/// # Errors
/// Returns the errors of [`call`]. Invalid parameters are a successful response of their own; a page that is rendered for them
/// still gets the status of the error.
pub async fn call_list<P: RequiredPermission, Q, T>(
    query: Result<Q, ListError>,
    list: impl AsyncFnOnce(Services, Authorized<P>, Q) -> Result<T, Error>,
) -> Result<ListResult<T>, ApiError> {
    let (services, caller) = (services()?, caller()?);
    let authorized = caller.require().map_err(fail)?;
    match query {
        Ok(query) => {
            let list = Box::pin(list(services, authorized, query)).await;
            listed(list)
        }
        Err(error) => Ok(invalid(error)),
    }
}

/// Reads a list for a signed-in user, with permissions that `list` requires itself.
///
/// # Errors
/// Returns the errors of [`call_as_caller`]. Invalid parameters are a response as for [`call_list`].
pub async fn call_list_as_caller<Q, T>(
    query: Result<Q, ListError>,
    list: impl AsyncFnOnce(Services, Caller, Q) -> Result<T, Error>,
) -> Result<ListResult<T>, ApiError> {
    let (services, caller) = (services()?, caller()?);
    match query {
        Ok(query) => {
            let list = Box::pin(list(services, caller, query)).await;
            listed(list)
        }
        Err(error) => Ok(invalid(error)),
    }
}

/// Returns the response with a list, or to parameters that only the service can check.
fn listed<T>(list: Result<T, Error>) -> Result<ListResult<T>, ApiError> {
    match list {
        Err(Error::List(error)) => Ok(invalid(error)),
        list => list.map(ListResult::List).map_err(fail),
    }
}

/// Returns the response to invalid parameters of a list.
fn invalid<T>(error: ListError) -> ListResult<T> {
    let problem = identified(Error::from(error).into_problem());
    // A call from the browser succeeds with [`ListResult::Invalid`]; only a rendered page has an error status.
    if use_context::<Parts>().is_some_and(|parts| !parts.uri.path().starts_with("/sfn/")) {
        set_status(&problem);
    }
    ListResult::Invalid(problem)
}

/// Returns the session of the browser.
///
/// # Errors
/// Returns an internal error when the middleware is missing.
pub fn session() -> Result<Session, ApiError> {
    extension()
}

/// Returns the value of a request cookie.
#[must_use]
pub fn cookie(name: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    let lines = parts.headers.get_all(header::COOKIE).iter();
    let cookies = Cookies::read(lines.map(HeaderValue::as_bytes));
    cookies.get(name).map(str::to_owned)
}

/// Adds a `Set-Cookie` header to the response.
pub fn set_cookie(cookie: &str) {
    if let (Some(response), Ok(cookie)) = (
        use_context::<ResponseOptions>(),
        HeaderValue::try_from(cookie),
    ) {
        response.append_header(header::SET_COOKIE, cookie);
    }
}

/// Stores a display preference of the browser, beside its others.
pub fn set_preference(name: &str, value: &str) {
    let stored = cookie(Preferences::COOKIE);
    let stored = stored.as_deref().map(Preferences::from_cookie);
    set_cookie(&stored.unwrap_or_default().with(name, value).set_cookie());
}

/// Returns the error of the submitted form if its one-time link caused it, not the typed values.
#[must_use]
pub fn link_problem() -> Option<Problem> {
    let FormProblem(problem) = use_context()?;
    let for_link = matches!(problem.error, Code::NotFound | Code::TooManyRequests);
    for_link.then_some(problem)
}

/// Converts a service error to a problem in the language of the request with the request id, and sets the status of the response.
fn fail(mut error: Error) -> ApiError {
    error.translate_attached(text::message::translated);
    ApiError(with_status(error.into_problem()))
}

/// Adds the request id to a problem, translates its messages, and sets the status of the response.
#[must_use]
pub fn with_status(problem: Problem) -> Problem {
    let problem = identified(problem);
    set_status(&problem);
    problem
}

/// Sets the status 404 of the page that is being rendered.
pub fn set_not_found() {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(StatusCode::NOT_FOUND);
    }
}

/// Parses the page size and the position of a list without filters.
///
/// # Errors
/// Returns the first parameter that cannot be parsed.
pub fn unfiltered(params: &UnfilteredParams, order: &str) -> Result<UnfilteredQuery, Error> {
    Ok(params.parse(Limits::PANEL, order)?)
}

/// Parses the id of the row at which a list continues, the value of the parameter `name`. Returns `None` if the text is empty.
///
/// # Errors
/// Returns [`ListError::Cursor`] when the text is not an id.
pub fn position<T: FromStr>(name: &'static str, text: Option<String>) -> Result<Option<T>, Error> {
    let text = text.filter(|text| !text.trim().is_empty());
    let id = text.map(|text| text.parse().map_err(|_| ListError::Cursor(name)));
    Ok(id.transpose()?)
}

/// Adds the request id to a problem, and translates its messages to the language of the request.
fn identified(problem: Problem) -> Problem {
    let id = extension::<Origin>()
        .ok()
        .and_then(|origin| origin.request_id);
    Problem {
        request_id: id.as_ref().map(Uuid::to_string),
        ..text::message::of_problem(problem)
    }
}

fn set_status(problem: &Problem) {
    let Some(response) = use_context::<ResponseOptions>() else {
        return;
    };
    if let Ok(status) = StatusCode::from_u16(problem.error.status()) {
        response.set_status(status);
    }
    if let Some(seconds) = problem.details.retry_after {
        response.insert_header(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
}

fn missing() -> ApiError {
    tracing::error!("a server function was called without its context");
    let problem = Problem::new(Code::InternalError, messages::something_wrong());
    ApiError(text::message::of_problem(problem))
}
