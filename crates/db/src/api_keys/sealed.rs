//! Keys as they are encrypted, and how they come under another encryption key: some at a time, each time a transaction, so
//! that nobody waits for it and a kill loses nothing.

use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::Error;

/// A key, encrypted for its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// What is left of it to see.
    pub ciphertext: Vec<u8>,
    /// What makes two of the same different.
    pub nonce: Vec<u8>,
    /// Under which encryption key.
    pub key_version: i32,
}

/// An encrypted key with what it is encrypted for.
#[derive(Debug, Clone)]
pub struct SealedKey {
    /// The row.
    pub id: Uuid,
    /// For whose service.
    pub provider: String,
    /// The key.
    pub sealed: Sealed,
}

/// How many keys there are under each encryption key.
///
/// # Errors
/// When the database cannot be reached.
pub async fn count_versions(executor: impl PgExecutor<'_>) -> Result<Vec<(i32, i64)>, Error> {
    let rows = sqlx::query!(
        r#"select key_version, count(*) as "keys!" from api_keys group by key_version order by key_version"#
    )
    .fetch_all(executor)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.key_version, row.keys))
        .collect())
}

/// Some keys under an encryption key in the order of their ids, after one of them. Nobody else changes them until the
/// transaction ends.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list_sealed(
    connection: &mut PgConnection,
    key_version: i32,
    after: Uuid,
    most: i64,
) -> Result<Vec<SealedKey>, Error> {
    let rows = sqlx::query!(
        "select id, provider, ciphertext, nonce, key_version from api_keys
        where key_version = $1 and id > $2 order by id limit $3 for update",
        key_version,
        after,
        most,
    )
    .fetch_all(connection)
    .await?;
    let keys = rows.into_iter().map(|row| SealedKey {
        id: row.id,
        provider: row.provider,
        sealed: Sealed {
            ciphertext: row.ciphertext,
            nonce: row.nonce,
            key_version: row.key_version,
        },
    });
    Ok(keys.collect())
}

/// Keeps keys as they are encrypted now. They are locked, and what they are has not changed.
///
/// # Errors
/// When the database cannot be reached.
pub async fn set_sealed(
    connection: &mut PgConnection,
    keys: &[(Uuid, Sealed)],
) -> Result<(), Error> {
    let ids: Vec<Uuid> = keys.iter().map(|(id, _)| *id).collect();
    let ciphertexts: Vec<Vec<u8>> = keys.iter().map(|(_, key)| key.ciphertext.clone()).collect();
    let nonces: Vec<Vec<u8>> = keys.iter().map(|(_, key)| key.nonce.clone()).collect();
    let versions: Vec<i32> = keys.iter().map(|(_, key)| key.key_version).collect();
    sqlx::query!(
        "update api_keys k set ciphertext = s.ciphertext, nonce = s.nonce, key_version = s.key_version
        from unnest($1::uuid[], $2::bytea[], $3::bytea[], $4::int[]) as s (id, ciphertext, nonce, key_version)
        where k.id = s.id",
        &ids,
        &ciphertexts,
        &nonces,
        &versions,
    )
    .execute(connection)
    .await?;
    Ok(())
}
