//! Identifiers of users in other systems, and the namespaces that these systems have. Parsing is the only way to create these types, so
//! that their values are valid.

mod listed;

use std::str::FromStr;

use crate::{
    message::{Message, message_error},
    messages,
};

pub use listed::{IdentifiedFilter, IdentifiedUser};

/// Maximum number of characters of a namespace.
pub const NAMESPACE_MAX: usize = 50;
/// Maximum number of characters of an identifier: the longest `user_id` of LiteLLM.
pub const IDENTIFIER_MAX: usize = 512;

/// Reason for rejecting a namespace or an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentifierError {
    /// A text that is not a namespace.
    Namespace,
    /// An identifier that is empty or too long.
    Length,
    /// An identifier with control characters.
    Control,
}

impl IdentifierError {
    /// Returns the message for the client.
    #[must_use]
    pub fn message(self) -> Message {
        match self {
            Self::Namespace => messages::namespace_characters(NAMESPACE_MAX),
            Self::Length => messages::characters_range(1_usize, IDENTIFIER_MAX),
            Self::Control => messages::control_characters(),
        }
    }
}

message_error!(IdentifierError);

/// Namespace of identifiers and extensions: the system that they belong to, such as `litellm`, and a part of it, such as
/// `maeser.github`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namespace(String);

impl Namespace {
    /// Returns the text of the namespace.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Namespace {
    type Err = IdentifierError;

    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let starts_well = text.starts_with(|c: char| c.is_ascii_lowercase());
        let is_spelt_well = text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b));
        if starts_well && is_spelt_well && text.len() <= NAMESPACE_MAX {
            Ok(Self(text.to_owned()))
        } else {
            Err(IdentifierError::Namespace)
        }
    }
}

/// An identifier of a user in another system: 1 to 512 characters, compared exactly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identifier(String);

impl Identifier {
    /// Returns the text of the identifier.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Identifier {
    type Err = IdentifierError;

    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        if text.chars().any(char::is_control) {
            return Err(IdentifierError::Control);
        }
        if !(1..=IDENTIFIER_MAX).contains(&text.chars().count()) {
            return Err(IdentifierError::Length);
        }
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namespace_is_a_lower_case_name() {
        for (text, is_one) in [
            ("litellm", true),
            ("maeser.github", true),
            ("a-b_c.9", true),
            ("", false),
            ("9a", false),
            (".a", false),
            ("Maeser", false),
            ("a b", false),
            ("ä", false),
            ("a\0", false),
        ] {
            assert_eq!(text.parse::<Namespace>().is_ok(), is_one, "{text:?}");
        }
        assert!("a".repeat(NAMESPACE_MAX).parse::<Namespace>().is_ok());
        assert!("a".repeat(NAMESPACE_MAX + 1).parse::<Namespace>().is_err());
    }

    #[test]
    fn identifier_is_stored_as_it_is() {
        for text in ["a", " a ", "Alice+1@example.org", "ä/?#%", "🦀"] {
            assert_eq!(text.parse::<Identifier>().unwrap().as_str(), text);
        }
        assert!("é".repeat(IDENTIFIER_MAX).parse::<Identifier>().is_ok());
        for (text, error) in [
            (String::new(), IdentifierError::Length),
            ("é".repeat(IDENTIFIER_MAX + 1), IdentifierError::Length),
            ("a\0".to_owned(), IdentifierError::Control),
            ("a\u{85}b".to_owned(), IdentifierError::Control),
        ] {
            assert_eq!(text.parse::<Identifier>(), Err(error), "{text:?}");
        }
    }
}
