//! Encrypted keys, and their re-encryption with another key: in batches of one transaction each, so that other writers are blocked only
//! briefly and an interruption loses nothing.

use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::Error;

/// A key, encrypted for its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Ciphertext of the key.
    pub ciphertext: Vec<u8>,
    /// Nonce, which makes the ciphertexts of equal keys differ.
    pub nonce: Vec<u8>,
    /// Version of the encryption key.
    pub key_version: i32,
}

/// An encrypted key with the data that its encryption is bound to.
#[derive(Debug, Clone)]
pub struct SealedKey {
    /// The id of the row.
    pub id: Uuid,
    /// Name of the provider.
    pub provider: String,
    /// The encrypted key.
    pub sealed: Sealed,
}

/// Returns the number of keys for each version of the encryption key.
///
/// # Errors
/// Fails if the database cannot be reached.
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

/// Lists at most `most` keys of a version after an id, in the order of their ids, and locks their rows until the transaction ends.
///
/// # Errors
/// Fails if the database cannot be reached.
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

/// Stores re-encrypted keys. The rows must be locked, and the plain text must be the same.
///
/// # Errors
/// Fails if the database cannot be reached.
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
