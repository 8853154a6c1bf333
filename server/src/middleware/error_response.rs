//! Errors of inner layers, which know neither the id of the request nor the format that it expects.

use std::{any::Any, borrow::Cow, sync::Arc};

use api::error::{ProblemAnswer, too_large};
use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{
    messages,
    problem::{Code, Problem},
};
use service::{settings::Settings, site::FROM_ELSEWHERE};
use tower_http::csrf::ProtectionError;

use crate::error_page::RequestContext;

/// Marks the response of a handler that panicked.
#[derive(Debug, Clone, Copy)]
struct Panicked;

/// Writes errors in the format that the request expects.
pub(crate) async fn explain(
    State(settings): State<Arc<Settings>>,
    request: Request,
    next: Next,
) -> Response {
    let asked = RequestContext::from(&request);
    let [origin, host] =
        [header::ORIGIN, header::HOST].map(|name| request.headers().get(name).cloned());
    let mut response = next.run(request).await;
    let problem = if let Some(ProblemAnswer(problem)) = response.extensions_mut().remove() {
        // The handler may have set other headers, such as a cookie.
        return with_headers_of(response, asked.error_response(problem));
    } else if response.extensions().get::<ProtectionError>().is_some() {
        let (origin, host) = (text_of(origin.as_ref()), text_of(host.as_ref()));
        tracing::warn!(
            origin = &*origin,
            host = &*host,
            public_url = settings.public_url,
            "rejected a request from another site; if it came from the panel, set PUBLIC_URL to the URL that browsers \
             show, or pass Host and Origin unchanged through the proxy"
        );
        FROM_ELSEWHERE.into_problem()
    } else if response.extensions().get::<Panicked>().is_some() {
        Problem::new(Code::InternalError, messages::internal())
    } else if response.status() == StatusCode::PAYLOAD_TOO_LARGE {
        too_large()
    } else {
        return response;
    };
    asked.error_response(problem)
}

/// Returns a header as text for the log.
fn text_of(value: Option<&HeaderValue>) -> Cow<'_, str> {
    let bytes = value.map(HeaderValue::as_bytes);
    String::from_utf8_lossy(bytes.unwrap_or_default())
}

/// Adds the headers of a response to another one, apart from those of its body.
pub(super) fn with_headers_of(response: Response, mut answer: Response) -> Response {
    for (name, value) in response.headers() {
        if name != header::CONTENT_LENGTH {
            answer.headers_mut().append(name, value.clone());
        }
    }
    answer
}

/// Returns the response for a panic, which [`explain`] completes.
pub(crate) fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let text = cause.downcast_ref::<String>().map(String::as_str);
    let cause = text.or_else(|| cause.downcast_ref::<&str>().copied());
    tracing::error!(cause = cause.unwrap_or("unknown"), "a handler panicked");
    let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
    response.extensions_mut().insert(Panicked);
    response
}
