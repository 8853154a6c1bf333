//! Futures that are dropped before they are complete, as after a crash.

use std::{future::poll_fn, pin::pin, task::Poll};

/// Polls a future up to a number of times and drops it. Returns its output, None if it was not complete by then. The number of polls
/// depends on the statements, and not on the speed of the machine.
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
