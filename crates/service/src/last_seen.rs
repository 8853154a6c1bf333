//! When sessions were last seen: noted in memory by each request, written in batches by a job. Costs a request no query.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use time::OffsetDateTime;
use uuid::Uuid;

use crate::{Error, Services};

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
    let written = db::sessions::set_last_seen(&services.pool, &ids, &times).await;
    if written.is_err() {
        services.last_seen.put_back(seen);
    }
    Ok(written?)
}
