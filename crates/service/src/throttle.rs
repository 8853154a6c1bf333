//! Limits to attempts at what must not be guessed. Each is counted where it can slow down nobody else: a browser that has
//! signed in to the account before and a live session have counters of their own, strangers share theirs with strangers.

use db::{
    known_devices,
    login_attempts::{self, Scope},
    users::fold_username,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{Actor, Origin},
    passwords::Asker,
};

/// One thing that is counted. Only its hash is stored.
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

    /// The network that a request comes from, if its address is known.
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

/// An attempt at a password.
#[derive(Debug)]
pub(crate) struct Attempt {
    /// The account or network that the password is hashed for.
    asker: Asker,
    /// The counter that nobody else uses, then those shared with others.
    counters: Vec<Counter>,
}

impl Attempt {
    /// Counts an attempt to sign in, before its password is hashed, so that many at once gain nothing. `user` is the account
    /// of that name, if there is one: an unknown name is counted alike.
    ///
    /// # Errors
    /// [`Error::TooMany`] when it has to wait; then it is not counted.
    pub(crate) async fn to_sign_in(
        services: &Services,
        username: &str,
        user: Option<Uuid>,
        origin: &Origin,
    ) -> Result<Self, Error> {
        if let Some(device) = origin.device.hash() {
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
            // No address has a line break.
            Counter::of(
                Scope::AccountAddress,
                &[network.as_bytes(), b"\n", name.as_bytes()],
            ),
            Counter::of(Scope::Account, &[name.as_bytes()]),
        ];
        counters.extend(Counter::of_network(Scope::Address, origin));
        Self::begin(services, Asker::from(origin.ip), counters).await
    }

    /// Counts an attempt to prove in a live session that one knows the password of its account.
    ///
    /// # Errors
    /// [`Error::TokenNotAllowed`] for a program, [`Error::TooMany`] when it has to wait; then it is not counted.
    pub(crate) async fn in_session(services: &Services, actor: &Actor) -> Result<Self, Error> {
        let own = Counter::of(Scope::Session, &[actor.session()?.as_bytes()]);
        let asker = Asker::Account(actor.principal.id.0);
        Self::begin(services, asker, vec![own]).await
    }

    async fn begin(
        services: &Services,
        asker: Asker,
        counters: Vec<Counter>,
    ) -> Result<Self, Error> {
        for (index, counter) in counters.iter().enumerate() {
            if let Err(denied) = counter.count(services).await {
                for counted in counters.iter().take(index) {
                    counted.give_back(services, 1).await?;
                }
                return Err(denied);
            }
        }
        Ok(Self { asker, counters })
    }

    /// The account or network that the password is hashed for.
    pub(crate) fn asker(&self) -> Asker {
        self.asker
    }

    /// Decides that the password was wrong.
    pub(crate) async fn fail(self, services: &Services) -> Result<(), Error> {
        for Counter(scope, subject) in self.counters {
            // Elsewhere nothing depends on how many are undecided.
            if scope == Scope::Address {
                login_attempts::set_decided(&services.pool, scope, &subject).await?;
            }
        }
        Ok(())
    }

    /// Decides that the password was right. Earlier failures from there against the account are forgotten, also where they
    /// were counted together with those of others.
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

    /// Gives back an attempt that came to nothing.
    pub(crate) async fn cancel(self, services: &Services) -> Result<(), Error> {
        for counter in self.counters {
            counter.give_back(services, 1).await?;
        }
        Ok(())
    }
}

/// Counts a link that is dead. Only then is anyone slowed down: of those who share an address, the one who has a link that works
/// can follow it.
///
/// # Errors
/// [`Error::TooMany`] after too many dead ones from where a request comes.
pub(crate) async fn count_dead_link(services: &Services, origin: &Origin) -> Result<(), Error> {
    match Counter::of_network(Scope::Link, origin) {
        Some(counter) => counter.count(services).await,
        None => Ok(()),
    }
}

/// Counts the usernames that whoever has an invitation tries, until it turns out that one is free.
pub(crate) struct NameTries(Attempt);

impl NameTries {
    /// Counts one with an invitation, from where a request comes.
    ///
    /// # Errors
    /// [`Error::TooMany`] after too many that were taken.
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

    /// Gives it back: no name was told to be taken.
    pub(crate) async fn cancel(self, services: &Services) -> Result<(), Error> {
        self.0.cancel(services).await
    }
}

/// Counts an account that somebody wants to create, unless too many were created from their network lately.
///
/// # Errors
/// [`Error::TooMany`] when it has to wait.
pub(crate) async fn admit_registration(services: &Services, origin: &Origin) -> Result<(), Error> {
    match Counter::of_network(Scope::Registration, origin) {
        Some(counter) => counter.count(services).await,
        None => Ok(()),
    }
}
