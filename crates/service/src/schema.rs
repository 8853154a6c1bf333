//! The state of the database's tables.

use db::schema::{Event, Holder, SchemaError};

use crate::Services;

/// Brings them up to date, and logs each migration and each wait for a lock. Several at once are safe: one works, the others wait.
///
/// # Errors
/// When the database cannot hold the data or is newer than this version, or when a migration fails.
pub async fn migrate(services: &Services) -> Result<(), SchemaError> {
    db::schema::migrate(&services.pool, &log).await
}

/// Checks that they are the ones that this version knows.
///
/// # Errors
/// In which way they are not.
pub async fn check(services: &Services) -> Result<(), SchemaError> {
    db::schema::check(&services.pool).await
}

/// Checks that the database can hold the data.
///
/// # Errors
/// With what to do when it cannot.
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
        Event::Waiting(holders) => holders.iter().for_each(log_holder),
    }
}

/// Logs one line for a session, whose statement can have line breaks of its own.
fn log_holder(holder: &Holder) {
    tracing::warn!(
        pid = holder.pid,
        application = holder.application.as_deref().unwrap_or_default(),
        client = holder.client.as_deref().unwrap_or_default(),
        state = holder.state.as_deref().unwrap_or_default(),
        since = holder.since.map(tracing::field::display),
        query = ?holder.query.as_deref().unwrap_or_default(),
        "the migration waits for a lock that another session of the database holds; it goes on by itself when that session lets \
         go of it, or after `select pg_terminate_backend({})`",
        holder.pid
    );
}
