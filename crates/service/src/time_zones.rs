//! Time zones that can be chosen. PostgreSQL reads hundreds of files to list them, so each process queries them once.

use std::sync::Arc;

use tokio::sync::OnceCell;

use crate::Error;

/// Cache of the names of time zones, in alphabetical order, filled on first use and never refreshed. An upgrade of
/// PostgreSQL takes effect after the next start.
#[derive(Debug, Clone, Default)]
pub struct TimeZones(Arc<OnceCell<Vec<String>>>);

impl TimeZones {
    /// Returns the names. Of concurrent first calls, one queries the database.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when they are not cached yet and the database cannot be reached. The next call tries again.
    pub(crate) async fn get(&self, pool: &db::PgPool) -> Result<&[String], Error> {
        let names = self
            .0
            .get_or_try_init(|| db::account::list_time_zones(pool));
        Ok(names.await?.as_slice())
    }
}
