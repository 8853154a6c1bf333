//! Errors of a search: the problem, its position and advice.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::when::{AFTER, Age, BEFORE, When};
use super::{Field, MAX_CHARS, MAX_DEPTH, MAX_TERMS, MAX_TEXT_CHARS, choice, number};

/// Error of a search that could not be parsed, with the range of characters that it refers to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Error)]
#[error("{kind}")]
pub struct FilterError {
    /// Kind of the error.
    pub kind: FilterErrorKind,
    /// Index of the first character of the offending word, in characters and not in bytes.
    pub start: usize,
    /// Index of the first character after the offending word.
    pub end: usize,
}

impl FilterError {
    /// Returns the problem and the next step, in full sentences.
    #[must_use]
    pub fn message(&self) -> String {
        self.kind.to_string()
    }

    /// Returns the offending word within `input`, which must be the text that was parsed.
    #[must_use]
    pub fn word<'a>(&self, input: &'a str) -> &'a str {
        self.split(input).1
    }

    /// Returns the two searches that `input` can stand for, each with the ambiguous field and the condition on it. `input` must be the text
    /// that was parsed. `None` unless the error is an ambiguous age.
    #[must_use]
    pub fn readings(&self, input: &str) -> Option<[(String, Field, When); 2]> {
        let FilterErrorKind::AmbiguousAge { age, field, .. } = &self.kind else {
            return None;
        };
        let (before, _, after) = self.split(input);
        let readings = When::readings(Age::read(age)?);
        Some(readings.map(|when| (format!("{before}{when}{after}"), *field, when)))
    }

    /// Splits `input` into the text before the offending word, the word, and the text after it.
    fn split<'a>(&self, input: &'a str) -> (&'a str, &'a str, &'a str) {
        let byte = |character: usize| {
            input
                .char_indices()
                .nth(character)
                .map_or(input.len(), |(byte, _)| byte)
        };
        let (start, end) = (byte(self.start), byte(self.end));
        let part = |range: Option<&'a str>| range.unwrap_or_default();
        (
            part(input.get(..start)),
            part(input.get(start..end)),
            part(input.get(end..)),
        )
    }
}

/// Kinds of errors of a search. Words in it are as typed, truncated if they are very long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Error)]
#[serde(rename_all = "snake_case")]
pub enum FilterErrorKind {
    /// More than [`MAX_CHARS`] characters, as typed or as printed in full.
    #[error("A search can have at most {} characters. Shorten it.", MAX_CHARS)]
    TooLong,
    /// More than [`MAX_TERMS`] terms.
    #[error(
        "A search can have at most {} terms. Remove the terms from here on.",
        MAX_TERMS
    )]
    TooManyTerms,
    /// More than [`MAX_DEPTH`] open parentheses.
    #[error(
        "Parentheses can be nested at most {} levels deep. Remove this group.",
        MAX_DEPTH
    )]
    TooDeep,
    /// More than [`MAX_TEXT_CHARS`] characters in one text or value.
    #[error(
        "A search term can have at most {} characters. Shorten it.",
        MAX_TEXT_CHARS
    )]
    TextTooLong,
    /// A control character, or another that [`crate::users::names::is_deceptive`] finds.
    #[error(
        "The invisible character U+{code:04X} can't be used in a search. Delete it, or retype the word."
    )]
    Character {
        /// Unicode code point of the character.
        code: u32,
    },
    /// A quote that is not closed.
    #[error(r#"This quote is not closed. Add " at the end of the text, or write \" for a quote within it."#)]
    UnclosedQuote,
    /// A quote within a word, or a word that continues after its quotes.
    #[error(r#"Quotes must enclose a whole word or value. Add spaces around them, or write \" for a quote within quotes."#)]
    QuoteInWord,
    /// An opening parenthesis that is not closed.
    #[error(
        "This parenthesis is not closed. Add ) where the group ends, or put it in quotes to search for it."
    )]
    UnclosedGroup,
    /// A closing parenthesis without an opening one.
    #[error(
        "This parenthesis has no opening one. Delete it, or put it in quotes to search for it."
    )]
    UnopenedGroup,
    /// Parentheses around nothing.
    #[error("These parentheses are empty. Add a term, or delete them.")]
    EmptyGroup,
    /// An `OR` that lacks one of its sides.
    #[error(r#"OR needs a term on each side. Add the missing term, or write "OR" to search for the word."#)]
    LoneOr,
    /// A `-` with nothing directly after it.
    #[error(r#"A minus needs a term directly after it. Remove the space, or write "-" to search for the sign."#)]
    LoneMinus,
    /// The word `AND`, which other grammars use.
    #[error(
        r#"All terms must match by default. Remove AND, or write "AND" to search for the word."#
    )]
    AndWord,
    /// The word `NOT`, which other grammars use.
    #[error(r#"Use a minus directly before the term instead of NOT, or write "NOT" to search for the word."#)]
    NotWord,
    /// A colon with no field before it.
    #[error(
        "This colon has no field before it. Add one, or put the word in quotes to search for it."
    )]
    NoField,
    /// A word before a colon that names no field.
    #[error(
        "\"{word}\" is not a field. {} Put it in quotes to search for the text.",
        suggestion.map_or_else(every_field, |field| format!("Did you mean \"{field}\"?"))
    )]
    UnknownField {
        /// The word as typed.
        word: String,
        /// The most similar field, if one is close enough.
        suggestion: Option<Field>,
    },
    /// Quotes around nothing.
    #[error("These quotes are empty. Enter what to search for, or delete them.")]
    EmptyText,
    /// A field with nothing after its colon.
    #[error("\"{field}:\" needs a value directly after the colon, such as {}.", choice::example(*field))]
    NoValue {
        /// The field without a value.
        field: Field,
    },
    /// A comparison in a field that holds words.
    #[error(
        "\"{field}\" is a text field and can't be compared. Remove the sign, or put it in quotes to search for it."
    )]
    ComparedText {
        /// The field, which holds words.
        field: Field,
    },
    /// A value that is not among those the field can have.
    #[error("\"{field}\" cannot be \"{word}\". Use {}.", either(&choice::choices(*field)))]
    UnknownValue {
        /// The field with the value.
        field: Field,
        /// The value as typed.
        word: String,
    },
    /// A value that is not a number, or that is out of the field's range.
    #[error(
        "\"{word}\" is not a valid number for \"{field}\". Use 10, >10, <=10 or 10..20, with numbers from 0 to {}.",
        number::largest(*field)
    )]
    NotANumber {
        /// The field with the value.
        field: Field,
        /// The value as typed.
        word: String,
    },
    /// A value that is neither a date nor an age.
    #[error(
        "\"{word}\" is not a date. Use a year from 1970, a month or a day, such as 2026, 2026-01 or 2026-01-31, or an age such as \
         before-30d, after-12h or after-8w{}.",
        if field.takes_never() { ", or never" } else { "" }
    )]
    NotADate {
        /// The field with the value.
        field: Field,
        /// The value as typed.
        word: String,
    },
    /// An age with a comparison sign, such as `>90d`, which is ambiguous: longer ago or more recent.
    #[error(
        "\"{word}\" is ambiguous. Use {field}:{}{age} for more than {age} ago, or {field}:{}{age} for since then.",
        BEFORE,
        AFTER
    )]
    AmbiguousAge {
        /// The field with the value.
        field: Field,
        /// The value as typed.
        word: String,
        /// The age within the value, such as `90d`.
        age: String,
    },
    /// A value of `inactive` that is not an age.
    #[error(
        "\"{word}\" is not a duration. Use a number with h for hours, d for days or w for weeks, such as inactive:90d."
    )]
    NotAnAge {
        /// The value as typed.
        word: String,
    },
    /// A range whose end is before its start.
    #[error(
        "This range is reversed. Put the smaller number or the earlier time first, as in 10..20 or 30d..7d."
    )]
    BackwardRange,
    /// A range without either end.
    #[error("This range has no limits. Replace one of the stars with a value.")]
    OpenRange,
}

