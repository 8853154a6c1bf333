//! Rate limits of the API. Requests are counted here, in memory, so that it costs next to nothing to deny one.

use std::{
    collections::HashMap,
    fmt,
    num::NonZeroU32,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::client_address::{ClientAddress, ClientNetwork};
use governor::{
    Quota, RateLimiter,
    clock::{Clock, MonotonicClock, Reference},
    middleware::StateInformationMiddleware,
    state::keyed::HashMapStateStore,
};
use uuid::Uuid;

/// Period that the limit applies to.
pub(crate) const WINDOW: Duration = Duration::from_secs(60);
/// Time for which a session, an access token or a browser stays known without being used.
const KNOWN_FOR: Duration = Duration::from_secs(60 * 60);

/// Key that requests are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum RateKey {
    /// An account, with all of its sessions and access tokens.
    Account(Uuid),
    /// A browser that has signed in before, and signs in.
    Browser(Credential),
    /// Clients of a network that sign in, or send a session or an access token that is not known yet. Requests without either do
    /// not count here, so that they cannot keep other clients of the network from signing in.
    Unproven(Option<ClientNetwork>),
    /// Clients of a network that send neither a session nor an access token.
    Anonymous(Option<ClientNetwork>),
}

impl RateKey {
    /// Returns the key for clients at an address that sign in, or whose credential is not known yet.
    pub(crate) fn unproven(address: Option<ClientAddress>) -> Self {
        Self::Unproven(address.map(ClientAddress::network))
    }

    /// Returns the key for clients at an address that send no credential.
    pub(crate) fn anonymous(address: Option<ClientAddress>) -> Self {
        Self::Anonymous(address.map(ClientAddress::network))
    }
}

/// Result of counting a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counted {
    /// Maximum number of requests per minute.
    pub(crate) limit: u32,
    /// Number of requests that are left now.
    pub(crate) left: u32,
    /// Seconds until one more request is left, rounded up.
    pub(crate) seconds: u64,
    /// Whether the request is within the limit.
    pub(crate) is_allowed: bool,
}

/// Hash of a session cookie, a device cookie or an access token.
pub(crate) type Credential = [u8; 32];

/// A credential that was verified.
struct Known<I> {
    rate_key: RateKey,
    used: I,
}

/// Counters of requests, and the credentials that are known.
pub(crate) struct Counters<C: Clock = MonotonicClock> {
    limit: NonZeroU32,
    clock: C,
    requests: RateLimiter<RateKey, HashMapStateStore<RateKey>, C, StateInformationMiddleware>,
    known: Mutex<HashMap<Credential, Known<C::Instant>>>,
}

impl<C: Clock + Clone> Counters<C> {
    fn new(limit: NonZeroU32, clock: C) -> Self {
        let quota = Quota::per_minute(limit);
        Self {
            limit,
            requests: RateLimiter::new(quota, HashMapStateStore::default(), clock.clone()),
            clock,
            known: Mutex::default(),
        }
    }

    /// Counts a request.
    pub(crate) fn count(&self, rate_key: RateKey) -> Counted {
        let limit = self.limit.get();
        match self.requests.check_key(&rate_key) {
            Ok(state) => Counted {
                limit,
                left: state.remaining_burst_capacity(),
                seconds: seconds(WINDOW / limit),
                is_allowed: true,
            },
            Err(denied) => Counted {
                limit,
                left: 0,
                seconds: seconds(denied.wait_time_from(self.clock.now())),
                is_allowed: false,
            },
        }
    }

    /// Returns the key of a credential, if it was verified recently.
    pub(crate) fn find(&self, credential: &Credential) -> Option<RateKey> {
        self.known().get(credential).map(|known| known.rate_key)
    }

    /// Stores the key of a credential; None removes a credential that is not valid.
    pub(crate) fn note(&self, credential: Credential, rate_key: Option<RateKey>) {
        let used = self.clock.now();
        match rate_key {
            Some(rate_key) => drop(self.known().insert(credential, Known { rate_key, used })),
            None => drop(self.known().remove(&credential)),
        }
    }

    fn forget(&self) {
        self.requests.retain_recent();
        let now = self.clock.now();
        self.known()
            .retain(|_, known| Duration::from(now.duration_since(known.used)) < KNOWN_FOR);
    }

    fn known(&self) -> MutexGuard<'_, HashMap<Credential, Known<C::Instant>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns whole seconds, rounded up, and at least one.
fn seconds(delay: Duration) -> u64 {
    let begun = u64::from(delay.subsec_nanos() > 0);
    (delay.as_secs() + begun).max(1)
}

/// Rate limits of this process; none by default.
#[derive(Clone, Default)]
pub struct Limits(Option<Arc<Counters>>);

impl Limits {
    /// Creates limits of `limit` requests per minute for each account and each address; 0 disables them.
    #[must_use]
    pub fn per_minute(limit: u32) -> Self {
        let limit = NonZeroU32::new(limit);
        Self(limit.map(|limit| Arc::new(Counters::new(limit, MonotonicClock))))
    }

