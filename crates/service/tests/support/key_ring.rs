//! Encryption keys of a test, and keys that are kept under them.

use std::sync::Arc;

use domain::keys::KeyDraft;
use service::{Services, settings::Settings, vault::Vault};
use sqlx::PgPool;

use crate::support::services;

/// An encryption key.
pub(crate) const OLD: &str = "0000000000000000000000000000000000000000000000000000000000000001";
/// Another one.
pub(crate) const NEW: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// A server that has encryption keys.
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

/// A key to be kept.
pub(crate) fn draft(provider: &str, key: &str) -> KeyDraft {
    KeyDraft {
        provider: provider.into(),
        key_name: "Work".into(),
        api_key: key.into(),
    }
}
