//! When sessions were last seen: noted in memory by each request, written in batches by a job once a minute, so that a
//! session is written at most so often. Costs a request no query.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use time::OffsetDateTime;
use uuid::Uuid;

use crate::{Error, Services};

/// How often they are written.
pub const EVERY: Duration = Duration::from_secs(60);
/// Sessions written in one statement: few enough to hold no lock for long.
const BATCH: usize = 1_000;

/// Who was seen since the last write.
#[derive(Debug, Clone, Default)]
pub struct LastSeen(Arc<Mutex<HashMap<Uuid, OffsetDateTime>>>);

impl LastSeen {
    /// Notes that a session was used.
    pub(crate) fn note(&self, session: Uuid, at: OffsetDateTime) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(session, at);
    }

    fn take(&self) -> HashMap<Uuid, OffsetDateTime> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn put_back(&self, seen: HashMap<Uuid, OffsetDateTime>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (session, at) in seen {
            kept.entry(session)
                .and_modify(|known| *known = at.max(*known))
                .or_insert(at);
        }
    }
}

/// Writes what was noted. What cannot be written is kept for the next time.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn write(services: &Services) -> Result<(), Error> {
    let seen = services.last_seen.take();
    if seen.is_empty() {
        return Ok(());
    }
    let (ids, times): (Vec<_>, Vec<_>) = seen.iter().map(|(id, at)| (*id, *at)).unzip();
    for (ids, times) in ids.chunks(BATCH).zip(times.chunks(BATCH)) {
        let written = db::sessions::set_last_seen(&services.pool, ids, times).await;
        if let Err(error) = written {
            // What is written already changes nothing when it comes again.
            services.last_seen.put_back(seen);
            return Err(error.into());
        }
    }
    Ok(())
}
