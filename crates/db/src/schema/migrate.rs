//! Application of missing migrations, on a separate connection without timeouts.

use std::time::Duration;

use sqlx::{
    Connection, PgConnection, PgPool,
    migrate::{AppliedMigration, Migrate, MigrateError},
};

use super::{Event, MIGRATOR, SchemaError, list_applied, locks, missing};
use crate::{pool::session, requirements};

/// Applies the missing migrations, and reports each migration and each wait. Concurrent calls are safe: an advisory lock lets one of them
/// work.
///
/// # Errors
/// Fails if the database cannot hold the data or is newer than this binary, or if a migration fails, in which case nothing of that
/// migration remains.
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
    connection.lock().await?;
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
        let took: Duration = connection.apply(table, migration).await?;
        report(Event::Applied {
            version: migration.version,
            name: migration.description.clone().into_owned(),
            took,
        });
    }
    connection.unlock().await?;
    Ok(())
}
