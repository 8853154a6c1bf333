//! Last activity of sessions, and last use of access tokens and dialects: noted in memory by each request, and written in batches once a
//! minute, so that each row is written at most so often. A request costs no query.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::client_address::ClientAddress;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{Error, Services};

/// Interval of the writes to the database.
pub const EVERY: Duration = Duration::from_secs(60);
/// Number of sessions or tokens in one statement: few, so that it holds no lock for long.
const BATCH: usize = 1_000;

/// Sessions, access tokens and dialects that were used since the last write.
#[derive(Debug, Clone, Default)]
pub struct LastSeen(Arc<Mutex<Noted>>);

/// Latest use of each session and access token, by id, and of each dialect, by name.
#[derive(Debug, Default)]
struct Noted {
    sessions: HashMap<Uuid, OffsetDateTime>,
    tokens: HashMap<Uuid, (OffsetDateTime, Option<ClientAddress>)>,
    dialects: HashMap<&'static str, OffsetDateTime>,
}

impl LastSeen {
    /// Notes the use of a session.
    pub(crate) fn note_session(&self, session: Uuid, at: OffsetDateTime) {
        self.lock().sessions.insert(session, at);
    }

    /// Notes the use of an access token and its client address.
    pub(crate) fn note_token(&self, token: Uuid, at: OffsetDateTime, ip: Option<ClientAddress>) {
        self.lock().tokens.insert(token, (at, ip));
    }

    /// Notes the use of a dialect with a valid credential.
    pub fn note_dialect(&self, dialect: &'static str, at: OffsetDateTime) {
        self.lock().dialects.insert(dialect, at);
    }

    /// Returns the last use of a dialect since the last write.
    pub(crate) fn of_dialect(&self, dialect: &str) -> Option<OffsetDateTime> {
        self.lock().dialects.get(dialect).copied()
    }

    fn lock(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Restores the entries that could not be written, unless a later use was noted meanwhile.
fn put_back<K: Eq + Hash, V>(stored: &mut HashMap<K, V>, noted: HashMap<K, V>) {
    for (id, value) in noted {
        stored.entry(id).or_insert(value);
    }
}

/// Writes the noted uses. Those that cannot be written are retained for the next run.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn write(services: &Services) -> Result<(), Error> {
    let Noted {
        sessions,
        tokens,
        dialects,
    } = std::mem::take(&mut *services.last_seen.lock());
    let written = write_sessions(services, &sessions).await;
    let used = write_tokens(services, &tokens).await;
    let answered = write_dialects(services, &dialects).await;
    // Some batches may be written already: writing a time twice changes nothing.
    if written.is_err() {
        put_back(&mut services.last_seen.lock().sessions, sessions);
    }
    if used.is_err() {
        put_back(&mut services.last_seen.lock().tokens, tokens);
    }
    if answered.is_err() {
        put_back(&mut services.last_seen.lock().dialects, dialects);
    }
    written.and(used).and(answered)
}

async fn write_sessions(
    services: &Services,
    seen: &HashMap<Uuid, OffsetDateTime>,
) -> Result<(), Error> {
    let (ids, times): (Vec<_>, Vec<_>) = seen.iter().map(|(id, at)| (*id, *at)).unzip();
    for (ids, times) in ids.chunks(BATCH).zip(times.chunks(BATCH)) {
        db::sessions::set_last_seen(&services.pool, ids, times).await?;
    }
    Ok(())
}

async fn write_tokens(
    services: &Services,
    used: &HashMap<Uuid, (OffsetDateTime, Option<ClientAddress>)>,
) -> Result<(), Error> {
    let used: Vec<_> = used.iter().collect();
    for batch in used.chunks(BATCH) {
        let ids: Vec<_> = batch.iter().map(|(id, _)| **id).collect();
        let times: Vec<_> = batch.iter().map(|(_, (at, _))| *at).collect();
        let ips: Vec<_> = batch.iter().map(|(_, (_, ip))| *ip).collect();
        db::access_tokens::set_last_used(&services.pool, &ids, &times, &ips).await?;
    }
    Ok(())
}

async fn write_dialects(
    services: &Services,
    used: &HashMap<&'static str, OffsetDateTime>,
) -> Result<(), Error> {
    if used.is_empty() {
        return Ok(());
    }
    let (names, times): (Vec<_>, Vec<_>) = used
        .iter()
        .map(|(name, at)| ((*name).to_owned(), *at))
        .unzip();
    Ok(db::dialects::set_used(&services.pool, &names, &times).await?)
}
