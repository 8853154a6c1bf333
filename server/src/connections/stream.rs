//! A stream that does not wait for its client for ever.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

use super::registry::Connection;

/// How long the head of a request may take, from its first byte; for the first of a connection from the connection on.
const HEAD: Duration = Duration::from_secs(10);
/// How long a connection is kept without a request.
const IDLE: Duration = Duration::from_secs(25);
/// How long a client may read nothing of what is written.
const STALL: Duration = Duration::from_secs(20);

/// A stream of a connection, with its ends of patience.
pub(super) struct Guarded<S> {
    stream: S,
    connection: Arc<Connection>,
    /// How many requests had begun when the head that is waited for could begin.
    begun: u64,
    /// The end of the wait for a head, or for its first byte.
    head: Option<Pin<Box<Sleep>>>,
    is_head_begun: bool,
    /// The end of the wait for the client to read.
    stall: Option<Pin<Box<Sleep>>>,
}

impl<S> Guarded<S> {
    pub(super) fn new(stream: S, connection: Arc<Connection>) -> Self {
        Self {
            stream,
            connection,
            begun: 0,
            head: Some(Box::pin(sleep(HEAD))),
            is_head_begun: true,
            stall: None,
        }
    }

    /// Whether the wait for a head has been too long. While a request is answered nobody waits for one.
    fn poll_head(&mut self, cx: &mut Context<'_>, has_read: bool) -> Poll<io::Error> {
        let begun = self.connection.begun();
        if begun != self.begun || self.connection.is_busy() {
            (self.begun, self.head, self.is_head_begun) = (begun, None, false);
        }
        if self.connection.is_busy() {
            return Poll::Pending;
        }
        if has_read && !self.is_head_begun {
            self.is_head_begun = true;
            self.head = Some(Box::pin(sleep(HEAD)));
        }
        let head = self.head.get_or_insert_with(|| Box::pin(sleep(IDLE)));
        head.as_mut().poll(cx).map(|()| timed_out("no request"))
    }

    /// The outcome of writing, unless the client has read nothing for too long.
    fn poll_stall(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.stall = None;
            return written;
        }
        let stall = self.stall.get_or_insert_with(|| Box::pin(sleep(STALL)));
        ready!(stall.as_mut().poll(cx));
        Poll::Ready(Err(timed_out("the answer is not read")))
    }
}

fn timed_out(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, why)
}

impl<S: AsyncRead + Unpin> AsyncRead for Guarded<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(cx, buffer);
        let has_read = buffer.filled().len() > before;
        match this.poll_head(cx, has_read) {
            Poll::Ready(error) if read.is_pending() => Poll::Ready(Err(error)),
            Poll::Ready(_) | Poll::Pending => read,
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guarded<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.poll_stall(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bytes);
        self.poll_stall(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
