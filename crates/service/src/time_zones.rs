//! Time zones that can be chosen, and their UTC offsets. PostgreSQL reads hundreds of files to list the zones, and computes the
//! offset of each day for the offsets, so each process queries them once.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use domain::offsets::Offsets;
use tokio::sync::OnceCell;

use crate::Error;

/// Cache of the names of time zones, in alphabetical order, and of the offsets of the zones that users have chosen, filled on
/// first use and never refreshed. An upgrade of PostgreSQL takes effect after the next start.
#[derive(Debug, Clone, Default)]
pub struct TimeZones {
    names: Arc<OnceCell<Vec<String>>>,
    offsets: Arc<RwLock<HashMap<String, Arc<Offsets>>>>,
}

impl TimeZones {
    /// Returns the names. Of concurrent first calls, one queries the database.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when they are not cached yet and the database cannot be reached. The next call tries again.
    pub(crate) async fn get(&self, pool: &db::PgPool) -> Result<&[String], Error> {
        let names = self
            .names
            .get_or_try_init(|| db::account::list_time_zones(pool));
        Ok(names.await?.as_slice())
    }

    /// Returns the UTC offsets of a zone; empty for a zone that PostgreSQL does not know.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when they are not cached yet and the database cannot be reached. The next call tries again.
    pub async fn offsets(&self, pool: &db::PgPool, zone: &str) -> Result<Arc<Offsets>, Error> {
        if let Some(offsets) = self.cached(zone) {
            return Ok(offsets);
        }
        let offsets = Arc::new(db::account::list_offsets(pool, zone).await?);
        let mut cache = self.offsets.write().unwrap_or_else(PoisonError::into_inner);
        cache.insert(zone.to_owned(), Arc::clone(&offsets));
        Ok(offsets)
    }

    fn cached(&self, zone: &str) -> Option<Arc<Offsets>> {
        let cache = self.offsets.read().unwrap_or_else(PoisonError::into_inner);
        cache.get(zone).cloned()
    }
}
