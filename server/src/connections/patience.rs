//! Limits on the time for which a client can keep a connection waiting.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::time::Instant;

/// Maximum duration of a request's head, from its first byte on; of the first head, from the start of the connection.
const HEAD: Duration = Duration::from_secs(10);
/// Maximum duration of a connection without a request.
const IDLE: Duration = Duration::from_secs(25);
/// Interval of the checks: a connection may begin to wait for something else meanwhile.
pub(super) const LOOK: Duration = Duration::from_secs(1);
/// Value that stands for no timestamp.
const NEVER: u64 = 0;

/// Minimum pace at which a client sends a body and reads a response.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// Maximum wait, apart from the time that bytes earn.
    pub(super) patience: Duration,
    /// Bytes that earn one more second.
    pub(super) bytes_per_second: u64,
}

impl Pace {
    /// Returns the time that a number of bytes earns.
    pub(super) fn given_by(self, bytes: usize) -> Duration {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        Duration::from_micros(bytes.saturating_mul(1_000_000) / self.bytes_per_second)
    }
}

/// Minimum pace of every client.
pub(super) const PACE: Pace = Pace {
    patience: Duration::from_secs(10),
    bytes_per_second: 1024,
};

/// Timestamps of a connection's waits, in milliseconds since the server started. They begin with one, because zero stands for
/// none.
pub(super) struct Times {
    started: Instant,
    /// End of the last request, or time of the last bytes that were written since.
    idle: AtomicU64,
    /// First byte of an incomplete head.
    head: AtomicU64,
    waits: Mutex<Waits>,
}

/// Waits for the client of a request in progress, in milliseconds.
#[derive(Default)]
struct Waits {
    /// Start of the present wait for a part of a body.
    body: Option<u64>,
    /// Start of the present wait for the client to read.
    write: Option<u64>,
    /// Sum of all waits that are over.
    total: u64,
    /// Sum of the waits for writing that are over, minus the time that the written bytes earn.
    write_debt: u64,
}

impl Waits {
    fn note_write(&mut self, taken: Option<usize>, now: u64) {
        let Some(taken) = taken else {
            self.write.get_or_insert(now);
            return;
        };
        let waited = self.write.take().map_or(0, |since| now - since);
        self.total += waited;
        let given = PACE.given_by(taken).as_millis();
        let given = u64::try_from(given).unwrap_or(u64::MAX);
        self.write_debt = (self.write_debt + waited).saturating_sub(given);
    }

    fn note_body(&mut self, is_waited_for: bool, now: u64) {
        if is_waited_for {
            self.body.get_or_insert(now);
        } else {
            self.total += self.body.take().map_or(0, |since| now - since);
        }
    }
}

impl Times {
    /// Creates the timestamps of a connection that begins now.
    pub(super) fn new(started: Instant) -> Self {
        let times = Self {
            started,
            idle: AtomicU64::new(NEVER),
            head: AtomicU64::new(NEVER),
            waits: Mutex::default(),
        };
        let now = times.now();
        times.idle.store(now, Ordering::Relaxed);
        times.head.store(now, Ordering::Relaxed);
        times
    }

    /// Returns the time since which the connection has had no request.
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

    /// Notes the number of bytes that the client has accepted; None while it accepts nothing.
    pub(super) fn note_write(&self, taken: Option<usize>) {
        let mut waits = self.waits();
        let now = self.now();
        waits.note_write(taken, now);
        if taken.is_some() {
            self.idle.store(now, Ordering::Relaxed);
        }
    }

    /// Notes whether the server waits for a part of a body.
    pub(super) fn note_body(&self, is_waited_for: bool) {
        let mut waits = self.waits();
        waits.note_body(is_waited_for, self.now());
    }

    /// Returns the milliseconds for which the server has waited for the client of a request; None if it does not wait now.
    pub(super) fn waited(&self) -> Option<u64> {
        let waits = self.waits();
        let since = [waits.body, waits.write].into_iter().flatten().min()?;
        Some(waits.total + (self.now() - since))
    }

