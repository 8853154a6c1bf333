//! How long a client can keep a connection waiting.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use tokio::time::Instant;

/// How long the head of a request may take, from its first byte; for the first of a connection from the connection on.
const HEAD: Duration = Duration::from_secs(10);
/// How long a connection is kept without a request.
const IDLE: Duration = Duration::from_secs(25);
/// How long a client may read nothing of what is written.
const STALL: Duration = Duration::from_secs(20);
/// How often to look again: what a connection waits for may have changed.
pub(super) const LOOK: Duration = Duration::from_secs(1);
/// Stands for no time at all.
const NEVER: u64 = 0;

/// Since when a connection has waited for what. In milliseconds since the server started, of which there is at least one.
pub(super) struct Times {
    started: Instant,
    /// The end of the last request, or the last bytes that were written since.
    idle: AtomicU64,
    /// The first byte of a head that is not complete.
    head: AtomicU64,
    /// The first byte that could not be written.
    stall: AtomicU64,
}

impl Times {
    /// Those of a connection that begins now.
    pub(super) fn new(started: Instant) -> Self {
        let times = Self {
            started,
            idle: AtomicU64::new(NEVER),
            head: AtomicU64::new(NEVER),
            stall: AtomicU64::new(NEVER),
        };
        let now = times.now();
        times.idle.store(now, Ordering::Relaxed);
        times.head.store(now, Ordering::Relaxed);
        times
    }

    /// Since when the connection has been without a request.
    pub(super) fn idle_since(&self) -> u64 {
        self.idle.load(Ordering::Relaxed)
    }

    /// Notes a byte of a head.
    pub(super) fn note_head(&self) {
        start(&self.head, self.now());
    }

    /// Notes that a head is complete.
    pub(super) fn note_request(&self) {
        self.head.store(NEVER, Ordering::Relaxed);
    }

    /// Notes that a request has been answered.
    pub(super) fn note_end(&self) {
        self.head.store(NEVER, Ordering::Relaxed);
        self.idle.store(self.now(), Ordering::Relaxed);
    }

    /// Notes whether the client takes what is written.
    pub(super) fn note_write(&self, is_taken: bool) {
        if is_taken {
            self.stall.store(NEVER, Ordering::Relaxed);
            self.idle.store(self.now(), Ordering::Relaxed);
        } else {
            start(&self.stall, self.now());
        }
    }

    /// Returns how long the client may still keep the connection waiting.
    pub(super) fn left(&self, is_busy: bool) -> Duration {
        let since = |time: &AtomicU64| Some(time.load(Ordering::Relaxed)).filter(|at| *at != NEVER);
        let (from, patience) = match (since(&self.stall), since(&self.head)) {
            (Some(stall), _) => (stall, STALL),
            (None, _) if is_busy => return Duration::MAX,
            (None, Some(head)) => (head, HEAD),
            (None, None) => (self.idle_since(), IDLE),
        };
        let end = Duration::from_millis(from) + patience;
        end.saturating_sub(Duration::from_millis(self.now()))
    }

    fn now(&self) -> u64 {
        let millis = self.started.elapsed().as_millis();
        u64::try_from(millis).unwrap_or(u64::MAX).saturating_add(1)
    }
}

/// Begins a wait, unless it has begun already.
fn start(time: &AtomicU64, now: u64) {
    let begun = time.compare_exchange(NEVER, now, Ordering::Relaxed, Ordering::Relaxed);
    // Whether it had begun makes no difference.
    begun.ok();
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether so much is left, or a little less because time passes.
    fn is_about(left: Duration, expected: Duration) -> bool {
        left <= expected && left + Duration::from_secs(2) > expected
    }

    #[test]
    fn each_wait_has_a_patience_of_its_own() {
        let times = Times::new(Instant::now());
        assert!(is_about(times.left(false), HEAD), "the first head");
        times.note_request();
        assert_eq!(times.left(true), Duration::MAX, "an answer takes its time");
        times.note_write(false);
        assert!(is_about(times.left(true), STALL), "unless nobody reads it");
        times.note_write(true);
        assert_eq!(times.left(true), Duration::MAX);
        times.note_end();
        assert!(is_about(times.left(false), IDLE), "between two requests");
        times.note_head();
        assert!(is_about(times.left(false), HEAD), "the second head");
    }

    #[test]
    fn further_bytes_give_no_more_time() {
        let times = Times::new(Instant::now());
        times.note_end();
        times.head.store(1, Ordering::Relaxed);
        times.stall.store(1, Ordering::Relaxed);
        times.note_head();
        times.note_write(false);
        assert_eq!(times.head.load(Ordering::Relaxed), 1);
        assert_eq!(times.stall.load(Ordering::Relaxed), 1);
    }
}
