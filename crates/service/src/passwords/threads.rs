//! Threads for work that takes long by design, with the queue of waiting jobs. Their priority is low.

use std::{
    io,
    panic::{self, AssertUnwindSafe},
    sync::{Arc, Mutex},
    thread,
};

use tokio::sync::{mpsc, oneshot};

use super::queue::{Asker, PasswordQueue, QUEUE, QueueSlot, full};
use crate::Error;

/// Nice value of the threads (0 to 19), by which they yield to all others.
const NICENESS: i32 = 15;

/// Work that sends its result.
type Job = Box<dyn FnOnce() + Send>;

/// Handle of the threads, which end when the last handle is dropped.
#[derive(Debug, Clone)]
pub(super) struct Threads {
    jobs: mpsc::Sender<(QueueSlot, Job)>,
    waiting: PasswordQueue,
}

impl Threads {
    /// Starts a number of threads.
    ///
    /// # Errors
    /// Fails when a thread cannot be started.
    pub(super) fn start(count: usize) -> io::Result<Self> {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let queue = Arc::new(Mutex::new(queue));
        for index in 0..count {
            let queue = Arc::clone(&queue);
            thread::Builder::new()
                .name(format!("hasher-{index}"))
                .spawn(move || work_off(&queue))?;
        }
        Ok(Self {
            jobs,
            waiting: PasswordQueue::default(),
        })
    }

    /// Does work on one of the threads and returns its result.
    ///
    /// # Errors
    /// [`Error::TooMany`] when the queue is full.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        asker: Asker,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let result = self.submit(asker, work)?;
        result.await.map_err(|gone| Error::Internal(gone.into()))
    }

    /// Queues work and returns the receiver of its result. Work whose receiver is dropped before it begins is skipped, so that
    /// the part of a client in a flood is cheap once it has disconnected.
    fn submit<T: Send + 'static>(
        &self,
        asker: Asker,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<oneshot::Receiver<T>, Error> {
        let slot = self.waiting.reserve(asker)?;
        let (answer, result) = oneshot::channel();
        let job: Job = Box::new(move || {
            if !answer.is_closed() {
                drop(answer.send(work()));
            }
        });
        self.jobs.try_send((slot, job)).map_err(|_| full())?;
        Ok(result)
    }
}

/// Does the jobs of a queue one by one, until its last sender is dropped.
fn work_off(queue: &Mutex<mpsc::Receiver<(QueueSlot, Job)>>) {
    // On Linux this sets the priority of the calling thread only.
    if let Err(error) = rustix::process::setpriority_process(None, NICENESS) {
        tracing::warn!(%error, "could not lower the priority of the hashing threads");
    }
    loop {
        let next = match queue.lock() {
            Ok(mut queue) => queue.blocking_recv(),
            Err(_) => return,
        };
        let Some((slot, job)) = next else { return };
        // The limits count waiting jobs only.
        drop(slot);
        // A panic fails the request that has sent the job, and not the thread, which others need.
        if panic::catch_unwind(AssertUnwindSafe(job)).is_err() {
            tracing::error!("a job of the hashing threads panicked");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Sender, channel};

    use uuid::Uuid;

    use super::*;

    fn account(number: usize) -> Asker {
        Asker::Account(Uuid::from_u128(number as u128))
    }

    /// Starts one thread, which is busy until the returned sender is dropped.
    fn busy() -> (Threads, Sender<()>) {
        let threads = Threads::start(1).unwrap();
        let (begin, begun) = channel();
        let (release, released) = channel::<()>();
        let work = move || {
            begin.send(()).unwrap();
            released.recv().unwrap_err();
        };
        let job = threads.submit(account(0), work).unwrap();
        begun.recv().unwrap();
        drop(job);
        (threads, release)
    }

    #[test]
    fn job_of_a_disconnected_client_is_skipped() {
        let (threads, release) = busy();
        let (ran, runs) = channel();
        let submit = |name: &'static str| {
            let ran = ran.clone();
            threads.submit(account(1), move || ran.send(name).unwrap())
        };
        let abandoned = submit("abandoned").unwrap();
        let last = submit("last").unwrap();
        drop((abandoned, release));
        last.blocking_recv().unwrap();
        assert_eq!(runs.try_iter().collect::<Vec<_>>(), ["last"]);
    }

    #[test]
    fn panic_fails_its_job_only() {
        let threads = Threads::start(1).unwrap();
        let panicking = threads.submit::<()>(account(1), || panic!("of a test"));
        assert!(panicking.unwrap().blocking_recv().is_err());
        let next = threads.submit(account(1), || "result").unwrap();
        assert_eq!(next.blocking_recv(), Ok("result"));
    }

    #[test]
    fn each_asker_has_eight_slots_until_its_jobs_begin() {
        let (threads, release) = busy();
        // The running job is of this asker too.
        let submit = || threads.submit(account(0), || ());
        let waiting: Vec<_> = (0..8).map(|_| submit().unwrap()).collect();
        assert!(matches!(submit(), Err(Error::TooMany(_))));
        assert!(threads.submit(account(1), || ()).is_ok());
        drop(release);
        for job in waiting {
            job.blocking_recv().unwrap();
        }
        assert!(submit().is_ok());
    }

    #[test]
    fn full_queue_is_rejected_at_once() {
        let (threads, _release) = busy();
        let submit = |number: usize| threads.submit(account(number), || ());
        for number in 0..QUEUE {
            assert!(submit(number).is_ok(), "{number}");
        }
        assert!(matches!(submit(QUEUE), Err(Error::TooMany(_))));
    }
}
