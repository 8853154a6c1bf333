//! Requests that are seen through although nobody waits for the answer any more.

use std::panic::resume_unwind;

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

/// Draws a page, or runs a function behind one, to its end in a task of its own.
///
/// A browser that leaves a page drops its request, and with it would go what the page is made of while other tasks
/// still read it, which is a panic for each of them.
pub(crate) async fn finish(request: Request, next: Next) -> Response {
    let drawing = async move {
        let (parts, body) = next.run(request).await.into_parts();
        // Pages come in one piece, so this holds nothing back.
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
    match detached(drawing).await {
        Ok(response) => response,
        Err(error) => resume_unwind(Box::new(error.to_string())),
    }
}

/// Sees work through in a task of its own, whether or not somebody goes on to wait for it. Its panic goes on here.
pub(crate) async fn detached<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> T {
    let done = tokio::spawn(work.in_current_span()).await;
    match done.map_err(JoinError::into_panic) {
        Ok(done) => done,
        Err(panic) => resume_unwind(panic),
    }
}
