//! Schema migrations: forward only, embedded in the binary, run by one replica while the others wait.

mod locks;
mod migrate;

use std::time::Duration;

use sqlx::{
    PgConnection, PgExecutor, PgPool,
    migrate::{AppliedMigration, Migrate, MigrateError, Migration, Migrator},
};

use crate::{pool::stall::limit_probe, requirements};
pub use locks::Holder;
pub use migrate::migrate;

static MIGRATOR: Migrator = sqlx::migrate!("../../migrations");

/// Reason why the schema does not match this binary.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// The database has a migration after the last one of this binary.
    #[error(
        "The database is newer than this version of rollcall: migration {0} is unknown. Run the newer version."
    )]
    Newer(i64),
    /// The database has a migration that precedes the last one of this binary, which does not know it.
    #[error(
        "The database belongs to an earlier development version of rollcall: migration {0} is unknown. Create a new database."
    )]
    Foreign(i64),
    /// Migrations are missing.
    #[error(
        "The database is older than this version of rollcall: migration {0} is missing. Run `rollcall migrate`."
    )]
    Older(i64),
    /// An applied migration differs from that of this binary.
    #[error(
        "Migration {0} was changed after it was applied to this database. Restore the database from a backup, or run the version of \
         rollcall that applied it."
    )]
    Changed(i64),
    /// The database cannot hold the data, or its role cannot create the tables; the value is a message that says what to do.
    #[error("{0}")]
    Unsuitable(String),
    /// A migration did not get a lock.
    #[error(
        "Migration {0} did not get a lock that another database session holds, and changed nothing: run `rollcall migrate` again after that \
         session has ended."
    )]
    Locked(i64),
    /// A migration failed.
    #[error("The migration failed: {0}")]
    Failed(#[from] MigrateError),
    /// The database cannot be reached.
    #[error("{0}")]
    Database(#[from] crate::Error),
}

impl From<sqlx::Error> for SchemaError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}

/// An event of a migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A migration was applied.
    Applied {
        /// Version of the migration.
        version: i64,
        /// Description, from the name of its file.
        name: String,
        /// Time that it took.
        took: Duration,
    },
    /// The migration waits for locks of these sessions: of tables, or of another replica that migrates.
    Blocked(Vec<Holder>),
}

/// Checks that the database can hold the data.
///
/// # Errors
/// [`SchemaError::Unsuitable`] with a message that says what to do if it cannot.
pub async fn check_database(pool: &PgPool) -> Result<(), SchemaError> {
    match requirements::check(&mut *pool.acquire().await?).await? {
        Some(advice) => Err(SchemaError::Unsuitable(advice)),
        None => Ok(()),
    }
}

/// Checks that the schema is exactly that of this binary, without changing anything.
///
/// # Errors
/// The difference between the two.
pub async fn check(pool: &PgPool) -> Result<(), SchemaError> {
    let applied = async { list_applied(&mut *pool.acquire().await?).await };
    let applied = limit_probe(applied).await?;
    match missing(&applied)?.first() {
        Some(first) => Err(SchemaError::Older(first.version)),
        None => Ok(()),
    }
}

/// Lists the migrations that are applied to the first schema of the search path.
async fn list_applied(connection: &mut PgConnection) -> Result<Vec<AppliedMigration>, SchemaError> {
    let found = sqlx::query!(
        r#"select exists (
            select from pg_tables where schemaname = current_schema() and tablename = $1
        ) as "found!""#,
        &*MIGRATOR.table_name,
    )
    .fetch_one(&mut *connection)
    .await?
    .found;
    if !found {
        return Ok(Vec::new());
    }
    Ok(connection
        .list_applied_migrations(&MIGRATOR.table_name)
        .await?)
}

/// Lists the migrations that are not applied yet, in their order.
fn missing(applied: &[AppliedMigration]) -> Result<Vec<&'static Migration>, SchemaError> {
    if let Some(unknown) = applied
        .iter()
        .find(|done| !MIGRATOR.version_exists(done.version))
    {
        let last = MIGRATOR.iter().map(|known| known.version).max();
        return Err(if Some(unknown.version) > last {
            SchemaError::Newer(unknown.version)
        } else {
            SchemaError::Foreign(unknown.version)
        });
    }
    let mut missing = Vec::new();
    for known in MIGRATOR.iter() {
        match applied.iter().find(|done| done.version == known.version) {
            None => missing.push(known),
            Some(done) if done.checksum != known.checksum => {
                return Err(SchemaError::Changed(known.version));
            }
            Some(_) => {}
        }
    }
    Ok(missing)
}

/// Returns the version of the last applied migration.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn version(connection: &mut PgConnection) -> Result<i64, SchemaError> {
    let applied = connection
        .list_applied_migrations(&MIGRATOR.table_name)
        .await?;
    let last = applied.iter().map(|migration| migration.version).max();
    Ok(last.unwrap_or_default())
}

/// Returns the version of PostgreSQL, as the server reports it.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn server_version(executor: impl PgExecutor<'_>) -> Result<String, crate::Error> {
    let row = sqlx::query!(r#"select current_setting('server_version') as "version!""#)
        .fetch_one(executor)
        .await?;
    Ok(row.version)
}

/// Creates the partitions of the audit log for this month and the next two, if they are missing.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn ensure_audit_partitions(pool: &PgPool) -> Result<(), crate::Error> {
    sqlx::query!("select ensure_audit_partitions(now())")
        .execute(pool)
        .await?;
    Ok(())
}
