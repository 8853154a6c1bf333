//! Words to look for, and the quotes they need when printed.

use std::fmt;

use crate::users::names::is_deceptive;

use super::lexer::is_reserved;
use super::{FilterErrorKind, MAX_TEXT_CHARS};

/// Words to find somewhere in a text, without regard to case; kept as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text(String);

impl Text {
    /// Takes words of 1 to [`MAX_TEXT_CHARS`] characters.
    ///
    /// # Errors
    /// If they are blank, too long, or hold characters that cannot be seen.
    pub fn new(words: &str) -> Result<Self, FilterErrorKind> {
        check(words)?;
        Ok(Self(words.to_owned()))
    }

    /// The words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_quoted(&self.0, out)
    }
}

/// The name of a role, in lower case, since roles are compared without regard to case.
///
/// Whether there is such a role is for the database to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleName(String);

impl RoleName {
    /// Takes a name of 1 to [`MAX_TEXT_CHARS`] characters.
    ///
    /// # Errors
    /// If it is blank, too long, or holds characters that cannot be seen.
    pub fn new(name: &str) -> Result<Self, FilterErrorKind> {
        let name = name.to_lowercase();
        check(&name)?;
        Ok(Self(name))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RoleName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_quoted(&self.0, out)
    }
}

fn check(words: &str) -> Result<(), FilterErrorKind> {
    if words.trim().is_empty() {
        return Err(FilterErrorKind::EmptyText);
    }
    if words.chars().count() > MAX_TEXT_CHARS {
        return Err(FilterErrorKind::TextTooLong);
    }
    match words.chars().find(|character| is_deceptive(*character)) {
        Some(character) => Err(FilterErrorKind::Character {
            code: u32::from(character),
        }),
        None => Ok(()),
    }
}

fn write_quoted(words: &str, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let special =
        |character: char| character.is_whitespace() || matches!(character, '"' | '(' | ')' | ':');
    if !words.starts_with(['-', '<', '>']) && !words.contains(special) && !is_reserved(words) {
        return out.write_str(words);
    }
    write!(
        out,
        "\"{}\"",
        words.replace('\\', "\\\\").replace('"', "\\\"")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_quotes_only_where_needed() {
        let table = [
            ("lab", "lab"),
            ("Grüße", "Grüße"),
            ("a-b", "a-b"),
            ("a\\b", "a\\b"),
            ("or", "or"),
            ("two words", "\"two words\""),
            ("OR", "\"OR\""),
            ("-a", "\"-a\""),
            (">a", "\">a\""),
            ("a:b", "\"a:b\""),
            ("(a)", "\"(a)\""),
            ("say \"\\\"", "\"say \\\"\\\\\\\"\""),
        ];
        for (words, printed) in table {
            assert_eq!(
                Text::new(words).map(|text| text.to_string()),
                Ok(printed.to_owned())
            );
        }
    }

    #[test]
    fn refuses_what_cannot_be_searched_for() {
        let table = [
            (String::new(), FilterErrorKind::EmptyText),
            (" \u{3000}".to_owned(), FilterErrorKind::EmptyText),
            ("é".repeat(MAX_TEXT_CHARS + 1), FilterErrorKind::TextTooLong),
            ("a\tb".to_owned(), FilterErrorKind::Character { code: 9 }),
            (
                "a\u{202e}b".to_owned(),
                FilterErrorKind::Character { code: 0x202e },
            ),
        ];
        for (words, kind) in table {
            assert_eq!(RoleName::new(&words), Err(kind.clone()));
            assert_eq!(Text::new(&words), Err(kind));
        }
        assert!(Text::new(&"é".repeat(MAX_TEXT_CHARS)).is_ok());
    }
}
