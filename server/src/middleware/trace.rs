//! One log line for each request, and its id on everything else that is logged meanwhile and on the answer.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request},
    http::HeaderValue,
    middleware::Next,
    response::Response,
};
use service::access::Origin;
use tracing::Instrument;

use crate::metrics;

/// Name of the header with the request's id.
pub(crate) const REQUEST_ID: &str = "x-request-id";

/// Logs and counts a request. Query texts and the tokens of links stay out of it.
pub(crate) async fn log(request: Request, next: Next) -> Response {
    let id = request
        .extensions()
        .get::<Origin>()
        .and_then(|origin| origin.request_id);
    let id = id.map(|id| id.to_string()).unwrap_or_default();
    let method = request.method().clone();
    let path = without_token(request.uri().path()).to_owned();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let span = tracing::info_span!("request", id, %method, path);
    let start = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let took = start.elapsed();
    span.in_scope(|| {
        let status = response.status().as_u16();
        tracing::info!(status, milliseconds = took.as_millis(), "answered");
    });
    let route = route.as_ref().map(MatchedPath::as_str);
    metrics::count(&method, route, response.status(), took);
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

fn without_token(path: &str) -> &str {
    if path.starts_with("/setup/") {
        "/setup/…"
    } else {
        path
    }
}
