//! Running exports: their limits, and the pieces of each.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::error::TooManyAtOnce;
use tokio::{
    sync::mpsc::{self, Receiver, Sender},
    time::timeout,
};
use uuid::Uuid;

use crate::{Error, access::Actor};

/// Maximum number of concurrent exports per account.
const PER_ACCOUNT: usize = 2;
/// Maximum number of concurrent exports per process. Each has up to three pieces of 2 MiB in memory.
const TOTAL: usize = 16;
/// Number of pieces that are buffered for a slow reader.
const BUFFERED: usize = 1;
/// Maximum time for which a reader waits for a piece. The writer sends one after each statement, and this is twice the time after which
/// PostgreSQL cancels a statement. A stalled one cancels none.
const IDLE: Duration = Duration::from_secs(30);

const ACCOUNT_BUSY: Error = Error::TooManyAtOnce(TooManyAtOnce::OwnDownloads);
const PROCESS_BUSY: Error = Error::TooManyAtOnce(TooManyAtOnce::Exports);

/// Piece of a file. An error as the last one means that the file is incomplete. An empty one says that the writer is alive.
type Piece = Result<String, Error>;

/// Running exports of this process, each with its account.
#[derive(Debug, Clone, Default)]
pub struct Exports(Arc<Mutex<Vec<Option<Uuid>>>>);

/// Returns the filter of an export in the form of a URL query, for the audit log. PostgreSQL rejects control characters.
pub(crate) fn written(pairs: Vec<(&'static str, &str)>) -> String {
    let words: Vec<String> = pairs
        .into_iter()
        .map(|(name, value)| {
            let visible = value.chars().filter(|c| !c.is_control());
            format!("{name}={}", visible.collect::<String>())
        })
        .collect();
    words.join(" ")
}

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
    pub(crate) fn reserve(&self, actor: &Actor) -> Result<Slot, Error> {
        let account = actor.id();
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
    /// Returns the next piece that is not empty. None at the end of the file. If the writer sends nothing in time, the export ends with an
    /// error.
    pub async fn recv(&mut self) -> Option<Result<String, Error>> {
        self.recv_within(IDLE).await
    }

    async fn recv_within(&mut self, idle: Duration) -> Option<Piece> {
        loop {
            match timeout(idle, self.receiver.recv()).await {
                Ok(Some(Ok(piece))) if piece.is_empty() => {}
                Ok(received) => return received,
                Err(_) => {
                    // Ends the writer too, whose statement may never be answered.
                    self.receiver.close();
                    let cause = "no piece of the export in time";
                    return Some(Err(Error::Unavailable(cause.into())));
                }
            }
        }
    }
}

/// Spawns a task that writes an export until it is complete or its reader is dropped. The writer sends a piece after each statement, also
/// an empty one.
pub(crate) fn spawn<W>(slot: Slot, write: impl FnOnce(Sender<Piece>) -> W) -> Pieces
where
    W: Future<Output = Result<(), Error>> + Send + 'static,
{
    let (sender, receiver) = mpsc::channel(BUFFERED);
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
    use std::{
        future::pending,
        sync::atomic::{AtomicUsize, Ordering},
    };

    use domain::users::UserId;
    use tokio::task::yield_now;

    use super::*;
    use crate::access::Origin;

    fn actor(number: u128) -> Actor {
        let id = UserId(Uuid::from_u128(number));
        Actor::by_link(id, "user", Origin::default())
    }

    #[tokio::test]
    async fn idle_reader_stops_the_writer_and_frees_the_slot_on_drop() {
        let exports = Exports::default();
        let sent = Arc::new(AtomicUsize::new(0));
        let slot = exports.reserve(&actor(1)).unwrap();
        let counter = Arc::clone(&sent);
        let mut pieces = spawn(slot, |sender| async move {
            while sender.send(Ok("piece".to_owned())).await.is_ok() {
                counter.fetch_add(1, Ordering::Relaxed);
            }
            Ok(())
        });
        wait_until_idle().await;
        assert_eq!(sent.load(Ordering::Relaxed), BUFFERED);
        assert_eq!(pieces.recv().await.unwrap().unwrap(), "piece");
        wait_until_idle().await;
        assert_eq!(sent.load(Ordering::Relaxed), BUFFERED + 1);
        assert_eq!(exports.running().len(), 1);
        drop(pieces);
        wait_until_idle().await;
        assert!(exports.running().is_empty());
    }

    #[tokio::test]
    async fn writer_that_stalls_ends_the_export_with_an_error() {
        let exports = Exports::default();
        let slot = exports.reserve(&actor(1)).unwrap();
        let mut pieces = spawn(slot, |sender| async move {
            drop(sender.send(Ok("piece".to_owned())).await);
            pending().await
        });
        assert_eq!(pieces.recv().await.unwrap().unwrap(), "piece");
        let stalled = pieces.recv_within(Duration::from_millis(10)).await;
        let is_error = matches!(stalled, Some(Err(Error::Unavailable(_))));
        assert!(is_error, "{stalled:?}");
        assert!(pieces.recv().await.is_none());
        drop(pieces);
        wait_until_idle().await;
        assert!(exports.running().is_empty());
    }

    #[tokio::test]
    async fn reader_skips_pieces_that_say_that_the_writer_is_alive() {
        let slot = Exports::default().reserve(&actor(1)).unwrap();
        let mut pieces = spawn(slot, |sender| async move {
            for piece in ["", "", "piece", ""] {
                drop(sender.send(Ok(piece.to_owned())).await);
            }
            Ok(())
        });
        assert_eq!(pieces.recv().await.unwrap().unwrap(), "piece");
        assert!(pieces.recv().await.is_none());
    }

    /// Lets the writing task run until it blocks.
    async fn wait_until_idle() {
        for _ in 0..10 {
            yield_now().await;
        }
    }

    #[test]
    fn exports_are_limited_per_account_and_process() {
        let exports = Exports::default();
        let ada = actor(1);
        let one = exports.reserve(&ada).unwrap();
        let _two = exports.reserve(&ada).unwrap();
        assert!(exports.reserve(&ada).is_err());
        drop(one);
        let _three = exports.reserve(&ada).unwrap();
        let others: Vec<_> = (2..16)
            .map(|n| exports.reserve(&actor(n)).unwrap())
            .collect();
        assert!(exports.reserve(&actor(99)).is_err());
        drop(others);
        exports.reserve(&actor(99)).unwrap();
    }
}
