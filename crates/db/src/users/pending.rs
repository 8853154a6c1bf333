//! Accounts that an administrator creates without approving them yet.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::Error;

/// Sets the status of an account that the transaction has created to pending.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_pending(connection: &mut PgConnection, id: Uuid) -> Result<(), Error> {
    sqlx::query!("update users set status = 'pending' where id = $1", id)
        .execute(connection)
        .await?;
    Ok(())
}
