//! Migrations and checks of the database schema.

use db::schema::{Event, Holder, SchemaError};

use crate::Services;

/// Applies all pending migrations, and logs each one and each wait for a lock. Concurrent calls are safe: one works, the
/// others wait.
///
/// # Errors
/// [`SchemaError`] when the database cannot hold the data or has a migration that this version does not know, or when a
/// migration fails.
pub async fn migrate(services: &Services) -> Result<(), SchemaError> {
    db::schema::migrate(&services.pool, &log).await
}

/// Checks that the schema is the one that this version requires.
///
/// # Errors
/// [`SchemaError`] with the difference.
pub async fn check(services: &Services) -> Result<(), SchemaError> {
    db::schema::check(&services.pool).await
}

/// Checks that the database can hold the data.
///
/// # Errors
/// [`SchemaError`] with advice for the operator.
pub async fn check_database(services: &Services) -> Result<(), SchemaError> {
    db::schema::check_database(&services.pool).await
}

fn log(event: Event) {
    match event {
        Event::Applied {
            version,
            name,
            took,
        } => tracing::info!(
            migration = version,
            seconds = took.as_secs_f64(),
            "migrated: {name}"
        ),
        Event::Blocked(holders) => holders.iter().for_each(log_holder),
    }
}

/// Logs a lock holder in one line. The statement is escaped, because it can have line breaks.
fn log_holder(holder: &Holder) {
    tracing::warn!(
        pid = holder.pid,
        application = holder.application.as_deref().unwrap_or_default(),
        client = holder.client.as_deref().unwrap_or_default(),
        state = holder.state.as_deref().unwrap_or_default(),
        since = holder.since.map(tracing::field::display),
        query = ?holder.query.as_deref().unwrap_or_default(),
        "the migration is waiting for a lock held by another database session; it continues when that session releases the lock, or \
         after `select pg_terminate_backend({})`",
        holder.pid
    );
}
