//! Re-encryption of all provider API keys under the first encryption key. It runs in batches, a transaction each: an
//! interrupted rotation continues where it stopped, and every key can be read meanwhile, because the server decrypts with
//! all of its encryption keys.

use db::api_keys::{self, Sealed, SealedKey, rotation};
use domain::action::Action;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{ApiKeysWrite, Authorized},
    audit::{self, Changes},
    guard,
    vault::Vault,
};

/// Number of keys in one transaction, which takes some milliseconds.
const PIECE: usize = 200;

/// Result of a rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotation {
    /// Number of keys that were re-encrypted.
    pub reencrypted: u64,
    /// Number of keys under the first encryption key.
    pub current: u64,
    /// Number of keys under another one: they cannot be decrypted, or were stored meanwhile by a server with another first
    /// key.
    pub left: u64,
}

/// Re-encrypts all keys that are not under the first encryption key.
///
/// # Errors
/// [`Error::KeysOff`] without an encryption key.
pub async fn rotate(
    services: &Services,
    authorized: &Authorized<ApiKeysWrite>,
) -> Result<Rotation, Error> {
    let current = services.settings.vault.version()?;
    let (_, left) = count(services, current).await?;
    let job = rotation::begin(&services.pool, signed(left)).await?;
    let mut reencrypted = 0;
    for version in services.settings.vault.older() {
        let mut after = Some(Uuid::nil());
        while let Some(last) = after {
            let (done, next) = piece(services, authorized, job, (version, current), last).await?;
            reencrypted += done;
            after = next;
        }
    }
    let (keys, left) = count(services, current).await?;
    finish(services, job, left).await?;
    Ok(Rotation {
        reencrypted,
        current: keys,
        left,
    })
}

/// Counts the keys under an encryption key and those under any other.
async fn count(services: &Services, current: i32) -> Result<(u64, u64), Error> {
    let versions = api_keys::count_versions(&services.pool).await?;
    Ok(versions
        .into_iter()
        .fold((0, 0), |(under, left), (version, keys)| {
            if version == current {
                (under + keys.unsigned_abs(), left)
            } else {
                (under, left + keys.unsigned_abs())
            }
        }))
}

/// Finishes the job: done, or failed with the number of keys that are left.
async fn finish(services: &Services, job: Uuid, left: u64) -> Result<(), Error> {
    if left == 0 {
        return Ok(db::jobs::set_done(&services.pool, job).await?);
    }
    let subject = match left {
        1 => "1 API key is".to_owned(),
        more => format!("{more} API keys are"),
    };
    let why = format!(
        "{subject} not encrypted with the first encryption key. Add the missing key to API_KEY_ENCRYPTION_KEY, use the same first \
         key on every server, then run `rollcall keys rotate` again."
    );
    Ok(db::jobs::set_failed(&services.pool, job, None, &why).await?)
}

fn signed(keys: u64) -> i64 {
    i64::try_from(keys).unwrap_or(i64::MAX)
}

/// Re-encrypts a batch of keys with ids after `after`. Returns how many, and the last id of the batch; None at the end.
async fn piece(
    services: &Services,
    authorized: &Authorized<ApiKeysWrite>,
    job: Uuid,
    (from, to): (i32, i32),
    after: Uuid,
) -> Result<(u64, Option<Uuid>), Error> {
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    let most = i64::try_from(PIECE).unwrap_or(i64::MAX);
    let keys = api_keys::list_sealed(&mut transaction, from, after, most).await?;
    let last = keys.last().map(|key| key.id);
    let mut sealed = Vec::with_capacity(keys.len());
    for key in &keys {
        sealed.extend(again(&services.settings.vault, key)?);
    }
    if !sealed.is_empty() {
        api_keys::set_sealed(&mut transaction, &sealed).await?;
        let more = i64::try_from(sealed.len()).unwrap_or(i64::MAX);
        db::jobs::add_done(&mut transaction, job, more).await?;
        let changes =
            Changes::default()
                .with("keyVersion", from, to)
                .with("keys", Value::Null, sealed.len());
        let done = (Action::ApiKeysReencrypted, None, "API keys");
        let audited = audit::write_about(&mut transaction, &actor, done, changes).await?;
        db::commit(transaction, audited).await?;
    }
    Ok((u64::try_from(sealed.len()).unwrap_or_default(), last))
}

/// Encrypts a key under the first encryption key. None for one that cannot be decrypted: it stays as it is, and its id is
/// logged.
fn again(vault: &Vault, key: &SealedKey) -> Result<Option<(Uuid, Sealed)>, Error> {
    match vault.open(key.id, &key.provider, &key.sealed) {
        Ok(text) => Ok(Some((key.id, vault.seal(key.id, &key.provider, &text)?))),
        Err(cause) => {
            tracing::warn!(key = %key.id, %cause, "an API key cannot be decrypted");
            Ok(None)
        }
    }
}
