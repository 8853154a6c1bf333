//! Registry of open connections, and the choice of those to close when there are too many.

use std::{
    collections::HashMap,
    fs,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use domain::client_address::ClientNetwork;
use tokio::{
    sync::Notify,
    time::{Instant, sleep},
};

use super::patience::{LOOK, Times};

/// Maximum number of connections from one network, unless it is a trusted proxy: enough for the browsers of an office of 80.
const PER_NETWORK_MAX: usize = 512;
/// Minimum number of networks that it takes to occupy all connections.
const NETWORKS_MIN: usize = 4;
/// Maximum number of connections, even if the system allows more.
const TOTAL_MAX: usize = 10_000;
/// Descriptors that are not for connections of clients or to the database: listeners, logs, [`Capacity::METRICS`].
const RESERVED: usize = 96;
/// Descriptors that systems allow a process by default, for when the limit cannot be read.
const USUAL_DESCRIPTORS: usize = 1024;

/// Maximum numbers of connections at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Capacity {
    /// Maximum in total.
    pub(crate) total: usize,
    /// Maximum from one network.
    pub(crate) per_network: usize,
}

impl Capacity {
    /// Capacity of the endpoint for metrics.
    pub(crate) const METRICS: Self = Self {
        total: 32,
        per_network: 32,
    };

    /// Returns the capacity that the descriptors of this process allow besides those of the database connections. Each connection
    /// of a client may have a file open as well.
    pub(crate) fn of_process(database_connections: u32) -> Self {
        // Two more connections listen, besides the pool, and one watches whether the database answers.
        let database_connections = usize::try_from(database_connections).unwrap_or(usize::MAX);
        let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
        Self::within(descriptors(&limits), database_connections.saturating_add(3))
    }

    /// Returns the share of one of several listeners.
    pub(crate) fn shared_by(self, listeners: usize) -> Self {
        let total = (self.total / listeners.max(1)).max(8);
        Self {
            total,
            per_network: self.per_network.min(total / NETWORKS_MIN),
        }
    }

    fn within(descriptors: usize, database_connections: usize) -> Self {
        let free = descriptors.saturating_sub(database_connections.saturating_add(RESERVED));
        let total = (free / 2).clamp(8, TOTAL_MAX);
        Self {
            total,
            per_network: PER_NETWORK_MAX.min(total / NETWORKS_MIN),
        }
    }
}

/// Parses the soft limit on open files from `/proc/self/limits`.
fn descriptors(limits: &str) -> usize {
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"));
    let soft = line.and_then(|line| line.split_whitespace().next());
    match soft {
        Some("unlimited") => usize::MAX,
        Some(number) => number.parse().unwrap_or(USUAL_DESCRIPTORS),
        None => USUAL_DESCRIPTORS,
    }
}

/// All open connections.
pub(super) struct Registry {
    capacity: Capacity,
    started: Instant,
    open: Arc<Mutex<Open>>,
}

#[derive(Default)]
struct Open {
    next: u64,
    connections: HashMap<u64, Arc<Activity>>,
}

/// Activity of a connection.
struct Activity {
    network: Option<ClientNetwork>,
    /// Number of requests in progress.
    requests: AtomicUsize,
    /// Number of requests that have begun so far.
    begun: AtomicU64,
    times: Times,
    close: Notify,
    cut: Notify,
}

/// A connection. Dropping it removes it from the registry.
pub(super) struct Connection {
    id: u64,
    activity: Arc<Activity>,
    open: Weak<Mutex<Open>>,
}

/// A request in progress. Dropping it ends the request.
pub(super) struct Busy(Arc<Connection>);

impl Registry {
    pub(super) fn new(capacity: Capacity) -> Self {
        Self {
            capacity,
            started: Instant::now(),
            open: Arc::default(),
        }
    }

    /// Registers a connection. If there are too many already, another one is closed: the one that has been without a request for
    /// longest, and before it those that never had one; if all have requests, the one whose client was waited for longest.
    /// Returns None if every request is waiting for the server.
    pub(super) fn register(&self, network: Option<ClientNetwork>) -> Option<Arc<Connection>> {
        let mut open = lock(&self.open);
        // A network beyond its maximum makes room among its own connections.
        if let Some(network) = network {
            let is_from_there = |activity: &Activity| activity.network == Some(network);
            let from_there = open.connections.values();
            if from_there.filter(|other| is_from_there(other)).count() >= self.capacity.per_network
            {
                open.make_room(is_from_there)?;
            }
        }
        if open.connections.len() >= self.capacity.total {
            open.make_room(|_| true)?;
        }
        let activity = Arc::new(Activity {
            network,
            requests: AtomicUsize::new(0),
            begun: AtomicU64::new(0),
            times: Times::new(self.started),
            close: Notify::new(),
            cut: Notify::new(),
        });
        let id = open.next;
        open.next += 1;
        open.connections.insert(id, Arc::clone(&activity));
        Some(Arc::new(Connection {
            id,
            activity,
            open: Arc::downgrade(&self.open),
        }))
    }

