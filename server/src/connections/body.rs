//! Request bodies with a minimum pace, and response bodies during which a connection is busy.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    BoxError,
    body::{Body, Bytes, HttpBody},
};
use hyper::body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use super::{
    patience::{PACE, Pace},
    registry::{Busy, Connection},
};

/// A request body with a minimum pace. It fails when the server waits for it longer than the pace allows; time that the server
/// itself takes does not count. As with responses, bytes make up for waits that are over and are not saved up: a client that has
/// sent much and falls silent is waited for no longer than one that has sent nothing.
pub(super) struct Paced {
    body: Body,
    connection: Arc<Connection>,
    pace: Pace,
    /// Sum of the waits that are over, minus the time that the received bytes earn.
    debt: Duration,
    waiting: Option<Wait>,
    end: BodyEnd,
}

/// Whether a request body was read to its end.
#[derive(Debug, Clone, Default)]
pub(super) struct BodyEnd(Arc<AtomicBool>);

impl BodyEnd {
    pub(super) fn is_reached(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn note(&self, is_reached: bool) {
        if is_reached {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}

struct Wait {
    since: Instant,
    end: Pin<Box<Sleep>>,
}

impl Paced {
    pub(super) fn new(body: Body, connection: Arc<Connection>) -> Self {
        Self::at(PACE, body, connection)
    }

    fn at(pace: Pace, body: Body, connection: Arc<Connection>) -> Self {
        let end = BodyEnd::default();
        end.note(body.is_end_stream());
        Self {
            body,
            connection,
            pace,
            debt: Duration::ZERO,
            waiting: None,
            end,
        }
    }

    /// Returns the state of the body that outlives it.
    pub(super) fn end(&self) -> BodyEnd {
        self.end.clone()
    }

    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let left = self.pace.patience.saturating_sub(self.debt);
        self.connection.note_body(true);
        let waiting = self.waiting.get_or_insert_with(|| {
            let since = Instant::now();
            let end = Box::pin(sleep_until(since + left));
            Wait { since, end }
        });
        waiting.end.as_mut().poll(cx)
    }

    fn end_wait(&mut self) {
        if let Some(waiting) = self.waiting.take() {
            self.connection.note_body(false);
            self.debt += waiting.since.elapsed();
        }
    }
}

impl Drop for Paced {
    fn drop(&mut self) {
        self.end_wait();
    }
}

impl HttpBody for Paced {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        match Pin::new(&mut this.body).poll_frame(cx) {
            Poll::Ready(frame) => {
                this.end_wait();
                this.end.note(frame.is_none() || this.body.is_end_stream());
                if let Some(Ok(frame)) = &frame {
                    let length = frame.data_ref().map_or(0, Bytes::len);
                    this.debt = this.debt.saturating_sub(this.pace.given_by(length));
                }
                Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
            }
            Poll::Pending => this.poll_end(cx).map(|()| {
                let slow = io::Error::new(
                    io::ErrorKind::TimedOut,
                    "the request body arrives too slowly",
                );
                Some(Err(slow.into()))
            }),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A response body. Its request is in progress until the body ends.
pub(super) struct Held {
    body: Body,
    busy: Option<Busy>,
}

impl Held {
    pub(super) fn new(body: Body, busy: Busy) -> Self {
        Self {
            body,
            busy: Some(busy),
        }
    }
}

impl HttpBody for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        if let Poll::Ready(None | Some(Err(_))) = frame {
            self.busy = None;
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use futures_util::{StreamExt, stream};
    use tokio::time::sleep;

    use super::{
        super::registry::{Capacity, Registry},
        *,
    };

    /// Pace for tests: a tenth of a second corresponds to a second or two of the real one.
    const QUICK: Pace = Pace {
        patience: Duration::from_secs(1),
        bytes_per_second: 1024,
    };
    const TENTH: Duration = Duration::from_millis(100);

    /// Returns a body of `pieces` pieces, each of `size` bytes and after a delay.
    fn dripping(pieces: usize, size: usize, after: Duration) -> Body {
        let pieces = Box::pin(stream::iter(0..pieces).then(move |_| async move {
            sleep(after).await;
            Ok::<_, io::Error>(vec![0; size])
        }));
        Body::from_stream(pieces)
    }

    fn paced(body: Body) -> Body {
        let registry = Registry::new(Capacity::METRICS);
        let connection = registry.register(None).unwrap();
        Body::new(Paced::at(QUICK, body, connection))
    }

    async fn read(body: Body) -> Result<usize, String> {
        let read = to_bytes(paced(body), usize::MAX).await;
        read.map(|bytes| bytes.len())
            .map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn body_arrives_at_its_pace_or_is_cut() {
        assert_eq!(read(Body::from("a form")).await, Ok(6));
        assert_eq!(read(dripping(1, 1, TENTH)).await, Ok(1));
        // Longer than the patience, and still fast for its size.
        assert_eq!(read(dripping(15, 1024, TENTH)).await, Ok(15 * 1024));
        let started = Instant::now();
        let slow = read(dripping(100, 1, TENTH)).await.unwrap_err();
        assert!(slow.contains("too slowly"), "{slow}");
        assert!(started.elapsed() < 50 * TENTH);
        assert!(read(dripping(1, 1, 100 * TENTH)).await.is_err());
    }

    #[tokio::test]
    async fn buffered_bytes_grant_no_idle_time() {
        let silent = stream::once(async { Ok::<_, io::Error>(vec![0; 1 << 20]) });
        let body = Body::from_stream(silent.chain(stream::pending()));
        let cut = tokio::time::timeout(50 * TENTH, read(body)).await;
        assert!(cut.expect("the read has not ended").is_err());
    }

    #[tokio::test]
    async fn server_time_does_not_count() {
        let mut body = paced(dripping(3, 1, TENTH)).into_data_stream();
        for _ in 0..3 {
            sleep(11 * TENTH).await;
            body.next().await.unwrap().unwrap();
        }
        assert!(body.next().await.is_none());
    }
}
