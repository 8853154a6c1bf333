//! Secrets that travel in links.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use rand::RngExt;
use secrecy::SecretString;
use sha2::{Digest, Sha256};

/// A fresh token of 256 bits, as text for a URL.
pub(crate) fn generate() -> SecretString {
    let bytes: [u8; 32] = rand::rng().random();
    BASE64_URL_SAFE_NO_PAD.encode(bytes).into()
}

/// What a page names a link by: it tells links apart, and does not open one.
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

/// The hash under which a token is kept. A plain one is enough: nobody guesses 256 bits.
pub(crate) fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
