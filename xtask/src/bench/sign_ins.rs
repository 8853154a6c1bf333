//! Many simultaneous sign-ins with correct passwords.

use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, anyhow};

use super::{client::Client, users::UserDatabase};
use crate::server::Server;

/// Time for all sign-ins to reach the queue.
const GATHERING: Duration = Duration::from_secs(1);

/// Returns the sign-ins per second of `at_once` parallel clients that sign in every user once.
pub(super) fn rate(server: &Server, users: &UserDatabase<'_>, at_once: usize) -> Result<f64> {
    let next = AtomicUsize::new(0);
    let started = Instant::now();
    let sign_in_all = || {
        let client = Client::new(&server.base, None);
        while let Some(name) = users.accounts.get(next.fetch_add(1, Ordering::Relaxed)) {
            client.sign_in(name, &users.password)?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..at_once).map(|_| scope.spawn(sign_in_all)).collect();
        threads
            .into_iter()
            .try_for_each(|thread| finish(thread.join()))
    })?;
    Ok(users.accounts.len() as f64 / started.elapsed().as_secs_f64())
}

/// Runs `work` while every user is signing in, again and again.
pub(super) fn during<T>(
    server: &Server,
    users: &UserDatabase<'_>,
    work: impl FnOnce() -> Result<T>,
) -> Result<T> {
    let over = AtomicBool::new(false);
    let keep_signing_in = |name: &str| {
        let client = Client::new(&server.base, None);
        while !over.load(Ordering::Relaxed) {
            client.sign_in(name, &users.password)?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let threads: Vec<_> = users
            .accounts
            .iter()
            .map(|name| scope.spawn(|| keep_signing_in(name)))
            .collect();
        thread::sleep(GATHERING);
        // The flag is set before the threads are joined and even if `work` fails; otherwise they would never end.
        let result = work();
        over.store(true, Ordering::Relaxed);
        threads
            .into_iter()
            .try_for_each(|thread| finish(thread.join()))?;
        result
    })
}

fn finish(ended: thread::Result<Result<()>>) -> Result<()> {
    ended.map_err(|_| anyhow!("a client has crashed"))?
}
