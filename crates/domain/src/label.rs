//! Labels and descriptions of roles, groups, features, clients and resources.

use crate::{
    message::{Message, message_error},
    messages,
    text::tidy,
    users::names::is_deceptive,
};

/// Maximum number of characters of the name of a group, a client or a resource.
pub const NAME_MAX: usize = 200;
/// Maximum number of characters of a label.
pub const LABEL_MAX: usize = 100;

/// Reason for rejecting a label or a description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelError {
    /// A text without a visible character.
    Empty,
    /// A text that is longer than this number of characters.
    Length(usize),
    /// Characters that hide or reorder others.
    Control,
}

impl LabelError {
    /// Returns the message for the user.
    #[must_use]
    pub fn message(self) -> Message {
        match self {
            Self::Empty => messages::enter_name(),
            Self::Length(max) => messages::characters_max(max),
            Self::Control => messages::control_characters(),
        }
    }
}

message_error!(LabelError);

/// Parses a name on one line of at most `max` characters: composed (NFC) and with single spaces.
///
/// # Errors
/// [`LabelError`] for a name that is empty, too long or has invisible characters.
pub fn parse_label(typed: &str, max: usize) -> Result<String, LabelError> {
    let label = tidy(typed);
    if label.is_empty() {
        return Err(LabelError::Empty);
    }
    if label.chars().any(is_deceptive) {
        return Err(LabelError::Control);
    }
    if label.chars().count() > max {
        return Err(LabelError::Length(max));
    }
    Ok(label)
}

/// Parses a label that can be left out.
///
/// # Errors
/// As [`parse_label`].
pub fn parse_optional_label(typed: Option<&str>, max: usize) -> Result<Option<String>, LabelError> {
    match typed.map(str::trim) {
        None | Some("") => Ok(None),
        Some(typed) => parse_label(typed, max).map(Some),
    }
}

/// Parses a description of at most `max` characters, which can be empty and can have several lines.
///
/// # Errors
/// [`LabelError`] for a text that is too long or has invisible characters.
pub fn parse_description(typed: &str, max: usize) -> Result<String, LabelError> {
    let text = typed.trim().replace("\r\n", "\n");
    let is_hidden = |c: char| is_deceptive(c) && c != '\n' && c != '\t';
    if text.chars().any(is_hidden) {
        return Err(LabelError::Control);
    }
    if text.chars().count() > max {
        return Err(LabelError::Length(max));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_have_one_line_without_invisible_characters() {
        let long = "x".repeat(201);
        for (typed, expected) in [
            ("  Editors  of \t texts ", Ok("Editors of texts")),
            ("E", Ok("E")),
            ("", Err(LabelError::Empty)),
            (" \n ", Err(LabelError::Empty)),
            ("a\u{202E}b", Err(LabelError::Control)),
            ("a\u{0}b", Err(LabelError::Control)),
            (long.as_str(), Err(LabelError::Length(NAME_MAX))),
        ] {
            let parsed = parse_label(typed, NAME_MAX);
            assert_eq!(parsed.as_deref(), expected.as_ref().copied(), "{typed:?}");
        }
        assert!(parse_label(&"é".repeat(200), NAME_MAX).is_ok());
    }

    #[test]
    fn empty_label_is_none() {
        for typed in [None, Some(""), Some("  ")] {
            assert_eq!(parse_optional_label(typed, LABEL_MAX), Ok(None));
        }
        let parsed = parse_optional_label(Some(" Lab "), LABEL_MAX);
        assert_eq!(parsed, Ok(Some("Lab".to_owned())));
    }

    #[test]
    fn descriptions_have_lines() {
        assert_eq!(parse_description(" a\r\nb ", 10), Ok("a\nb".to_owned()));
        assert_eq!(parse_description("", 10), Ok(String::new()));
        assert_eq!(parse_description("a\u{200B}", 10), Err(LabelError::Control));
        assert_eq!(
            parse_description("12345678901", 10),
            Err(LabelError::Length(10))
        );
    }
}
