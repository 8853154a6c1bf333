//! Migrations: forward only, embedded in the binary, run by one replica while the others wait.

use sqlx::{
    PgConnection, PgExecutor, PgPool,
    migrate::{Migrate, MigrateError, Migrator},
};

static MIGRATOR: Migrator = sqlx::migrate!("../../migrations");

/// Why the schema is not the one that this binary works with.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// A migration was applied that this binary does not know.
    #[error(
        "The database is newer than this rollcall: it has migration {0}, which this version does not know. Run the newer version."
    )]
    Newer(i64),
    /// Migrations are missing.
    #[error(
        "The database is older than this rollcall: migration {0} is missing. Run `rollcall migrate`."
    )]
    Older(i64),
    /// A migration was applied in another form.
    #[error(
        "Migration {0} was applied to this database in another form. Restore the database from a backup, or use the version of rollcall that made it."
    )]
    Changed(i64),
    /// A migration failed.
    #[error("The database could not be migrated: {0}")]
    Failed(#[source] MigrateError),
}

impl From<MigrateError> for SchemaError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::VersionMissing(version) => Self::Newer(version),
            MigrateError::VersionMismatch(version) => Self::Changed(version),
            other => Self::Failed(other),
        }
    }
}

/// Brings the schema up to date. Several at once are safe: an advisory lock lets one work.
///
/// # Errors
/// When the database is newer than this binary, or a migration fails (then nothing of that one remains).
pub async fn migrate(pool: &PgPool) -> Result<(), SchemaError> {
    MIGRATOR.run(pool).await?;
    Ok(())
}

/// Checks that the schema is exactly the one that this binary knows.
///
/// # Errors
/// In which way it is not.
pub async fn check(pool: &PgPool) -> Result<(), SchemaError> {
    let mut connection = pool
        .acquire()
        .await
        .map_err(|error| SchemaError::Failed(error.into()))?;
    connection
        .ensure_migrations_table(&MIGRATOR.table_name)
        .await?;
    let applied = connection
        .list_applied_migrations(&MIGRATOR.table_name)
        .await?;
    for known in MIGRATOR.iter() {
        match applied.iter().find(|done| done.version == known.version) {
            None => return Err(SchemaError::Older(known.version)),
            Some(done) if done.checksum != known.checksum => {
                return Err(SchemaError::Changed(known.version));
            }
            Some(_) => {}
        }
    }
    match applied
        .iter()
        .find(|done| !MIGRATOR.version_exists(done.version))
    {
        Some(unknown) => Err(SchemaError::Newer(unknown.version)),
        None => Ok(()),
    }
}

/// The number of the last migration that was applied.
///
/// # Errors
/// When the database cannot be reached.
pub async fn version(connection: &mut PgConnection) -> Result<i64, SchemaError> {
    let applied = connection
        .list_applied_migrations(&MIGRATOR.table_name)
        .await?;
    let last = applied.iter().map(|migration| migration.version).max();
    Ok(last.unwrap_or_default())
}

/// The version of PostgreSQL, as it tells it.
///
/// # Errors
/// When the database cannot be reached.
pub async fn server_version(executor: impl PgExecutor<'_>) -> Result<String, crate::Error> {
    let row = sqlx::query!(r#"select current_setting('server_version') as "version!""#)
        .fetch_one(executor)
        .await?;
    Ok(row.version)
}

/// Makes the audit partitions of this month and the next two, if they are missing.
///
/// # Errors
/// When the database cannot be reached.
pub async fn ensure_audit_partitions(pool: &PgPool) -> Result<(), crate::Error> {
    sqlx::query!("select ensure_audit_partitions(now())")
        .execute(pool)
        .await?;
    Ok(())
}