    /// Returns how long the client may still keep the connection waiting.
    pub(super) fn left(&self, is_busy: bool) -> Duration {
        let since = |time: &AtomicU64| Some(time.load(Ordering::Relaxed)).filter(|at| *at != NEVER);
        let waits = self.waits();
        let debt = Duration::from_millis(waits.write_debt);
        let (from, patience) = match (waits.write, since(&self.head)) {
            (Some(write), _) => (write, PACE.patience.saturating_sub(debt)),
            (None, _) if is_busy => return Duration::MAX,
            (None, Some(head)) => (head, HEAD),
            (None, None) => (self.idle_since(), IDLE),
        };
        let end = Duration::from_millis(from) + patience;
        end.saturating_sub(Duration::from_millis(self.now()))
    }

    fn waits(&self) -> MutexGuard<'_, Waits> {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> u64 {
        let millis = self.started.elapsed().as_millis();
        // Never zero, which stands for no timestamp.
        u64::try_from(millis).unwrap_or(u64::MAX).saturating_add(1)
    }
}

/// Starts a wait, unless it has started already.
fn start(time: &AtomicU64, now: u64) {
    let begun = time.compare_exchange(NEVER, now, Ordering::Relaxed, Ordering::Relaxed);
    // A failed exchange means that the wait has started earlier, which is as good.
    begun.ok();
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns whether the remaining time is as expected, or a little less because time passes.
    fn is_about(left: Duration, expected: Duration) -> bool {
        left <= expected && left + Duration::from_secs(2) > expected
    }

    #[test]
    fn each_wait_has_its_own_limit() {
        let times = Times::new(Instant::now());
        assert!(is_about(times.left(false), HEAD), "the first head");
        times.note_request();
        assert_eq!(times.left(true), Duration::MAX, "a response is not limited");
        times.note_write(None);
        assert!(
            is_about(times.left(true), PACE.patience),
            "unless it is not read"
        );
        times.note_write(Some(1));
        assert_eq!(times.left(true), Duration::MAX);
        times.note_end();
        assert!(is_about(times.left(false), IDLE), "between two requests");
        times.note_head();
        assert!(is_about(times.left(false), HEAD), "the second head");
    }

    #[test]
    fn trickled_head_gets_no_more_time() {
        let times = Times::new(Instant::now());
        times.note_end();
        times.head.store(1, Ordering::Relaxed);
        times.note_head();
        assert_eq!(times.head.load(Ordering::Relaxed), 1);
    }

    /// Returns the debt after a number of rounds of one second. Each ends when `bytes` bytes are written.
    fn debt_after(seconds: u64, bytes: usize) -> u64 {
        let mut waits = Waits::default();
        for second in 0..seconds {
            waits.note_write(None, second * 1_000);
            // A repeated attempt to write does not start another wait.
            waits.note_write(None, second * 1_000 + 500);
            waits.note_write(Some(bytes), (second + 1) * 1_000);
        }
        waits.write_debt
    }

    #[test]
    fn received_bytes_extend_the_limit_at_the_pace() {
        let patience = 10_000;
        assert!(debt_after(11, 1) > patience, "a byte a second");
        assert!(debt_after(25, 512) > patience, "half the pace");
        assert_eq!(debt_after(1_000, 1024), 0, "the pace");
        let mut waits = Waits::default();
        waits.note_write(Some(1 << 30), 1);
        waits.note_write(None, 1);
        waits.note_write(Some(0), 9_001);
        assert_eq!(waits.write_debt, 9_000, "nothing is saved up");
    }

    #[test]
    fn only_waits_for_the_client_count() {
        let times = Times::new(Instant::now());
        assert_eq!(times.waited(), None);
        times.note_body(true);
        assert!(times.waited().is_some());
        times.note_body(false);
        times.note_write(Some(1));
        assert_eq!(times.waited(), None);
        times.note_write(None);
        assert!(times.waited().is_some());
        let mut waits = Waits::default();
        waits.note_body(true, 1_000);
        waits.note_body(false, 3_000);
        waits.note_write(None, 8_000);
        waits.note_write(Some(1), 9_000);
        assert_eq!(waits.total, 3_000);
    }
}
