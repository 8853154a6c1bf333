//! Application of missing migrations, on a separate connection. Statements have no time limit; waits for locks have one.

use std::time::Duration;

use sqlx::{
    Connection, PgConnection, PgPool,
    migrate::{AppliedMigration, Migrate, MigrateError, Migration},
};

use super::{Event, MIGRATOR, SchemaError, list_applied, locks, missing};
use crate::{pool::session, requirements};

/// Maximum time that a migration waits for a lock. Requests that need the table queue behind it.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);

/// Number of attempts to get the locks of a migration.
const ATTEMPTS: u32 = 3;

/// Time between two attempts, in which the requests of the queue are answered.
const PAUSE: Duration = Duration::from_secs(2);

/// Duration of one attempt to get the lock of the replica that migrates. It is shorter than PostgreSQL's default `deadlock_timeout`.
const TURN_TIMEOUT: Duration = Duration::from_millis(500);

/// Applies the missing migrations, and reports each migration and each wait. Concurrent calls are safe: an advisory lock lets one of them
/// work.
///
/// # Errors
/// Fails if the database cannot hold the data or has a migration that this binary does not know, or if a migration fails or does not get its
/// locks. Nothing of that migration remains, except for the invalid index of a failed `create index concurrently`.
pub async fn migrate(pool: &PgPool, report: &(impl Fn(Event) + Sync)) -> Result<(), SchemaError> {
    let options = pool.connect_options();
    let mut connection = PgConnection::connect_with(&options).await?;
    session::for_migrations(&mut connection).await?;
    if let Some(advice) = requirements::check(&mut connection).await? {
        return Err(SchemaError::Unsuitable(advice));
    }
    let pid = sqlx::query_scalar!(r#"select pg_backend_pid() as "pid!""#)
        .fetch_one(&mut connection)
        .await?;
    tokio::select! {
        done = apply_missing(&mut connection, report) => done?,
        never = locks::watch(&options, pid, report) => match never {},
    }
    // A connection that is dropped here because of an error releases its lock as well.
    connection.close().await?;
    Ok(())
}

async fn apply_missing(
    connection: &mut PgConnection,
    report: &impl Fn(Event),
) -> Result<(), SchemaError> {
    let table = &MIGRATOR.table_name;
    wait_for_turn(connection).await?;
    let applied: Vec<AppliedMigration> = list_applied(connection).await?;
    let missing = missing(&applied)?;
    if !missing.is_empty() {
        if let Some(advice) = requirements::check_rights(connection).await? {
            return Err(SchemaError::Unsuitable(advice));
        }
        connection.ensure_migrations_table(table).await?;
        if let Some(version) = connection.dirty_version(table).await? {
            return Err(MigrateError::Dirty(version).into());
        }
    }
    for migration in missing {
        let took = apply(connection, migration).await?;
        report(Event::Applied {
            version: migration.version,
            name: migration.description.clone().into_owned(),
            took,
        });
    }
    connection.unlock().await?;
    Ok(())
}

/// Waits until no other replica migrates, without a limit. A statement that waits holds a snapshot, and `create index concurrently` of the
/// other replica waits until that is gone, so one long wait would be a deadlock.
async fn wait_for_turn(connection: &mut PgConnection) -> Result<(), SchemaError> {
    session::limit_lock_waits(connection, TURN_TIMEOUT).await?;
    while let Err(error) = connection.lock().await {
        if !is_lock_unavailable(&error) {
            return Err(error.into());
        }
    }
    session::limit_lock_waits(connection, Duration::ZERO).await?;
    Ok(())
}

/// Applies a migration, and returns the time that it took.
async fn apply(
    connection: &mut PgConnection,
    migration: &Migration,
) -> Result<Duration, SchemaError> {
    // Statements without a transaction, such as `create index concurrently`, block no requests while they wait, and cannot be repeated.
    let (timeout, attempts) = if migration.no_tx {
        (Duration::ZERO, 1)
    } else {
        (LOCK_TIMEOUT, ATTEMPTS)
    };
    session::limit_lock_waits(connection, timeout).await?;
    for attempt in 1..=attempts {
        match connection.apply(&MIGRATOR.table_name, migration).await {
            Ok(took) => return Ok(took),
            Err(error) if migration.no_tx || !is_lock_unavailable(&error) => {
                return Err(error.into());
            }
            Err(_) if attempt < attempts => tokio::time::sleep(PAUSE).await,
            Err(_) => {}
        }
    }
    Err(SchemaError::Locked(migration.version))
}

/// Returns whether an attempt failed only because other sessions held locks: after a timeout, or as the victim of a deadlock.
fn is_lock_unavailable(error: &MigrateError) -> bool {
    let (MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _)) = error else {
        return false;
    };
    let code = cause.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| matches!(&*code, "55P03" | "40P01"))
}
