//! The state of the database's tables.

use db::schema::SchemaError;

use crate::Services;

/// Brings them up to date. Several at once are safe: one works, the others wait.
///
/// # Errors
/// When the database is newer than this version, or a migration fails.
pub async fn migrate(services: &Services) -> Result<(), SchemaError> {
    db::schema::migrate(&services.pool).await
}

/// Checks that they are the ones that this version knows.
///
/// # Errors
/// In which way they are not.
pub async fn check(services: &Services) -> Result<(), SchemaError> {
    db::schema::check(&services.pool).await
}
