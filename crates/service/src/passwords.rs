//! Password hashing, away from everything else. argon2id is meant to be slow and to fill memory: here it does so on a few
//! threads of low priority, so that a storm of sign-ins makes the next sign-in wait and nothing else.

pub(crate) mod known;

use std::{num::NonZero, sync::Arc, thread};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{mpsc, oneshot};

use crate::Error;

/// Memory of one hash in KiB (OWASP ASVS 5.0, 11.4.2).
const MEMORY_KIB: u32 = 19_456;
/// Passes over that memory (the same).
const PASSES: u32 = 2;
/// Lanes (the same).
const LANES: u32 = 1;
/// Hashes that may wait. At some 50 a second, the last one waits five seconds: longer than anyone does.
const QUEUE: usize = 256;
/// How much the threads give way to all others (`nice`, 0 to 19).
const NICENESS: i32 = 15;

/// A password of nobody. An unknown name is checked against it, so that it costs the same time as a known one.
const NOBODY: &str = "the password of nobody, hashed once at start";

/// Whether a password is the right one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is not, or there is none.
    Wrong,
    /// It is.
    Right,
    /// It is, and this hash of it is stronger than the one kept.
    RightButWeak(String),
}

enum Job {
    Hash(SecretString, oneshot::Sender<Result<String, HashError>>),
    Verify(SecretString, Option<String>, oneshot::Sender<Verdict>),
}

/// A hash could not be made.
#[derive(Debug, thiserror::Error)]
#[error("hashing failed: {0}")]
pub struct HashError(String);

/// The hashing threads. They end when the last handle is dropped.
#[derive(Debug, Clone)]
pub struct Hasher {
    jobs: mpsc::Sender<Job>,
}

impl Hasher {
    /// Starts the threads: half as many as there are cores.
    ///
    /// # Errors
    /// When a thread cannot be started or hashing does not work at all.
    pub fn start() -> Result<Self, HashError> {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let (jobs, queue) = mpsc::channel(QUEUE);
        let queue = Arc::new(std::sync::Mutex::new(queue));
        let nobody: Arc<str> = hash(&SecretString::from(NOBODY))?.into();
        for index in 0..cores.div_ceil(2) {
            let (queue, nobody) = (Arc::clone(&queue), Arc::clone(&nobody));
            thread::Builder::new()
                .name(format!("hasher-{index}"))
                .spawn(move || work(&queue, &nobody))
                .map_err(|error| HashError(error.to_string()))?;
        }
        Ok(Self { jobs })
    }

    /// Hashes a password, as a PHC string.
    ///
    /// # Errors
    /// [`Error::TooMany`] when too many wait already.
    pub async fn hash(&self, password: SecretString) -> Result<String, Error> {
        let (answer, result) = oneshot::channel();
        self.submit(Job::Hash(password, answer))?;
        let hashed = result.await.map_err(|gone| Error::Internal(gone.into()))?;
        hashed.map_err(|error| Error::Internal(error.into()))
    }

    /// Compares a password with the hash kept for an account, or spends the same time where there is none.
    ///
    /// # Errors
    /// [`Error::TooMany`] when too many wait already.
    pub async fn verify(
        &self,
        password: SecretString,
        kept: Option<String>,
    ) -> Result<Verdict, Error> {
        let (answer, result) = oneshot::channel();
        self.submit(Job::Verify(password, kept, answer))?;
        result.await.map_err(|gone| Error::Internal(gone.into()))
    }

