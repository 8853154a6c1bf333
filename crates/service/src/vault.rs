//! Encryption of secrets that must be readable later, with keys that are not in the database: XChaCha20-Poly1305. Each
//! ciphertext is bound to its row, so that it cannot be decrypted in another one.

use std::sync::Arc;

use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use db::api_keys::Sealed;
use rand::RngExt;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::Error;

/// Length of an encryption key, in bytes.
const KEY_BYTES: usize = 32;
/// Length of a nonce, in bytes: long enough that random nonces do not collide.
const NONCE_BYTES: usize = 24;
/// Domain separator of the ciphertexts: data encrypted for another purpose under the same key is not accepted.
const CONTEXT: &[u8] = b"rollcall provider key v1\0";
/// Domain separator of the hash from which the version of an encryption key is computed.
const VERSION_CONTEXT: &[u8] = b"rollcall encryption key version v1\0";

/// Error of the setting with the encryption keys. It never contains a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MasterKeyError {
    /// Text that is no key, with its position from 1.
    #[error(
        "must be 32 random bytes, in base64 or as 64 hexadecimal digits (key {0} is not). Create one with: openssl rand -base64 32"
    )]
    Malformed(usize),
    /// Key that occurs twice.
    #[error("contains the same key twice.")]
    Twice,
}

/// Error of a decryption.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Key version that is unknown to this server.
    #[error("it is encrypted with a key that this server does not have")]
    OtherKey,
    /// Damaged ciphertext, or one that was encrypted for another row.
    #[error("it is damaged, or belongs to another row")]
    Damaged,
}

/// Encryption keys of a server. The first one encrypts, all of them decrypt. Without keys nothing can be stored.
#[derive(Debug, Clone, Default)]
pub struct Vault {
    keys: Arc<[MasterKey]>,
}

#[derive(Debug)]
struct MasterKey {
    version: i32,
    cipher: XChaCha20Poly1305,
}

impl MasterKey {
    fn parse(text: &str) -> Option<Self> {
        let bytes = hexadecimal(text).or_else(|| {
            // Both base64 alphabets are accepted, with or without padding.
            let text = text
                .trim_end_matches('=')
                .replace('-', "+")
                .replace('_', "/");
            BASE64_STANDARD_NO_PAD.decode(text).ok()
        })?;
        let key: [u8; KEY_BYTES] = bytes.try_into().ok()?;
        let hash = Sha256::new()
            .chain_update(VERSION_CONTEXT)
            .chain_update(key);
        // 31 bits, because the database stores the version as a signed integer.
        let [a, b, c, d, ..]: [u8; 32] = hash.finalize().into();
        Some(Self {
            version: i32::from_be_bytes([a & 0x7f, b, c, d]),
            cipher: XChaCha20Poly1305::new(&key.into()),
        })
    }
}

/// Decodes a key in hexadecimal digits. None for any other length or character.
fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    if text.len() != 2 * KEY_BYTES {
        return None;
    }
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    let bytes = digits?;
    let pairs = bytes.as_chunks::<2>().0.iter();
    pairs
        .map(|[high, low]| u8::try_from(high * 16 + low).ok())
        .collect()
}

