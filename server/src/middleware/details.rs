//! Details of errors, which can hold stored data.

use api::error::ProblemAnswer;
use axum::{extract::Request, middleware::Next, response::Response};
use service::access::Caller;

/// Removes stored data that the caller cannot read from the error of a write: a token that can only write could cause a
/// conflict to read it.
pub(crate) async fn hide_unreadable(request: Request, next: Next) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    let caller = request.extensions().get::<Option<Caller>>().cloned();
    let mut response = next.run(request).await;
    if let Some(caller) = caller.flatten()
        && let Some(ProblemAnswer(problem)) = response.extensions_mut().get_mut::<ProblemAnswer>()
    {
        caller.hide_unreadable(problem);
    }
    response
}
