//! Errors of requests to a dialect, which the dialect renders.

use std::sync::Arc;

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};
use dialects::{Dialect, DialectError, RequestInfo};
use domain::error::Forbidden;
use service::Error;
use tower_http::csrf::ProtectionError;

use super::{error_response::with_headers_of, trace::RouteLabel};

/// Lets the dialect render the errors of its routes and of the layers around them, and labels the route for the metrics.
pub(crate) async fn by_dialect(
    State(dialect): State<Arc<dyn Dialect>>,
    request: Request,
    next: Next,
) -> Response {
    let info = RequestInfo::from(&request);
    let label = label(dialect.name(), request.extensions().get::<MatchedPath>());
    let mut response = next.run(request).await;
    let marked = DialectError::take(response.extensions_mut());
    let mut response = match (marked, error_of(&response)) {
        // The handler may have set other headers, such as `Allow`.
        (Some(error), _) => with_headers_of(response, render(&*dialect, &error, &info)),
        (None, Some(error)) => render(&*dialect, &error, &info),
        (None, None) => response,
    };
    response.extensions_mut().insert(label);
    response
}

/// Returns the error of a layer or an extractor; None if there was none.
fn error_of(response: &Response) -> Option<DialectError> {
    if response.extensions().get::<ProtectionError>().is_some() {
        return Some(Error::Forbidden(Forbidden::OtherSite).into());
    }
    match response.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Some(DialectError::TooLarge),
        status if status.is_client_error() => {
            let reason = status.canonical_reason().unwrap_or_default();
            Some(DialectError::Malformed(reason.to_owned()))
        }
        status if status.is_server_error() => Some(DialectError::Internal),
        _ => None,
    }
}

/// Renders an error as the dialect does.
pub(crate) fn render(dialect: &dyn Dialect, error: &DialectError, info: &RequestInfo) -> Response {
    error.log();
    let mut response = dialect.render(error, info);
    if let Some(seconds) = error.retry_after() {
        let seconds = HeaderValue::from(seconds);
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    response
}

/// Returns the label of a route, which is the same at each address.
fn label(name: &str, route: Option<&MatchedPath>) -> RouteLabel {
    let below = route.map(MatchedPath::as_str).unwrap_or_default();
    let mount = format!("/compat/{name}");
    RouteLabel(if below.starts_with(&mount) {
        below.to_owned()
    } else {
        mount + below
    })
}