    /// Whether a password is one of those that some hashes are of.
    ///
    /// # Errors
    /// [`Error::TooMany`] when too many wait already.
    pub(crate) async fn matches_any(
        &self,
        password: &SecretString,
        hashes: Vec<String>,
    ) -> Result<bool, Error> {
        for hash in hashes {
            if self.verify(password.clone(), Some(hash)).await? != Verdict::Wrong {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn submit(&self, job: Job) -> Result<(), Error> {
        self.jobs
            .try_send(job)
            .map_err(|_| Error::TooMany(std::time::Duration::from_secs(5)))
    }
}

fn work(queue: &std::sync::Mutex<mpsc::Receiver<Job>>, nobody: &str) {
    if let Err(error) = rustix::process::setpriority_process(None, NICENESS) {
        tracing::warn!(%error, "the hashing threads run at normal priority");
    }
    loop {
        let job = match queue.lock() {
            Ok(mut queue) => queue.blocking_recv(),
            Err(_) => return,
        };
        match job {
            Some(Job::Hash(password, answer)) => drop(answer.send(hash(&password))),
            // Whoever stopped waiting needs no answer: their share of a storm costs nothing more.
            Some(Job::Verify(_, _, answer)) if answer.is_closed() => {}
            Some(Job::Verify(password, kept, answer)) => {
                drop(answer.send(verify(&password, kept.as_deref(), nobody)));
            }
            None => return,
        }
    }
}

fn argon2() -> Result<Argon2<'static>, HashError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)
        .map_err(|error| HashError(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &SecretString) -> Result<String, HashError> {
    let hash = argon2()?.hash_password(password.expose_secret().as_bytes());
    hash.map(|hash| hash.to_string())
        .map_err(|error| HashError(error.to_string()))
}

fn verify(password: &SecretString, kept: Option<&str>, nobody: &str) -> Verdict {
    let Ok(parsed) = PasswordHash::new(kept.unwrap_or(nobody)) else {
        return Verdict::Wrong;
    };
    let matches = Argon2::default()
        .verify_password(password.expose_secret().as_bytes(), &parsed)
        .is_ok();
    if !matches || kept.is_none() {
        return Verdict::Wrong;
    }
    if !is_weak(&parsed) {
        return Verdict::Right;
    }
    hash(password).map_or(Verdict::Right, Verdict::RightButWeak)
}

/// Whether a hash was made with less than today's parameters.
fn is_weak(hash: &PasswordHash) -> bool {
    let Ok(params) = Params::try_from(hash) else {
        return true;
    };
    hash.algorithm.as_str() != "argon2id"
        || params.m_cost() < MEMORY_KIB
        || params.t_cost() < PASSES
        || params.p_cost() < LANES
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> SecretString {
        SecretString::from(text)
    }

    #[tokio::test]
    async fn only_the_right_password_is_right() {
        let hasher = Hasher::start().unwrap();
        let kept = hasher.hash(secret("open sesame ")).await.unwrap();
        assert!(
            kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{kept}"
        );
        for (password, kept, expected) in [
            ("open sesame ", Some(kept.clone()), Verdict::Right),
            ("open sesame", Some(kept), Verdict::Wrong),
            ("", None, Verdict::Wrong),
            (NOBODY, None, Verdict::Wrong),
            ("x", Some("not a hash".to_owned()), Verdict::Wrong),
        ] {
            assert_eq!(
                hasher.verify(secret(password), kept).await.unwrap(),
                expected,
                "{password:?}"
            );
        }
    }

    #[tokio::test]
    async fn a_weaker_hash_is_replaced() {
        let weak = Argon2::new(
            Algorithm::Argon2id,
            Version::V0x13,
            Params::new(8_192, 1, 1, None).unwrap(),
        )
        .hash_password(b"open sesame")
        .unwrap()
        .to_string();
        let verdict = Hasher::start()
            .unwrap()
            .verify(secret("open sesame"), Some(weak))
            .await
            .unwrap();
        let Verdict::RightButWeak(stronger) = verdict else {
            panic!("{verdict:?}")
        };
        assert!(stronger.contains("m=19456,t=2"), "{stronger}");
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once() {
        let hasher = Hasher::start().unwrap();
        let (mut waiting, mut refused) = (Vec::new(), 0);
        for _ in 0..QUEUE * 2 {
            let (answer, result) = oneshot::channel();
            match hasher.submit(Job::Hash(secret("x"), answer)) {
                Ok(()) => waiting.push(result),
                Err(error) => {
                    assert!(matches!(error, Error::TooMany(_)));
                    refused += 1;
                }
            }
        }
        assert!(
            refused > 0 && waiting.len() >= QUEUE,
            "{refused} refused, {} waiting",
            waiting.len()
        );
    }
}