    /// Closes a connection that waits for its client, if there is one.
    pub(super) fn make_room(&self) {
        lock(&self.open).make_room(|_| true);
    }
}

impl Open {
    fn make_room(&mut self, among: impl Fn(&Activity) -> bool) -> Option<()> {
        self.close_idle(&among).or_else(|| self.cut_slowest(&among))
    }

    fn cut_slowest(&mut self, among: impl Fn(&Activity) -> bool) -> Option<()> {
        let connections = self.connections.iter();
        let slow = connections
            .filter(|(_, activity)| among(activity))
            .filter_map(|(id, activity)| Some((activity.times.waited()?, *id)));
        let (_, id) = slow.max()?;
        self.connections.remove(&id)?.cut.notify_one();
        Some(())
    }

    fn close_idle(&mut self, among: impl Fn(&Activity) -> bool) -> Option<()> {
        let idle = self.connections.iter().filter(|(_, activity)| {
            among(activity) && activity.requests.load(Ordering::Acquire) == 0
        });
        let longest = idle.min_by_key(|(id, activity)| {
            let had_request = activity.begun.load(Ordering::Relaxed) > 0;
            (had_request, activity.times.idle_since(), **id)
        });
        let id = longest.map(|(id, _)| *id)?;
        self.connections.remove(&id)?.close.notify_one();
        Some(())
    }
}

impl Connection {
    /// Notes that a request is in progress.
    pub(super) fn begin(self: &Arc<Self>) -> Busy {
        self.activity.requests.fetch_add(1, Ordering::AcqRel);
        self.activity.begun.fetch_add(1, Ordering::Relaxed);
        self.activity.times.note_request();
        Busy(Arc::clone(self))
    }

    /// Returns whether a request is in progress.
    pub(super) fn is_busy(&self) -> bool {
        self.activity.requests.load(Ordering::Acquire) > 0
    }

    /// Notes that bytes were read. Outside of a request they belong to a head.
    pub(super) fn note_read(&self) {
        if !self.is_busy() {
            self.activity.times.note_head();
        }
    }

    /// Notes the number of bytes that the client has accepted; None while it accepts nothing.
    pub(super) fn note_write(&self, taken: Option<usize>) {
        self.activity.times.note_write(taken);
    }

    /// Notes whether the server waits for a part of a body.
    pub(super) fn note_body(&self, is_waited_for: bool) {
        self.activity.times.note_body(is_waited_for);
    }

    /// Waits until the client has kept the server waiting for too long, or is cut as the slowest of too many.
    pub(super) async fn overdue(&self) {
        loop {
            let left = self.activity.times.left(self.is_busy());
            if left.is_zero() {
                return;
            }
            tokio::select! {
                () = sleep(left.min(LOOK)) => {}
                () = self.activity.cut.notified() => return,
            }
        }
    }

    /// Waits until the connection has to close without a request, to make room for another.
    pub(super) async fn closed(&self) {
        self.activity.close.notified().await;
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(open) = self.open.upgrade() {
            lock(&open).connections.remove(&self.id);
        }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let activity = &self.0.activity;
        // Noted before the count falls: an idle connection must not have the timestamp of an earlier request.
        activity.times.note_end();
        activity.requests.fetch_sub(1, Ordering::AcqRel);
    }
}