fn every_field() -> String {
    let names: Vec<&str> = Field::all().map(Field::name).collect();
    format!("The fields are {}.", names.join(", "))
}

fn either(choices: &[&str]) -> String {
    match choices.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => choices.concat(),
    }
}

/// Shortens a word for a message.
pub(super) fn shown(word: &str) -> String {
    const MOST: usize = 40;
    match word.char_indices().nth(MOST) {
        Some((byte, _)) => format!("{}…", word.get(..byte).unwrap_or_default()),
        None => word.to_owned(),
    }
}

/// A range of characters in the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Span {
    /// Returns the span from the start of `self` to the end of `last`.
    pub(super) fn to(self, last: Span) -> Span {
        Span {
            start: self.start,
            end: last.end,
        }
    }

    pub(super) fn error(self, kind: FilterErrorKind) -> FilterError {
        FilterError {
            kind,
            start: self.start,
            end: self.end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::Filter;

    #[test]
    fn words_are_located_by_character() {
        let error = |start, end| Span { start, end }.error(FilterErrorKind::LoneOr);
        assert_eq!(error(2, 4).word("äöüßé"), "üß");
        assert_eq!(error(4, 5).word("äöüßé"), "é");
        assert_eq!(error(3, 9).word("äöü"), "");
        assert_eq!(error(2, 1).word("äöü"), "");
    }

    #[test]
    fn ambiguous_search_is_rewritten_in_place() {
        let readings = |input: &str| Filter::parse(input).err()?.readings(input);
        let searches = |input: &str| readings(input).map(|found| found.map(|(search, ..)| search));
        for (input, before, after) in [
            (
                "ä last-login:>90d role:admin",
                "ä last-login:before-90d role:admin",
                "ä last-login:after-90d role:admin",
            ),
            ("-active:<=8W", "-active:before-8w", "-active:after-8w"),
            (
                "created:\">7d\" x",
                "created:before-7d x",
                "created:after-7d x",
            ),
        ] {
            assert_eq!(
                searches(input),
                Some([before, after].map(str::to_owned)),
                "{input}"
            );
            assert!(Filter::parse(before).is_ok() && Filter::parse(after).is_ok());
        }
        assert_eq!(readings("last-login:soon"), None);
        let fields = readings("login:<90d").map(|found| found.map(|(_, field, _)| field));
        assert_eq!(fields, Some([Field::LastLogin; 2]));
    }

    #[test]
    fn long_words_are_truncated_in_messages() {
        assert_eq!(shown("lab"), "lab");
        assert_eq!(shown(&"é".repeat(40)), "é".repeat(40));
        assert_eq!(shown(&"é".repeat(41)), format!("{}…", "é".repeat(40)));
    }

    #[test]
    fn choices_are_listed() {
        assert_eq!(either(&["a"]), "a");
        assert_eq!(either(&["a", "b"]), "a or b");
        assert_eq!(either(&["a", "b", "c"]), "a, b or c");
    }
}
