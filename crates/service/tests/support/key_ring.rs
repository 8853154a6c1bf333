//! Encryption keys, and provider API keys to encrypt with them.

use std::sync::Arc;

use domain::keys::KeyDraft;
use service::{Services, settings::Settings, vault::Vault};
use sqlx::PgPool;

use crate::support::services;

/// Encryption key in hexadecimal digits.
pub(crate) const OLD: &str = "0000000000000000000000000000000000000000000000000000000000000001";
/// Another encryption key, in base64.
pub(crate) const NEW: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// Returns services with encryption keys. The first one encrypts.
pub(crate) fn with_keys(pool: &PgPool, keys: &[&str]) -> Services {
    let settings = Settings {
        vault: Vault::parse(&keys.join(",")).unwrap(),
        ..Settings::default()
    };
    Services {
        settings: Arc::new(settings),
        ..services(pool)
    }
}

/// Builds the draft of a provider API key.
pub(crate) fn draft(provider: &str, key: &str) -> KeyDraft {
    KeyDraft {
        provider: provider.into(),
        key_name: "Work".into(),
        api_key: key.into(),
    }
}
