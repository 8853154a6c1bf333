//! Content hashes, for skipping build steps and for file names.

use std::{fmt::Write, fs, path::Path};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::files;

/// Hash of everything that a build step depends on.
pub(crate) struct Fingerprint(Sha256);

impl Fingerprint {
    /// Starts with the settings of the step, so that a changed setting runs the step again.
    pub(crate) fn new(settings: &[&str]) -> Self {
        let mut fingerprint = Self(Sha256::new());
        for setting in settings {
            fingerprint.add(setting.as_bytes());
        }
        fingerprint
    }

    /// Adds bytes, preceded by their length, so that different sequences of parts have different hashes.
    pub(crate) fn add(&mut self, part: &[u8]) {
        self.0.update(part.len().to_le_bytes());
        self.0.update(part);
    }

    /// Adds the content of a file.
    pub(crate) fn add_file(&mut self, file: &Path) -> Result<()> {
        let content =
            fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
        self.add(&content);
        Ok(())
    }

    /// Adds names and contents of all files under a folder.
    pub(crate) fn add_folder(&mut self, folder: &Path) -> Result<()> {
        for file in files::under(folder)? {
            self.add(file.as_os_str().as_encoded_bytes());
            self.add_file(&file)?;
        }
        Ok(())
    }

    /// Returns the hash in hexadecimal.
    pub(crate) fn finish(self) -> String {
        hexadecimal(&self.0.finalize())
    }
}

/// Returns the first 16 hexadecimal digits of the content's SHA-256: enough for a file name.
pub(crate) fn short(content: &[u8]) -> String {
    let mut text = hexadecimal(&Sha256::digest(content));
    text.truncate(16);
    text
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adjacent_parts_are_separated() {
        assert_ne!(
            Fingerprint::new(&["ab", "c"]).finish(),
            Fingerprint::new(&["a", "bc"]).finish()
        );
    }

    #[test]
    fn short_hash_is_a_sha_256_prefix() {
        assert_eq!(short(b""), "e3b0c44298fc1c14");
    }
}
