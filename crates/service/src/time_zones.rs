//! The time zones that can be chosen. PostgreSQL reads hundreds of files to list them, so each process asks once.

use std::sync::Arc;

use tokio::sync::OnceCell;

use crate::Error;

/// Names of the time zones, in alphabetical order; read when they are first asked for, and not again. Those of another
/// version of PostgreSQL are known after the next start.
#[derive(Debug, Clone, Default)]
pub struct TimeZones(Arc<OnceCell<Vec<String>>>);

impl TimeZones {
    /// Returns the names. Of many who ask at first, one reads them.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when they were not read yet and the database cannot be reached. The next call tries again.
    pub(crate) async fn get(&self, pool: &db::PgPool) -> Result<&[String], Error> {
        let names = self
            .0
            .get_or_try_init(|| db::account::list_time_zones(pool));
        Ok(names.await?.as_slice())
    }
}