impl Vault {
    /// Parses the setting: keys separated by commas. An empty text gives a vault that cannot store anything.
    ///
    /// # Errors
    /// [`MasterKeyError`] when a text is no key, or a key occurs twice.
    pub fn parse(text: &str) -> Result<Self, MasterKeyError> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let mut keys: Vec<MasterKey> = Vec::new();
        for (page_info, text) in text.split(',').enumerate() {
            let key =
                MasterKey::parse(text.trim()).ok_or(MasterKeyError::Malformed(page_info + 1))?;
            if keys.iter().any(|other| other.version == key.version) {
                return Err(MasterKeyError::Twice);
            }
            keys.push(key);
        }
        Ok(Self { keys: keys.into() })
    }

    /// Returns whether there is an encryption key.
    #[must_use]
    pub fn is_on(&self) -> bool {
        !self.keys.is_empty()
    }

    /// Returns the version of the key that encrypts.
    ///
    /// # Errors
    /// [`Error::KeysOff`] without an encryption key.
    pub(crate) fn version(&self) -> Result<i32, Error> {
        self.first().map(|first| first.version)
    }

    /// Returns the versions of the keys that only decrypt.
    pub(crate) fn older(&self) -> impl Iterator<Item = i32> + use<> {
        let older: Vec<i32> = self.keys.iter().skip(1).map(|key| key.version).collect();
        older.into_iter()
    }

    fn first(&self) -> Result<&MasterKey, Error> {
        self.keys.first().ok_or(Error::KeysOff)
    }

    /// Encrypts a provider API key for its row.
    ///
    /// # Errors
    /// [`Error::KeysOff`] without an encryption key.
    pub fn seal(&self, id: Uuid, provider: &str, text: &SecretString) -> Result<Sealed, Error> {
        let first = self.first()?;
        let nonce: [u8; NONCE_BYTES] = rand::rng().random();
        let payload = Payload {
            msg: text.expose_secret().as_bytes(),
            aad: &bound_to(id, provider),
        };
        let ciphertext = first
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|error| Error::Internal(error.into()))?;
        Ok(Sealed {
            ciphertext,
            nonce: nonce.to_vec(),
            key_version: first.version,
        })
    }

    /// Decrypts a provider API key of its row.
    ///
    /// # Errors
    /// [`OpenError`] with the reason.
    pub fn open(
        &self,
        id: Uuid,
        provider: &str,
        sealed: &Sealed,
    ) -> Result<SecretString, OpenError> {
        let mut keys = self.keys.iter();
        let key = keys
            .find(|key| key.version == sealed.key_version)
            .ok_or(OpenError::OtherKey)?;
        let nonce: [u8; NONCE_BYTES] =
            (sealed.nonce.as_slice().try_into()).map_err(|_| OpenError::Damaged)?;
        let payload = Payload {
            msg: &sealed.ciphertext,
            aad: &bound_to(id, provider),
        };
        let opened = key.cipher.decrypt(&XNonce::from(nonce), payload);
        let text = opened.ok().and_then(|bytes| String::from_utf8(bytes).ok());
        text.map(Into::into).ok_or(OpenError::Damaged)
    }
}

