//! Futures that are dropped before they are complete, as after a crash.

use std::{future::poll_fn, pin::pin, task::Poll};

/// Drops a future once an event happens. Returns its output, None if the event came first.
pub(crate) async fn killed_at<F: Future>(
    event: impl Future<Output = ()>,
    future: F,
) -> Option<F::Output> {
    tokio::select! {
        () = event => None,
        output = future => Some(output),
    }
}

/// Polls a future up to a number of times and drops it. Returns its output, None if it was not complete by then. A statement whose result
/// is there at once needs no other poll, so the number must be far smaller than that of the statements.
pub(crate) async fn killed_after<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}
