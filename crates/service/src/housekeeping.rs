//! What is done regularly, whoever asks.

use crate::{Error, Services, last_seen, users};

/// Sessions ended in one statement: few enough to hold no lock for long.
const BATCH: i64 = 1_000;

/// Makes the audit partitions of this month and the next, before the first request: after a long pause there are none, and
/// an entry that found none for its month would keep that one from being made.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn prepare(services: &Services) -> Result<(), Error> {
    Ok(db::schema::ensure_audit_partitions(&services.pool).await?)
}

/// Writes when sessions were last seen, ends those whose time is over, forgets old failures to sign in, makes the audit
/// partitions of the next months, and lifts suspensions that are over.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached; what is not done now is done next time.
pub async fn run(services: &Services) -> Result<(), Error> {
    last_seen::write(services).await?;
    let batch = u64::try_from(BATCH).unwrap_or_default();
    while db::sessions::set_expired(&services.pool, BATCH).await? == batch {}
    db::login_attempts::delete_old(&services.pool).await?;
    prepare(services).await?;
    users::lift_over(services).await?;
    Ok(())
}