/// Returns the associated data of a ciphertext. The first two parts have a fixed length, so that no two rows share it.
fn bound_to(id: Uuid, provider: &str) -> Vec<u8> {
    [CONTEXT, id.as_bytes(), provider.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FIRST: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    const SECOND: &str = "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100";

    fn vault(keys: &[&str]) -> Vault {
        Vault::parse(&keys.join(",")).unwrap()
    }

    fn opened(
        vault: &Vault,
        id: Uuid,
        provider: &str,
        sealed: &Sealed,
    ) -> Result<String, OpenError> {
        let text = vault.open(id, provider, sealed)?;
        Ok(text.expose_secret().to_owned())
    }

    #[test]
    fn keys_are_parsed_in_every_format() {
        let bytes = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
        let version = vault(&[FIRST]).version().unwrap();
        for same in [bytes, &bytes.to_uppercase(), FIRST.trim_end_matches('=')] {
            assert_eq!(vault(&[same]).version().unwrap(), version, "{same}");
        }
        let slashes = "/////////////////////////////////////////+8=";
        let plain = "_________________________________________-8";
        assert_eq!(
            vault(&[slashes]).version().unwrap(),
            vault(&[plain]).version().unwrap()
        );
        assert_ne!(vault(&[SECOND]).version().unwrap(), version);
        assert!(!vault(&[" "]).is_on());
    }

    #[test]
    fn invalid_keys_are_rejected_without_being_repeated() {
        for (text, expected) in [
            ("hunter2", MasterKeyError::Malformed(1)),
            ("AAECAwQFBgcICQoLDA0ODw==", MasterKeyError::Malformed(1)),
            (&format!("{FIRST},"), MasterKeyError::Malformed(2)),
            (&format!("{FIRST},{SECOND}0"), MasterKeyError::Malformed(2)),
            (&format!("{FIRST}, {SECOND},{FIRST}"), MasterKeyError::Twice),
        ] {
            let error = Vault::parse(text).unwrap_err();
            assert_eq!(error, expected, "{text}");
            assert!(!error.to_string().contains(text), "{error}");
        }
    }

    #[test]
    fn debug_output_hides_keys() {
        let text = format!("{:?}", vault(&[FIRST, SECOND]));
        assert!(
            !text.contains("AAEC") && !text.contains("1, 2, 3, 4"),
            "{text}"
        );
    }

    #[test]
    fn encryption_requires_a_key() {
        let sealed = Vault::default().seal(Uuid::nil(), "OPENAI", &"sk".into());
        assert!(matches!(sealed, Err(Error::KeysOff)));
    }

    #[test]
    fn first_key_encrypts_and_all_decrypt() {
        let id = Uuid::from_u128(7);
        let old = vault(&[FIRST])
            .seal(id, "OPENAI", &"sk-old".into())
            .unwrap();
        let both = vault(&[SECOND, FIRST]);
        assert_eq!(opened(&both, id, "OPENAI", &old).unwrap(), "sk-old");
        let new = both.seal(id, "OPENAI", &"sk-new".into()).unwrap();
        assert_eq!(new.key_version, both.version().unwrap());
        assert_eq!(
            opened(&vault(&[SECOND]), id, "OPENAI", &new).unwrap(),
            "sk-new"
        );
        assert_eq!(
            opened(&vault(&[SECOND]), id, "OPENAI", &old),
            Err(OpenError::OtherKey)
        );
        // Relabelled with the version of another key, it still cannot be decrypted.
        let renamed = Sealed {
            key_version: new.key_version,
            ..old
        };
        assert_eq!(
            opened(&both, id, "OPENAI", &renamed),
            Err(OpenError::Damaged)
        );
    }

    proptest! {
        #[test]
        fn ciphertext_is_bound_to_its_row(
            text in "\\PC{1,200}", id in any::<u128>(), other in any::<u128>(), bit in any::<usize>()
        ) {
            let vault = vault(&[FIRST]);
            let (id, other) = (Uuid::from_u128(id), Uuid::from_u128(other));
            let sealed = vault.seal(id, "OPENAI", &text.as_str().into()).unwrap();
            prop_assert_eq!(opened(&vault, id, "OPENAI", &sealed).unwrap(), text.clone());
            prop_assert_eq!(opened(&vault, id, "GOOGLE", &sealed), Err(OpenError::Damaged));
            if other != id {
                prop_assert_eq!(opened(&vault, other, "OPENAI", &sealed), Err(OpenError::Damaged));
            }
            let again = vault.seal(id, "OPENAI", &text.as_str().into()).unwrap();
            prop_assert_ne!(&again.ciphertext, &sealed.ciphertext);

            let flip = |bytes: &[u8]| {
                let mut bytes = bytes.to_vec();
                let bit = bit % (8 * bytes.len());
                bytes[bit / 8] ^= 1 << (bit % 8);
                bytes
            };
            let flipped = Sealed { ciphertext: flip(&sealed.ciphertext), ..sealed.clone() };
            prop_assert_eq!(opened(&vault, id, "OPENAI", &flipped), Err(OpenError::Damaged));
            let flipped = Sealed { nonce: flip(&sealed.nonce), ..sealed.clone() };
            prop_assert_eq!(opened(&vault, id, "OPENAI", &flipped), Err(OpenError::Damaged));
            let shorter = Sealed { nonce: vec![0; 12], ..sealed };
            prop_assert_eq!(opened(&vault, id, "OPENAI", &shorter), Err(OpenError::Damaged));
        }
    }
}