    /// Removes counters and credentials that are not needed any more, so that memory is bounded by the clients of the recent
    /// past.
    pub fn forget(&self) {
        if let Some(counters) = &self.0 {
            counters.forget();
        }
    }

    /// Returns the counters; None without a limit.
    pub(crate) fn counters(&self) -> Option<&Counters> {
        self.0.as_deref()
    }
}

impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limit = self.0.as_ref().map(|counters| counters.limit);
        f.debug_tuple("Limits").field(&limit).finish()
    }
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;

    fn counters(limit: u32) -> (Counters<FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        let limit = NonZeroU32::new(limit).unwrap();
        (Counters::new(limit, clock.clone()), clock)
    }

    fn address(text: &str) -> RateKey {
        RateKey::anonymous(Some(text.parse().unwrap()))
    }

    #[test]
    fn limit_is_exact_per_window() {
        let (counters, clock) = counters(3);
        let ada = RateKey::Account(Uuid::from_u128(1));
        for left in [2, 1, 0] {
            let counted = counters.count(ada);
            assert_eq!((counted.left, counted.is_allowed), (left, true));
            assert_eq!((counted.limit, counted.seconds), (3, 20));
        }
        let denied = counters.count(ada);
        assert_eq!((denied.left, denied.seconds), (0, 20));
        assert!(!denied.is_allowed);
        clock.advance(Duration::from_millis(19_999));
        let denied = counters.count(ada);
        assert_eq!((denied.seconds, denied.is_allowed), (1, false));
        clock.advance(Duration::from_millis(1));
        assert!(counters.count(ada).is_allowed);
        assert!(!counters.count(ada).is_allowed);
        clock.advance(WINDOW);
        assert_eq!(counters.count(ada).left, 2);
    }

    fn unproven(text: &str) -> RateKey {
        RateKey::unproven(Some(text.parse().unwrap()))
    }

    #[test]
    fn each_client_has_its_own_limit() {
        let (counters, _) = counters(1);
        let (ada, bob) = (Uuid::from_u128(1), Uuid::from_u128(2));
        for rate_key in [
            RateKey::Account(ada),
            RateKey::Account(bob),
            RateKey::Browser([1; 32]),
            RateKey::Browser([2; 32]),
            RateKey::anonymous(None),
            RateKey::unproven(None),
            unproven("192.0.2.1"),
            unproven("2001:db8::1"),
            unproven("2001:db8:0:1::1"),
            address("192.0.2.1"),
            address("192.0.2.2"),
            address("2001:db8::1"),
            address("2001:db8:0:1::1"),
        ] {
            assert!(counters.count(rate_key).is_allowed, "{rate_key:?}");
            assert!(!counters.count(rate_key).is_allowed, "{rate_key:?}");
        }
        // Same network, and the same address as an IPv4-mapped one.
        for same in ["2001:db8::ffff:1", "::ffff:192.0.2.1"] {
            for rate_key in [address(same), unproven(same)] {
                assert!(!counters.count(rate_key).is_allowed, "{rate_key:?}");
            }
        }
    }

    #[test]
    fn credential_is_known_until_it_fails_or_expires() {
        let (counters, clock) = counters(1);
        let (credential, ada) = ([7; 32], RateKey::Account(Uuid::from_u128(1)));
        assert_eq!(counters.find(&credential), None);
        counters.note(credential, Some(ada));
        assert_eq!(counters.find(&credential), Some(ada));
        counters.note(credential, None);
        assert_eq!(counters.find(&credential), None);
        counters.note(credential, Some(ada));
        clock.advance(KNOWN_FOR / 2);
        counters.note(credential, Some(ada));
        clock.advance(KNOWN_FOR / 2);
        counters.forget();
        assert_eq!(counters.find(&credential), Some(ada));
        clock.advance(KNOWN_FOR / 2);
        counters.forget();
        assert_eq!(counters.find(&credential), None);
    }

    #[test]
    fn idle_clients_take_no_memory() {
        let (counters, clock) = counters(2);
        for number in 0..100 {
            counters.count(RateKey::Account(Uuid::from_u128(number)));
        }
        assert_eq!(counters.requests.len(), 100);
        clock.advance(WINDOW);
        counters.count(RateKey::anonymous(None));
        counters.forget();
        assert_eq!(counters.requests.len(), 1);
    }

    #[test]
    fn without_a_limit_nothing_is_counted() {
        let limits = Limits::per_minute(0);
        assert!(limits.counters().is_none());
        limits.forget();
    }
}
