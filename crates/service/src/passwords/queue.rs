//! Limits of the hashing queue, in total and per account and network, so that no client blocks the sign-ins of others.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::client_address::{ClientAddress, ClientNetwork};
use uuid::Uuid;

use crate::{Error, access::Actor};

/// Maximum number of waiting jobs. At some 50 hashes a second, the last one waits five seconds: longer than a user does.
pub(super) const QUEUE: usize = 256;
/// Maximum number of waiting jobs of unauthenticated clients, over all networks. The rest of the queue is reserved for
/// accounts.
const OF_ANONYMOUS: usize = QUEUE / 2;
/// Maximum number of waiting jobs per account or network.
const OF_ONE: usize = 8;
/// Delay after which a rejected client can retry.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// Account or network for which a password is hashed. Waiting jobs are counted for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Asker {
    /// Operator of the server.
    Operator,
    /// Account that is identified by a live session, a known browser, or a link of its own.
    Account(Uuid),
    /// Unauthenticated client of a network. None if the address is unknown.
    Network(Option<ClientNetwork>),
}

impl Asker {
    /// Returns the network of a client address.
    pub(crate) fn from(address: Option<ClientAddress>) -> Self {
        Self::Network(address.map(ClientAddress::network))
    }

    /// Returns the account of an actor, or the operator.
    pub(crate) fn actor(actor: &Actor) -> Self {
        actor.id().map_or(Self::Operator, Self::Account)
    }

    fn is_anonymous(self) -> bool {
        matches!(self, Self::Network(_))
    }
}

/// Number of waiting jobs by account or network.
#[derive(Debug, Clone, Default)]
pub(super) struct PasswordQueue(Arc<Mutex<HashMap<Asker, usize>>>);

impl PasswordQueue {
    /// Reserves a place in the queue.
    ///
    /// # Errors
    /// [`Error::TooMany`] when the limit of this asker, or of all unauthenticated clients, is reached.
    pub(super) fn reserve(&self, asker: Asker) -> Result<QueueSlot, Error> {
        let mut waiting = self.lock();
        let own = waiting.get(&asker).copied().unwrap_or_default();
        let anonymous = waiting.iter().filter(|(other, _)| other.is_anonymous());
        let anonymous: usize = anonymous.map(|(_, count)| count).sum();
        if own >= OF_ONE || (asker.is_anonymous() && anonymous >= OF_ANONYMOUS) {
            return Err(full());
        }
        waiting.insert(asker, own + 1);
        Ok(QueueSlot {
            asker,
            waiting: self.clone(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Asker, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the error of a full queue.
pub(super) fn full() -> Error {
    Error::TooMany(RETRY_AFTER)
}

/// Place in the queue, released on drop.
pub(super) struct QueueSlot {
    asker: Asker,
    waiting: PasswordQueue,
}

impl Drop for QueueSlot {
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

    /// Reserves places until one is denied, at most nine.
    fn take(waiting: &PasswordQueue, asker: Asker) -> Vec<QueueSlot> {
        let places = (0..9).map_while(|_| waiting.reserve(asker).ok());
        places.collect()
    }

    #[test]
    fn each_account_and_network_has_eight_slots() {
        let waiting = PasswordQueue::default();
        for asker in [
            Asker::Operator,
            Asker::Account(Uuid::from_u128(1)),
            Asker::Account(Uuid::from_u128(2)),
            Asker::from(None),
            network(1),
        ] {
            let mut places = take(&waiting, asker);
            assert_eq!(places.len(), 8, "{asker:?}");
            let denied = waiting.reserve(asker).err();
            assert!(matches!(denied, Some(Error::TooMany(delay)) if delay == RETRY_AFTER));
            places.pop();
            places.extend(waiting.reserve(asker).ok());
            assert_eq!(places.len(), 8, "{asker:?}");
        }
        assert!(waiting.lock().is_empty());
    }

    #[test]
    fn anonymous_requests_leave_slots_for_accounts() {
        let waiting = PasswordQueue::default();
        let anonymous = (1..=30).flat_map(|number| take(&waiting, network(number)));
        let anonymous: Vec<QueueSlot> = anonymous.collect();
        assert_eq!(anonymous.len(), OF_ANONYMOUS);
        assert!(waiting.reserve(network(31)).is_err());
        let owner = Asker::Account(Uuid::from_u128(1));
        assert_eq!(take(&waiting, owner).len(), 8);
    }
}
