//! Keys of the configuration, with which programs act for the operator.

use std::fmt;

use crate::tokens;

/// Key of the configuration, with which a program acts for the operator. Only its hash stays in memory.
#[derive(Clone)]
pub struct MasterKey {
    hash: [u8; 32],
}

impl MasterKey {
    /// Minimum number of characters.
    pub const LENGTH_MIN: usize = 16;

    /// Parses a key. None if it is too short, or has a character that a header cannot contain.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_printed = text.bytes().all(|byte| byte.is_ascii_graphic());
        let is_long = text.len() >= Self::LENGTH_MIN;
        (is_printed && is_long).then(|| Self {
            hash: tokens::hash(text),
        })
    }

    /// Returns whether a text is the key. The time that it takes depends on the length of the text alone.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let other = tokens::hash(text);
        let pairs = self.hash.iter().zip(&other);
        pairs.fold(0, |differences, (one, other)| differences | (one ^ other)) == 0
    }
}

/// Leaves out the hash, which is that of a credential.
impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MasterKey").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_key_itself_matches() {
        let key = MasterKey::parse("sk-0123456789abcdef").unwrap();
        assert!(key.matches("sk-0123456789abcdef"));
        for other in [
            "",
            "sk-0123456789abcde",
            "sk-0123456789abcdeF",
            "sk-0123456789abcdef0",
        ] {
            assert!(!key.matches(other), "{other}");
        }
        assert_eq!(format!("{key:?}"), "MasterKey { .. }");
    }

    #[test]
    fn short_and_unprintable_keys_are_rejected() {
        for text in [
            "",
            "sk-",
            "sk-0123456789ab",
            "sk-0123456789 abcdef",
            "sk-0123456789abcdé",
            "sk-0123456789abcd\n",
        ] {
            assert!(MasterKey::parse(text).is_none(), "{text:?}");
        }
        assert!(MasterKey::parse("sk-0123456789abc").is_some());
    }
}
