//! Secret tokens in links.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use rand::RngExt;
use secrecy::SecretString;
use sha2::{Digest, Sha256};

/// Generates a token of 256 bits, encoded for URLs.
pub(crate) fn generate() -> SecretString {
    let bytes: [u8; 32] = rand::rng().random();
    BASE64_URL_SAFE_NO_PAD.encode(bytes).into()
}

/// Returns a short identifier of a link for pages: it distinguishes links, but cannot open one.
#[must_use]
pub fn handle(token: &str) -> String {
    let digest = Sha256::new_with_prefix(b"rollcall link handle ")
        .chain_update(token.as_bytes())
        .finalize();
    digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Returns the hash under which a token is stored. A plain SHA-256 is sufficient: 256 random bits cannot be guessed.
pub(crate) fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