fn lock(open: &Mutex<Open>) -> MutexGuard<'_, Open> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::{net::IpAddr, time::Duration};

    use domain::client_address::ClientAddress;
    use tokio::time::timeout;

    use super::*;

    fn network(last: u8) -> Option<ClientNetwork> {
        let address = ClientAddress::from(IpAddr::from([192, 0, 2, last]));
        Some(address.network())
    }

    fn registry(total: usize, per_network: usize) -> Registry {
        Registry::new(Capacity { total, per_network })
    }

    async fn is_closed(connection: &Connection) -> bool {
        timeout(Duration::from_millis(1), connection.closed())
            .await
            .is_ok()
    }

    #[tokio::test]
    async fn longest_idle_connection_is_closed_for_a_new_one() {
        let registry = registry(3, 2);
        let one = registry.register(network(1)).unwrap();
        drop(one.begin());
        let other = registry.register(network(2)).unwrap();
        let two = registry.register(network(1)).unwrap();
        // The network has reached its maximum: connections that never had a request are closed before those that had one.
        let three = registry.register(network(1)).unwrap();
        assert!(is_closed(&two).await && !is_closed(&one).await && !is_closed(&other).await);
        // The total has reached its maximum.
        let four = registry.register(network(3)).unwrap();
        assert!(is_closed(&other).await && !is_closed(&three).await && !is_closed(&four).await);
    }

    #[tokio::test]
    async fn active_request_is_not_cut() {
        let registry = registry(2, 1);
        let one = registry.register(network(1)).unwrap();
        let busy = one.begin();
        assert!(registry.register(network(1)).is_none());
        let other = registry.register(network(2)).unwrap();
        let other_busy = other.begin();
        assert!(registry.register(network(3)).is_none());
        drop(busy);
        assert!(registry.register(network(1)).is_some());
        assert!(is_closed(&one).await && !is_closed(&other).await);
        drop(other_busy);
    }

    async fn is_cut(connection: &Connection) -> bool {
        timeout(Duration::from_millis(1), connection.overdue())
            .await
            .is_ok()
    }

    #[tokio::test]
    async fn slowest_client_is_cut_when_all_are_busy() {
        let registry = registry(4, 4);
        let all = [(); 4].map(|()| registry.register(network(1)).unwrap());
        let [reading, writing, answered, quick] = &all;
        let busy = all.each_ref().map(Connection::begin);
        writing.note_write(None);
        sleep(Duration::from_millis(20)).await;
        reading.note_body(true);
        sleep(Duration::from_millis(5)).await;
        // A client that is no longer waited for is not in the way.
        quick.note_body(true);
        quick.note_body(false);
        let first = registry.register(network(2)).unwrap();
        assert!(is_cut(writing).await && !is_cut(reading).await);
        let first_busy = first.begin();
        let second = registry.register(network(2)).unwrap();
        assert!(is_cut(reading).await);
        let second_busy = second.begin();
        assert!(registry.register(network(2)).is_none());
        assert!(!is_cut(answered).await && !is_cut(quick).await);
        drop((busy, first_busy, second_busy));
    }

    #[test]
    fn closed_connection_frees_its_slot_and_proxies_are_exempt() {
        let registry = registry(3, 1);
        drop(registry.register(network(1)).unwrap());
        let held = [
            registry.register(None),
            registry.register(None),
            registry.register(network(1)),
        ];
        assert!(held.iter().all(Option::is_some));
        assert_eq!(lock(&registry.open).connections.len(), 3);
        drop(held);
        assert!(lock(&registry.open).connections.is_empty());
    }

    #[test]
    fn listeners_share_the_capacity() {
        let whole = Capacity::within(1_024, 12);
        assert_eq!(whole.shared_by(1), whole);
        let half = whole.shared_by(2);
        assert_eq!(half.total, whole.total / 2);
        assert!(half.per_network <= half.total / NETWORKS_MIN);
    }

    #[test]
    fn descriptors_are_reserved() {
        let limits = "Limit                     Soft Limit           Hard Limit           Units\n\
            Max open files            256                  1048576              files\n";
        assert_eq!(descriptors(limits), 256);
        assert_eq!(
            descriptors(&limits.replace("256 ", "unlimited ")),
            usize::MAX
        );
        assert_eq!(descriptors(""), 1024);
        for (descriptors, total) in [(0, 8), (256, 74), (1024, 458), (1 << 20, TOTAL_MAX)] {
            let capacity = Capacity::within(descriptors, 12);
            assert_eq!(capacity.total, total, "{descriptors}");
            assert!(capacity.per_network >= 2 && capacity.per_network <= total / 4);
        }
        assert_eq!(Capacity::within(1 << 20, 12).per_network, PER_NETWORK_MAX);
        // The systemd unit allows descriptors for the maximum number of connections.
        let unit = include_str!("../../../deploy/rollcall.service").lines();
        let allowed = unit.filter_map(|line| line.strip_prefix("LimitNOFILE="));
        let allowed: Vec<usize> = allowed.map(|number| number.parse().unwrap()).collect();
        assert_eq!(Capacity::within(allowed[0], 64).total, TOTAL_MAX);
    }
}
