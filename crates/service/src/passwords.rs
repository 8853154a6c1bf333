//! Password hashing on dedicated threads. argon2id is slow and memory-hard by design: a few threads of low priority run it,
//! so that a flood of sign-ins delays other sign-ins and nothing else.

pub(crate) mod known;
mod queue;
mod strength;
mod substitutions;
mod threads;

use std::{num::NonZero, thread};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use domain::{credentials::Strength, text::normal_password};
use secrecy::{ExposeSecret, SecretString};

use crate::Error;

pub use queue::Asker;
pub(crate) use strength::{Guesses, estimate};
use threads::Threads;

/// Memory of one hash, in KiB (OWASP ASVS 5.0, 11.4.2).
const MEMORY_KIB: u32 = 19_456;
/// Number of passes over that memory (same source).
const PASSES: u32 = 2;
/// Degree of parallelism (same source).
const LANES: u32 = 1;

/// Salt of hashes without an account, so that an unknown username takes the same time as a known one.
const DUMMY_SALT: &str = "salt of no account";

/// Result of a password verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Wrong password, or an account without one.
    Wrong,
    /// Correct password.
    Right,
    /// Correct password whose stored hash is weaker than today's parameters. Holds a new hash.
    RightButWeak(String),
}

/// Error of argon2 or of the threads that run it.
#[derive(Debug, Clone, thiserror::Error)]
#[error("hashing failed: {0}")]
pub struct HashError(String);

/// Handle of the hashing threads, which end when the last handle is dropped.
#[derive(Debug, Clone)]
pub struct Hasher(Threads);

impl Hasher {
    /// Starts the hashing threads: half as many as there are cores, rounded up.
    ///
    /// # Errors
    /// [`HashError`] when a thread cannot be started, or when a test hash fails.
    pub fn start() -> Result<Self, HashError> {
        static TRIAL: std::sync::OnceLock<Result<(), HashError>> = std::sync::OnceLock::new();
        // A trial hash, once per process: broken parameters must stop the start, not the first sign-in.
        let trial = TRIAL.get_or_init(|| hash(&SecretString::from(DUMMY_SALT)).map(drop));
        trial.clone()?;
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        Threads::start(cores.div_ceil(2))
            .map(Self)
            .map_err(|error| HashError(error.to_string()))
    }

    /// Hashes a password. Returns a PHC string.
    ///
    /// # Errors
    /// [`Error::TooMany`] when the queue is full.
    pub async fn hash(&self, asker: Asker, password: SecretString) -> Result<String, Error> {
        let hashed = self.0.run(asker, move || hash(&password)).await?;
        hashed.map_err(|error| Error::Internal(error.into()))
    }

    /// Compares a password with the stored hash of an account. Without a hash it spends the same time.
    ///
    /// # Errors
    /// [`Error::TooMany`] when the queue is full.
    pub async fn verify(
        &self,
        asker: Asker,
        password: SecretString,
        stored_hash: Option<String>,
    ) -> Result<Verdict, Error> {
        let work = move || verify(&password, stored_hash.as_deref());
        self.0.run(asker, work).await
    }

