//! What server functions need of the request and its surroundings. The only file that knows them.

use std::str::FromStr;

use axum::http::{HeaderValue, StatusCode, header, request::Parts};
use domain::{
    cookies::Cookies,
    list::{Limits, ListError},
    problem::{Code, Problem},
};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use service::{
    Error, Services,
    access::{Actor, Origin},
};
use tower_sessions::Session;
use uuid::Uuid;

use super::{error::ApiError, listed::Listed};
use crate::context::PageContext;

/// What the product can do.
///
/// # Errors
/// When the server did not provide it: a fault of ours.
pub fn services() -> Result<Services, ApiError> {
    use_context().ok_or_else(missing)
}

/// Something that the server's middleware has put beside the request.
///
/// # Errors
/// When it did not: a fault of ours.
pub fn extension<T: Clone + Send + Sync + 'static>() -> Result<T, ApiError> {
    use_context::<Parts>()
        .and_then(|parts| parts.extensions.get::<T>().cloned())
        .ok_or_else(missing)
}

/// Who asks.
///
/// # Errors
/// [`Code::Unauthorized`] when nobody is signed in.
pub fn actor() -> Result<Actor, ApiError> {
    extension::<Option<Actor>>()?.ok_or_else(|| fail(Error::Unauthenticated("Sign in to go on.")))
}

/// The browser's session.
///
/// # Errors
/// When the middleware is missing: a fault of ours.
pub fn session() -> Result<Session, ApiError> {
    extension()
}

/// From where it is asked.
///
/// # Errors
/// When the middleware is missing: a fault of ours.
pub fn origin() -> Result<Origin, ApiError> {
    extension()
}

/// The value of a cookie of the request.
#[must_use]
pub fn cookie(name: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    let lines = parts.headers.get_all(header::COOKIE).iter();
    let cookies = Cookies::read(lines.map(HeaderValue::as_bytes));
    cookies.get(name).map(str::to_owned)
}

/// Sets a cookie by its header.
pub fn set_cookie(cookie: &str) {
    if let (Some(response), Ok(cookie)) = (
        use_context::<ResponseOptions>(),
        HeaderValue::try_from(cookie),
    ) {
        response.append_header(header::SET_COOKIE, cookie);
    }
}

/// Why the form on the page being drawn was refused, if it was for the link behind it and not for what was typed.
#[must_use]
pub fn refused_link() -> Option<Problem> {
    let problem = PageContext::current().outcome?.problem?;
    let for_link = matches!(problem.error, Code::NotFound | Code::TooManyRequests);
    for_link.then_some(problem)
}

/// Turns a failure into the answer: its problem with the request id, and its status on the response.
#[must_use]
pub fn fail(error: Error) -> ApiError {
    ApiError(told(error.into_problem()))
}

/// A problem that is the whole answer: with the request id, and its status on the response.
#[must_use]
pub fn told(problem: Problem) -> Problem {
    let problem = identified(problem);
    set_status(&problem);
    problem
}

/// Understands the parameters of a list, and lists what they ask for.
///
/// # Errors
/// What `list` fails with. What was not understood is an answer of its own; a page has its status all the same.
pub async fn listed<P, Q, T>(
    params: &P,
    understand: impl Fn(&P, Limits) -> Result<Q, ListError>,
    list: impl AsyncFnOnce(Q) -> Result<T, Error>,
) -> Result<Listed<T>, ApiError> {
    match understand(params, Limits::PANEL) {
        Ok(query) => list(query).await.map(Listed::List).map_err(fail),
        Err(error) => {
            let problem = identified(Error::from(error).into_problem());
            if use_context::<Parts>().is_some_and(|parts| !parts.uri.path().starts_with("/sfn/")) {
                set_status(&problem);
            }
            Ok(Listed::NotUnderstood(problem))
        }
    }
}

/// The id of the row from which a list is read on, if the address names one.
///
/// # Errors
/// [`ListError::Cursor`] when it is no such id.
pub fn position<T: FromStr>(text: Option<String>) -> Result<Option<T>, Error> {
    let text = text.filter(|text| !text.trim().is_empty());
    let id = text.map(|text| text.parse().map_err(|_| ListError::Cursor));
    Ok(id.transpose()?)
}

fn identified(problem: Problem) -> Problem {
    let id = extension::<Origin>()
        .ok()
        .and_then(|origin| origin.request_id);
    Problem {
        request_id: id.as_ref().map(Uuid::to_string),
        ..problem
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
    tracing::error!("a server function was called without its surroundings");
    ApiError(Problem::new(
        Code::InternalError,
        "Something went wrong on the server. Try again.",
    ))
}
