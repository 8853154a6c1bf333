//! How many hashes may wait, in all and for each account and network: nobody keeps the others from signing in.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::client_address::{ClientAddress, ClientNetwork};
use uuid::Uuid;

use crate::{Error, access::Author};

/// Hashes that may wait. At some 50 a second, the last one waits five seconds: longer than anyone does.
pub(super) const QUEUE: usize = 256;
/// Hashes of strangers that may wait, from all networks together. The rest of the queue is for accounts.
const OF_STRANGERS: usize = QUEUE / 2;
/// Hashes that may wait for one account or from one network.
const OF_ONE: usize = 8;
/// How long those who are refused have to wait.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// The account or network that a password is hashed for. The hashes that wait are counted for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Asker {
    /// The operator of the server.
    Operator,
    /// An account: in a live session, in a browser that it knows, or with a link of its own.
    Account(Uuid),
    /// Anyone else from a network, if that is known.
    Network(Option<ClientNetwork>),
}

impl Asker {
    /// The network of an address.
    pub(crate) fn from(address: Option<ClientAddress>) -> Self {
        Self::Network(address.map(ClientAddress::network))
    }

    /// The author of a change.
    pub(crate) fn author(author: &Author) -> Self {
        author.id().map_or(Self::Operator, Self::Account)
    }

    fn is_stranger(self) -> bool {
        matches!(self, Self::Network(_))
    }
}

/// How many hashes wait, by the account or network that they are for.
#[derive(Debug, Clone, Default)]
pub(super) struct Waiting(Arc<Mutex<HashMap<Asker, usize>>>);

impl Waiting {
    /// Takes a place in the queue.
    ///
    /// # Errors
    /// [`Error::TooMany`] when too many hashes wait already, for this asker or for all strangers.
    pub(super) fn admit(&self, asker: Asker) -> Result<Place, Error> {
        let mut waiting = self.lock();
        let own = waiting.get(&asker).copied().unwrap_or_default();
        let strangers = waiting.iter().filter(|(other, _)| other.is_stranger());
        let strangers: usize = strangers.map(|(_, count)| count).sum();
        if own >= OF_ONE || (asker.is_stranger() && strangers >= OF_STRANGERS) {
            return Err(full());
        }
        waiting.insert(asker, own + 1);
        Ok(Place {
            asker,
            waiting: self.clone(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Asker, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Refuses a hash that is one too many.
pub(super) fn full() -> Error {
    Error::TooMany(RETRY_AFTER)
}

/// A place in the queue, free again when it is dropped.
pub(super) struct Place {
    asker: Asker,
    waiting: Waiting,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut waiting = self.waiting.lock();
        match waiting.get_mut(&self.asker) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(waiting.remove(&self.asker)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(number: u16) -> Asker {
        let address = format!("2001:db8:{number:x}::1").parse();
        Asker::from(Some(address.unwrap()))
    }

    /// Takes places until one is refused, or nine of them.
    fn take(waiting: &Waiting, asker: Asker) -> Vec<Place> {
        let places = (0..9).map_while(|_| waiting.admit(asker).ok());
        places.collect()
    }

    #[test]
    fn each_account_and_network_has_eight_places() {
        let waiting = Waiting::default();
        for asker in [
            Asker::Operator,
            Asker::Account(Uuid::from_u128(1)),
            Asker::Account(Uuid::from_u128(2)),
            Asker::from(None),
            network(1),
        ] {
            let mut places = take(&waiting, asker);
            assert_eq!(places.len(), 8, "{asker:?}");
            let refused = waiting.admit(asker).err();
            assert!(matches!(refused, Some(Error::TooMany(delay)) if delay == RETRY_AFTER));
            places.pop();
            places.extend(waiting.admit(asker).ok());
            assert_eq!(places.len(), 8, "{asker:?}");
        }
        assert!(waiting.lock().is_empty());
    }

    #[test]
    fn strangers_leave_places_for_accounts() {
        let waiting = Waiting::default();
        let strangers = (1..=30).flat_map(|number| take(&waiting, network(number)));
        let strangers: Vec<Place> = strangers.collect();
        assert_eq!(strangers.len(), OF_STRANGERS);
        assert!(waiting.admit(network(31)).is_err());
        let owner = Asker::Account(Uuid::from_u128(1));
        assert_eq!(take(&waiting, owner).len(), 8);
    }
}
