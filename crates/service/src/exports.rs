//! Running exports: their limits, and the pieces of each.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc::{self, Receiver, Sender};
use uuid::Uuid;

use crate::{Error, access::Author};

/// Maximum number of concurrent exports per account.
const PER_ACCOUNT: usize = 2;
/// Maximum number of concurrent exports per process. Each has up to three pieces of 2 MiB in memory.
const TOTAL: usize = 16;
/// Number of pieces that are buffered for a slow reader.
const WAITING: usize = 1;

const ACCOUNT_BUSY: Error = Error::TooManyAtOnce(
    "You already have two downloads running. Wait for one to finish or cancel it, then try again.",
);
const PROCESS_BUSY: Error =
    Error::TooManyAtOnce("Too many exports are running. Try again in a few seconds.");

/// Piece of a file. An error as the last one means that the file is incomplete.
type Piece = Result<String, Error>;

/// Running exports of this process, each with its account.
#[derive(Debug, Clone, Default)]
pub struct Exports(Arc<Mutex<Vec<Option<Uuid>>>>);

/// Reservation for one running export, released on drop.
#[derive(Debug)]
pub(crate) struct Slot {
    exports: Exports,
    account: Option<Uuid>,
}

/// Pieces of an export, in order.
#[derive(Debug)]
pub struct Pieces {
    receiver: Receiver<Piece>,
    /// Held until the reader drops the pieces: they are in memory until then.
    _slot: Arc<Slot>,
}

impl Exports {
    /// Reserves an export for the account of an actor. The operator has no account, so only the limit of the process
    /// applies.
    ///
    /// # Errors
    /// [`Error::TooManyAtOnce`] when the account or the process has reached its limit.
    pub(crate) fn reserve(&self, author: &Author) -> Result<Slot, Error> {
        let account = author.id();
        let mut running = self.running();
        let of_account = running.iter().filter(|other| **other == account);
        if account.is_some() && of_account.count() >= PER_ACCOUNT {
            return Err(ACCOUNT_BUSY);
        }
        if running.len() >= TOTAL {
            return Err(PROCESS_BUSY);
        }
        running.push(account);
        Ok(Slot {
            exports: self.clone(),
            account,
        })
    }

    fn running(&self) -> MutexGuard<'_, Vec<Option<Uuid>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut running = self.exports.running();
        if let Some(index) = running.iter().position(|other| *other == self.account) {
            running.swap_remove(index);
        }
    }
}

impl Pieces {
    /// Returns the next piece. None at the end of the file.
    pub async fn recv(&mut self) -> Option<Result<String, Error>> {
        self.receiver.recv().await
    }
}

/// Spawns a task that writes an export until it is complete or its reader is dropped.
pub(crate) fn spawn<W>(slot: Slot, write: impl FnOnce(Sender<Piece>) -> W) -> Pieces
where
    W: Future<Output = Result<(), Error>> + Send + 'static,
{
    let (sender, receiver) = mpsc::channel(WAITING);
    let slot = Arc::new(slot);
    let (work, held) = (write(sender.clone()), Arc::clone(&slot));
    tokio::spawn(async move {
        tokio::select! {
            done = work => if let Err(error) = done {
                // Fails only if the reader is gone, who is the only recipient of the error.
                drop(sender.send(Err(error)).await);
            },
            () = sender.closed() => {}
        }
        drop(held);
    });
    Pieces {
        receiver,
        _slot: slot,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use domain::users::UserId;
    use tokio::task::yield_now;

    use super::*;
    use crate::access::Origin;

    fn author(number: u128) -> Author {
        let id = UserId(Uuid::from_u128(number));
        Author::person(id, "user", Origin::default())
    }

    #[tokio::test]
    async fn a_reader_who_takes_nothing_stops_the_writer_and_frees_the_place_by_leaving() {
        let exports = Exports::default();
        let sent = Arc::new(AtomicUsize::new(0));
        let slot = exports.reserve(&author(1)).unwrap();
        let counter = Arc::clone(&sent);
        let mut pieces = spawn(slot, |sender| async move {
            while sender.send(Ok("piece".to_owned())).await.is_ok() {
                counter.fetch_add(1, Ordering::Relaxed);
            }
            Ok(())
        });
        settle().await;
        assert_eq!(sent.load(Ordering::Relaxed), WAITING);
        assert_eq!(pieces.recv().await.unwrap().unwrap(), "piece");
        settle().await;
        assert_eq!(sent.load(Ordering::Relaxed), WAITING + 1);
        assert_eq!(exports.running().len(), 1);
        drop(pieces);
        settle().await;
        assert!(exports.running().is_empty());
    }

    /// Lets the writing task run until it blocks.
    async fn settle() {
        for _ in 0..10 {
            yield_now().await;
        }
    }

    #[test]
    fn an_account_and_the_process_have_a_limit_each() {
        let exports = Exports::default();
        let ada = author(1);
        let one = exports.reserve(&ada).unwrap();
        let _two = exports.reserve(&ada).unwrap();
        assert!(exports.reserve(&ada).is_err());
        drop(one);
        let _three = exports.reserve(&ada).unwrap();
        let others: Vec<_> = (2..16)
            .map(|n| exports.reserve(&author(n)).unwrap())
            .collect();
        assert!(exports.reserve(&author(99)).is_err());
        drop(others);
        exports.reserve(&author(99)).unwrap();
    }
}
