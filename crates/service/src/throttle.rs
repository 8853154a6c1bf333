//! Throttling of attempts to guess secrets. Attempts are counted where they slow down no other client: a known browser of
//! the account and a live session have their own counters, all other clients share theirs.

use db::{
    known_devices,
    login_attempts::{self, Scope},
    users::fold_username,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{Caller, Origin},
    passwords::Asker,
};

/// Counter of attempts, identified by its scope and the hash of its subject.
#[derive(Debug, Clone, Copy)]
struct Counter(Scope, [u8; 32]);

impl Counter {
    fn of(scope: Scope, parts: &[&[u8]]) -> Self {
        let mut digest = Sha256::new();
        for part in parts {
            digest.update(part);
        }
        Self(scope, digest.finalize().into())
    }

    /// Returns the counter of the client's network. None if the address is unknown.
    fn of_network(scope: Scope, origin: &Origin) -> Option<Self> {
        let network = origin.ip?.network().to_string();
        Some(Self::of(scope, &[network.as_bytes()]))
    }

    async fn count(self, services: &Services) -> Result<(), Error> {
        let Self(scope, subject) = self;
        if login_attempts::try_count(&services.pool, scope, &subject).await? {
            return Ok(());
        }
        let delay = login_attempts::find_delay(&services.pool, scope, &subject).await?;
        Err(Error::TooMany(delay.unwrap_or_default()))
    }

    async fn give_back(self, services: &Services, failures: i32) -> Result<(), Error> {
        let Self(scope, subject) = self;
        Ok(login_attempts::give_back(&services.pool, scope, &subject, failures).await?)
    }
}

/// Counted attempt at a password.
#[derive(Debug)]
pub(crate) struct Attempt {
    /// Account or network that the hashing queue counts it for.
    asker: Asker,
    /// Counters of the attempt: first the one that only this client uses, then the shared ones.
    counters: Vec<Counter>,
}

impl Attempt {
    /// Counts an attempt to sign in, before its password is hashed, so that concurrent attempts gain nothing. `user` is the
    /// account with that username, if there is one: an unknown username is counted in the same way.
    ///
    /// # Errors
    /// [`Error::TooMany`] when the client has to wait; the attempt is not counted then.
    pub(crate) async fn to_sign_in(
        services: &Services,
        username: &str,
        user: Option<Uuid>,
        origin: &Origin,
    ) -> Result<Self, Error> {
        if let Some(device) = origin.device.hash() {
            // Queried without an account too, so that an unknown username takes the same time.
            let is_known = known_devices::exists(&services.pool, device, user).await?;
            if let Some(user) = user.filter(|_| is_known) {
                let own = Counter::of(Scope::Device, &[device, user.as_bytes()]);
                return Self::begin(services, Asker::Account(user), vec![own]).await;
            }
        }
        let name = fold_username(&services.pool, username.trim()).await?;
        let network = origin.ip.map(|ip| ip.network().to_string());
        let network = network.unwrap_or_default();
        let mut counters = vec![
            // A line break separates the two: no address contains one.
            Counter::of(
                Scope::AccountAddress,
                &[network.as_bytes(), b"\n", name.as_bytes()],
            ),
            Counter::of(Scope::Account, &[name.as_bytes()]),
        ];
        counters.extend(Counter::of_network(Scope::Address, origin));
        Self::begin(services, Asker::from(origin.ip), counters).await
    }

    /// Counts an attempt to confirm the current password in a live session.
    ///
    /// # Errors
    /// [`Error::TokenNotAllowed`] for an access token, [`Error::TooMany`] when the client has to wait; the attempt is not
    /// counted then.
    pub(crate) async fn in_session(services: &Services, caller: &Caller) -> Result<Self, Error> {
        let own = Counter::of(Scope::Session, &[caller.session()?.as_bytes()]);
        let asker = Asker::Account(caller.principal.id.0);
        Self::begin(services, asker, vec![own]).await
    }

    async fn begin(
        services: &Services,
        asker: Asker,
        counters: Vec<Counter>,
    ) -> Result<Self, Error> {
        for (index, counter) in counters.iter().enumerate() {
            // All or none: those that were counted before the denial are returned.
            if let Err(denied) = counter.count(services).await {
                for counted in counters.iter().take(index) {
                    counted.give_back(services, 1).await?;
                }
                return Err(denied);
            }
        }
        Ok(Self { asker, counters })
    }

    /// Returns the account or network that the hashing queue counts the attempt for.
    pub(crate) fn asker(&self) -> Asker {
        self.asker
    }

    /// Concludes the attempt with a wrong password.
    pub(crate) async fn fail(self, services: &Services) -> Result<(), Error> {
        for Counter(scope, subject) in self.counters {
            // Only the counter of the network distinguishes undecided attempts.
            if scope == Scope::Address {
                login_attempts::set_decided(&services.pool, scope, &subject).await?;
            }
        }
        Ok(())
    }

    /// Concludes the attempt with the correct password. Earlier failures of this client against the account are deleted,
    /// and subtracted from the shared counters.
    pub(crate) async fn succeed(self, services: &Services) -> Result<(), Error> {
        let mut counters = self.counters.into_iter();
        let Some(Counter(scope, subject)) = counters.next() else {
            return Ok(());
        };
        let failures = login_attempts::delete(&services.pool, scope, &subject).await?;
        for shared in counters {
            shared.give_back(services, failures).await?;
        }
        Ok(())
    }

    /// Returns an attempt that could not be verified to all of its counters.
    pub(crate) async fn cancel(self, services: &Services) -> Result<(), Error> {
        for counter in self.counters {
            counter.give_back(services, 1).await?;
        }
        Ok(())
    }
}

/// Counts an invalid link. Valid links are never throttled, so that users behind the same address as an attacker can use
/// theirs.
///
/// # Errors
/// [`Error::TooMany`] after too many invalid links from the client's network.
pub(crate) async fn count_dead_link(services: &Services, origin: &Origin) -> Result<(), Error> {
    match Counter::of_network(Scope::Link, origin) {
        Some(counter) => counter.count(services).await,
        None => Ok(()),
    }
}

/// Counted username that an invited user tries. Only those that turn out to be taken stay counted.
pub(crate) struct NameTries(Attempt);

impl NameTries {
    /// Counts an attempt for the invitation and for the client's network.
    ///
    /// # Errors
    /// [`Error::TooMany`] after too many usernames that were taken.
    pub(crate) async fn begin(
        services: &Services,
        invitation: Uuid,
        origin: &Origin,
    ) -> Result<Self, Error> {
        let mut counters = Vec::from_iter(Counter::of_network(Scope::Name, origin));
        counters.push(Counter::of(Scope::Invitation, &[invitation.as_bytes()]));
        let asker = Asker::from(origin.ip);
        Attempt::begin(services, asker, counters).await.map(Self)
    }

    /// Returns the attempt to its counters: the response disclosed no taken username.
    pub(crate) async fn cancel(self, services: &Services) -> Result<(), Error> {
        self.0.cancel(services).await
    }
}

/// Counts a form that registers a user, before its password is estimated, unless the client's network has reached the limit.
///
/// # Errors
/// [`Error::TooMany`] when the client has to wait.
pub(crate) async fn check_registration_limit(
    services: &Services,
    origin: &Origin,
) -> Result<(), Error> {
    match Counter::of_network(Scope::Registration, origin) {
        Some(counter) => counter.count(services).await,
        None => Ok(()),
    }
}
