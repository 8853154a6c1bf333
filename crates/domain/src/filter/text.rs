//! Search texts, and the quotes that they need when printed.

use std::fmt;

use uuid::Uuid;

use crate::{text::is_cjk, users::names::is_deceptive};

use super::lexer::is_reserved;
use super::{FilterErrorKind, MAX_TEXT_CHARS, WORD_START_BELOW};

/// Label of a user number on a screen.
pub(super) const NUMBER_LABEL: &str = "No.";

/// A text to find within another, without regard to case and accents; stored as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text(String);

impl Text {
    /// Creates a search text of 1 to [`MAX_TEXT_CHARS`] characters.
    ///
    /// # Errors
    /// An error if it is blank, too long, or contains invisible characters.
    pub fn new(words: &str) -> Result<Self, FilterErrorKind> {
        check(words)?;
        Ok(Self(words.to_owned()))
    }

    /// Returns the text as typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Text {
    /// Returns the user number that the text stands for: `4997`, `#4997`, `No. 4997`. Texts that contain it match as well.
    #[must_use]
    pub fn number(&self) -> Option<i64> {
        let digits = self.0.strip_prefix('#').unwrap_or_else(|| {
            let label = self.0.split_at_checked(NUMBER_LABEL.len());
            let label = label.filter(|(label, _)| label.eq_ignore_ascii_case(NUMBER_LABEL));
            label.map_or(self.0.as_str(), |(_, rest)| rest.trim_start())
        });
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|_| is_number)
    }

    /// Returns the user id that the text is, as copied from a URL or a log.
    #[must_use]
    pub fn id(&self) -> Option<Uuid> {
        Uuid::try_parse(&self.0).ok()
    }
}

/// Returns whether a text matches only at the start of a word: one or two characters, but not two Chinese, Japanese or Korean ones.
#[must_use]
pub fn is_short(text: &str) -> bool {
    let mut characters = text.chars();
    let begins_in_cjk = characters.next().is_some_and(is_cjk);
    let rest = characters.count();
    rest + 1 < WORD_START_BELOW && !(begins_in_cjk && rest > 0)
}

impl fmt::Display for Text {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_quoted(&self.0, out)
    }
}

/// The name of a role, in lower case, since roles are compared case-insensitively.
///
/// The role may not exist; only the database knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleName(String);

impl RoleName {
    /// Creates a role name of 1 to [`MAX_TEXT_CHARS`] characters.
    ///
    /// # Errors
    /// An error if it is blank, too long, or contains invisible characters.
    pub fn new(name: &str) -> Result<Self, FilterErrorKind> {
        let name = name.to_lowercase();
        check(&name)?;
        Ok(Self(name))
    }

    /// Returns the name in lower case.
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
    fn quotes_are_printed_only_where_needed() {
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
    fn numbers_and_ids_are_recognised() {
        for (words, number) in [
            ("4997", Some(4997)),
            ("#4997", Some(4997)),
            ("No. 4997", Some(4997)),
            ("no.4997", Some(4997)),
            ("007", Some(7)),
            ("#", None),
            ("No.", None),
            ("##1", None),
            ("+1", None),
            ("-1", None),
            ("4997a", None),
            ("99999999999999999999", None),
        ] {
            let text = Text::new(words).unwrap();
            assert_eq!((text.number(), text.id()), (number, None), "{words}");
        }
        let id = "0198c2a4-0000-7000-8000-00000000000A";
        let text = Text::new(id).unwrap();
        assert_eq!((text.number(), text.id()), (None, id.parse().ok()));
    }

    #[test]
    fn two_characters_are_short_unless_a_word() {
        for (text, short) in [
            ("", true),
            ("an", true),
            ("ann", false),
            ("王", true),
            ("小明", false),
            ("さん", false),
            ("민준", false),
            ("ж2", true),
        ] {
            assert_eq!(is_short(text), short, "{text}");
        }
    }

    #[test]
    fn unsearchable_text_is_rejected() {
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
