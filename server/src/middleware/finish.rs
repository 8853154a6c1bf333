//! Requests that are completed although the client has disconnected.

use std::panic::resume_unwind;

use app::text::{self, language::Language};
use axum::{
    body::{Body, to_bytes},
    extract::Request,
    middleware::Next,
    response::Response,
};
use tokio::task::JoinError;
use tracing::Instrument;

use super::headers;
use crate::fingerprint;

/// Renders a page, or runs a server function, to its end in a task of its own.
///
/// A browser that leaves a page drops its request. Without the task, the state of the page would be dropped while other tasks
/// still read it, and each of them would panic.
pub(crate) async fn finish(request: Request, next: Next) -> Response {
    let language = request.extensions().get::<Language>().copied();
    let drawing = async move {
        let (parts, body) = next.run(request).await.into_parts();
        // Pages are rendered in one piece, so this delays nothing.
        let body = to_bytes(body, usize::MAX).await;
        let is_page = headers::is_page(&parts.headers);
        body.map(|body| {
            let body = if is_page {
                fingerprint::add(body)
            } else {
                body
            };
            Response::from_parts(parts, Body::from(body))
        })
    };
    // A new task does not have the language of the one of the request.
    match detached(text::request::scope(language.unwrap_or_default(), drawing)).await {
        Ok(response) => response,
        Err(error) => resume_unwind(Box::new(error.to_string())),
    }
}

/// Runs work to its end in a task of its own, even if the caller stops waiting for it. A panic of the work is resumed here.
pub(crate) async fn detached<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> T {
    let done = tokio::spawn(work.in_current_span()).await;
    match done.map_err(JoinError::into_panic) {
        Ok(done) => done,
        Err(panic) => resume_unwind(panic),
    }
}