    /// Returns whether a password matches one of several hashes.
    ///
    /// # Errors
    /// [`Error::TooMany`] when the queue is full.
    pub(crate) async fn matches_any(
        &self,
        asker: Asker,
        password: &SecretString,
        hashes: Vec<String>,
    ) -> Result<bool, Error> {
        for hash in hashes {
            let verdict = self.verify(asker, password.clone(), Some(hash)).await?;
            if verdict != Verdict::Wrong {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Estimates the strength of a password on the hashing threads: it takes time, and unauthenticated clients can request
    /// it.
    async fn estimate(
        &self,
        asker: Asker,
        password: &str,
        guesses: Guesses,
    ) -> Result<Strength, Error> {
        let password = SecretString::from(password);
        let work = move || guesses.estimate(password.expose_secret());
        self.0.run(asker, work).await
    }
}

fn argon2() -> Result<Argon2<'static>, HashError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)
        .map_err(|error| HashError(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Normalizes a password before it is hashed: keyboards encode the same characters differently.
fn normal(password: &SecretString) -> SecretString {
    SecretString::from(normal_password(password.expose_secret()))
}

fn hash(password: &SecretString) -> Result<String, HashError> {
    let hash = argon2()?.hash_password(normal(password).expose_secret().as_bytes());
    hash.map(|hash| hash.to_string())
        .map_err(|error| HashError(error.to_string()))
}

/// Compares a password with a stored hash. Old hashes are of the password as it was typed: where that differs from the
/// normalized form, it is tried too, and the hash is replaced if it matches.
fn verify(password: &SecretString, stored_hash: Option<&str>) -> Verdict {
    let normal = normal(password);
    let verdict = verify_form(&normal, stored_hash);
    if verdict != Verdict::Wrong || normal.expose_secret() == password.expose_secret() {
        return verdict;
    }
    match verify_form(password, stored_hash) {
        Verdict::Right => hash(password).map_or(Verdict::Right, Verdict::RightButWeak),
        verdict => verdict,
    }
}

/// Compares one form of a password with a stored hash. Every result except the correct one takes the work of one hash with
/// today's parameters: for an unknown username, a current hash, a weaker hash, and an unreadable one.
fn verify_form(password: &SecretString, stored_hash: Option<&str>) -> Verdict {
    let parsed = stored_hash.and_then(|stored_hash| PasswordHash::new(stored_hash).ok());
    let params = parsed.as_ref().and_then(|hash| Params::try_from(hash).ok());
    if let Some(memory) = padding(params.as_ref()) {
        // The result is discarded: only the time counts.
        drop(spend(password, memory));
    }
    let Some(parsed) = parsed.filter(|_| params.is_some()) else {
        return Verdict::Wrong;
    };
    let matches = Argon2::default()
        .verify_password(password.expose_secret().as_bytes(), &parsed)
        .is_ok();
    if !matches {
        return Verdict::Wrong;
    }
    if !is_weak(&parsed) {
        return Verdict::Right;
    }
    hash(password).map_or(Verdict::Right, Verdict::RightButWeak)
}

/// Returns the memory in KiB of an additional hash with today's number of passes, so that it and the stored hash together
/// take the work of one current hash. Work is memory times passes. None if nothing is missing.
fn padding(stored: Option<&Params>) -> Option<u32> {
    let done = stored.map_or(0, |params| params.m_cost().saturating_mul(params.t_cost()));
    let left = (MEMORY_KIB * PASSES).saturating_sub(done) / PASSES;
    // argon2 needs at least eight blocks per lane.
    (left >= 8 * LANES).then_some(left)
}

/// Computes a hash with the given memory in KiB.
fn spend(password: &SecretString, memory: u32) -> Result<[u8; 32], HashError> {
    let params = Params::new(memory, PASSES, LANES, None);
    let params = params.map_err(|error| HashError(error.to_string()))?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut out = [0; 32];
    argon2
        .hash_password_into(
            password.expose_secret().as_bytes(),
            DUMMY_SALT.as_bytes(),
            &mut out,
        )
        .map_err(|error| HashError(error.to_string()))?;
    Ok(out)
}

/// Returns whether a hash has weaker parameters than today's.
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
    use std::time::{Duration, Instant};

    use super::*;

    fn secret(text: &str) -> SecretString {
        SecretString::from(text)
    }

    #[tokio::test]
    async fn only_the_right_password_verifies() {
        let hasher = Hasher::start().unwrap();
        let stored_hash = hasher
            .hash(Asker::Operator, secret("open sesame "))
            .await
            .unwrap();
        assert!(
            stored_hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{stored_hash}"
        );
        for (password, stored_hash, expected) in [
            ("open sesame ", Some(stored_hash.clone()), Verdict::Right),
            ("open sesame", Some(stored_hash), Verdict::Wrong),
            ("", None, Verdict::Wrong),
            (DUMMY_SALT, None, Verdict::Wrong),
            ("x", Some("not a hash".to_owned()), Verdict::Wrong),
        ] {
            assert_eq!(
                hasher
                    .verify(Asker::Operator, secret(password), stored_hash)
                    .await
                    .unwrap(),
                expected,
                "{password:?}"
            );
        }
    }

    #[tokio::test]
    async fn weak_hash_is_replaced() {
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
            .verify(Asker::Operator, secret("open sesame"), Some(weak))
            .await
            .unwrap();
        let Verdict::RightButWeak(stronger) = verdict else {
            panic!("{verdict:?}")
        };
        assert!(stronger.contains("m=19456,t=2"), "{stronger}");
    }

    #[tokio::test]
    async fn equivalent_unicode_forms_verify() {
        let hasher = Hasher::start().unwrap();
        let (composed, decomposed) = ("se\u{f1}or 12 café", "sen\u{303}or １２ cafe\u{301}");
        for (chosen, typed) in [(composed, decomposed), (decomposed, composed)] {
            let stored_hash = hasher.hash(Asker::Operator, secret(chosen)).await.unwrap();
            let verdict = hasher
                .verify(Asker::Operator, secret(typed), Some(stored_hash))
                .await;
            assert_eq!(verdict.unwrap(), Verdict::Right, "{typed}");
        }
    }

    #[tokio::test]
    async fn hash_of_unnormalised_password_verifies_and_is_replaced() {
        let hasher = Hasher::start().unwrap();
        let typed = "sen\u{303}or caf\u{e9}";
        let old = argon2().unwrap().hash_password(typed.as_bytes()).unwrap();
        let verify = |typed: &str, stored_hash: String| {
            hasher.verify(Asker::Operator, secret(typed), Some(stored_hash))
        };
        let verdict = verify(typed, old.to_string()).await.unwrap();
        let Verdict::RightButWeak(new) = verdict else {
            panic!("{verdict:?}")
        };
        assert_eq!(verify("señor café", new).await.unwrap(), Verdict::Right);
        // Another encoding of the same characters did not match the old hash before, and still does not.
        let verdict = verify("señor café", old.to_string()).await;
        assert_eq!(verdict.unwrap(), Verdict::Wrong);
    }

    /// Computes the work of a wrong password: KiB times passes.
    fn work_of(stored_hash: Option<(u32, u32)>) -> u32 {
        let params =
            stored_hash.map(|(memory, passes)| Params::new(memory, passes, 1, None).unwrap());
        let stored = params
            .as_ref()
            .map_or(0, |params| params.m_cost() * params.t_cost());
        stored + padding(params.as_ref()).unwrap_or_default() * PASSES
    }

    #[test]
    fn older_hash_costs_as_much_as_an_unknown_name() {
        let unknown = work_of(None);
        assert_eq!(unknown, MEMORY_KIB * PASSES);
        for stored_hash in [
            (8, 1),
            (4_096, 1),
            (8_192, 1),
            (4_096, 3),
            (19_456, 1),
            (19_456, 2),
        ] {
            let work = work_of(Some(stored_hash));
            assert!(
                unknown - work <= PASSES * 8,
                "{stored_hash:?}: {work} of {unknown}"
            );
        }
        // A stored hash stronger than today's takes its own time.
        assert_eq!(work_of(Some((65_536, 3))), 65_536 * 3);
    }

    /// Measures the time of a wrong password: the minimum of three runs.
    fn time_of(stored_hash: Option<&str>) -> Duration {
        let times = (0..3).map(|_| {
            let started = Instant::now();
            assert_eq!(verify(&secret("x"), stored_hash), Verdict::Wrong);
            started.elapsed()
        });
        times.min().unwrap()
    }

    #[test]
    fn older_hash_takes_as_long_as_an_unknown_name() {
        let params = Params::new(8, 1, 1, None).unwrap();
        let older = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password(b"open sesame")
            .unwrap()
            .to_string();
        // Without the padding it would take less than a thousandth of the time.
        assert!(time_of(Some(&older)) * 4 > time_of(None));
    }
}
