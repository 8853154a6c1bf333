//! Errors of a search: the problem, its position and advice.

use serde::{Deserialize, Serialize};

use super::when::{AFTER, Age, BEFORE, When};
use super::{Field, MAX_CHARS, MAX_DEPTH, MAX_TERMS, MAX_TEXT_CHARS, choice, number};
use crate::{
    message::{Message, MessageValue, message_error},
    messages,
};

/// Error of a search that could not be parsed, with the range of characters that it refers to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    pub fn message(&self) -> Message {
        self.kind.message()
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FilterErrorKind {
    /// More than [`MAX_CHARS`] characters, as typed or as printed in full.
    TooLong,
    /// More than [`MAX_TERMS`] terms.
    TooManyTerms,
    /// More than [`MAX_DEPTH`] open parentheses.
    TooDeep,
    /// More than [`MAX_TEXT_CHARS`] characters in one text or value.
    TextTooLong,
    /// A control character, or another that [`crate::users::names::is_deceptive`] finds.
    Character {
        /// Unicode code point of the character.
        code: u32,
    },
    /// A quote that is not closed.
    UnclosedQuote,
    /// A quote within a word, or a word that continues after its quotes.
    QuoteInWord,
    /// An opening parenthesis that is not closed.
    UnclosedGroup,
    /// A closing parenthesis without an opening one.
    UnopenedGroup,
    /// Parentheses around nothing.
    EmptyGroup,
    /// An `OR` that lacks one of its sides.
    LoneOr,
    /// A `-` with nothing directly after it.
    LoneMinus,
    /// The word `AND`, which other grammars use.
    AndWord,
    /// The word `NOT`, which other grammars use.
    NotWord,
    /// A colon with no field before it.
    NoField,
    /// A word before a colon that names no field.
    UnknownField {
        /// The word as typed.
        word: String,
        /// The most similar field, if one is close enough.
        suggestion: Option<Field>,
    },
    /// Quotes around nothing.
    EmptyText,
    /// A field with nothing after its colon.
    NoValue {
        /// The field without a value.
        field: Field,
    },
    /// A comparison in a field that holds words.
    ComparedText {
        /// The field, which holds words.
        field: Field,
    },
    /// A value that is not among those the field can have.
    UnknownValue {
        /// The field with the value.
        field: Field,
        /// The value as typed.
        word: String,
    },
    /// A value that is not a number, or that is out of the field's range.
    NotANumber {
        /// The field with the value.
        field: Field,
        /// The value as typed.
        word: String,
    },
    /// A value of `spend` that is not an amount of money.
    NotMoney {
        /// The value as typed.
        word: String,
    },
    /// A value that is neither a date nor an age.
    NotADate {
        /// The field with the value.
        field: Field,
        /// The value as typed.
        word: String,
    },
    /// An age with a comparison sign, such as `>90d`, which is ambiguous: longer ago or more recent.
    AmbiguousAge {
        /// The field with the value.
        field: Field,
        /// The value as typed.
        word: String,
        /// The age within the value, such as `90d`.
        age: String,
    },
    /// A value of `inactive` that is not an age.
    NotAnAge {
        /// The value as typed.
        word: String,
    },
    /// A range whose end is before its start.
    BackwardRange,
    /// A range without either end.
    OpenRange,
}

impl FilterErrorKind {
    /// Returns the problem and the next step, in full sentences.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::TooLong => messages::search_too_long(MAX_CHARS),
            Self::TooManyTerms => messages::search_terms(MAX_TERMS),
            Self::TooDeep => messages::search_depth(MAX_DEPTH),
            Self::TextTooLong => messages::search_term_too_long(MAX_TEXT_CHARS),
            Self::Character { code } => messages::search_character(format!("U+{code:04X}")),
            Self::UnclosedQuote => messages::search_unclosed_quote(),
            Self::QuoteInWord => messages::search_quote_in_word(),
            Self::UnclosedGroup => messages::search_unclosed_group(),
            Self::UnopenedGroup => messages::search_unopened_group(),
            Self::EmptyGroup => messages::search_empty_group(),
            Self::LoneOr => messages::search_lone_or(),
            Self::LoneMinus => messages::search_lone_minus(),
            Self::AndWord => messages::search_and(),
            Self::NotWord => messages::search_not(),
            Self::NoField => messages::search_no_field(),
            Self::EmptyText => messages::search_empty_text(),
            Self::UnknownField { word, suggestion } => unknown_field(word, *suggestion),
            Self::NoValue { field } => {
                messages::search_no_value(field.name(), choice::example(*field))
            }
            Self::ComparedText { field } => messages::search_compared_text(field.name()),
            Self::UnknownValue { field, word } => messages::search_unknown_value(
                field.name(),
                word.as_str(),
                either(&choice::choices(*field)),
            ),
            Self::NotANumber { field, word } => {
                messages::search_not_a_number(word.as_str(), field.name(), number::largest(*field))
            }
            Self::NotMoney { word } => messages::search_not_money(word.as_str()),
            Self::NotADate { field, word } if field.takes_never() => {
                messages::search_not_a_date_or_never(word.as_str())
            }
            Self::NotADate { word, .. } => messages::search_not_a_date(word.as_str()),
            Self::AmbiguousAge { field, word, age } => messages::search_ambiguous_age(
                word.as_str(),
                format!("{field}:{BEFORE}{age}"),
                age.as_str(),
                format!("{field}:{AFTER}{age}"),
            ),
            Self::NotAnAge { word } => messages::search_not_an_age(word.as_str()),
            Self::BackwardRange => messages::search_backward_range(),
            Self::OpenRange => messages::search_open_range(),
        }
    }
}

message_error!(FilterErrorKind, FilterError);

fn unknown_field(word: &str, suggestion: Option<Field>) -> Message {
    if let Some(field) = suggestion {
        return messages::search_similar_field(word, field.name());
    }
    let names: Vec<&str> = Field::all().map(Field::name).collect();
    messages::search_unknown_field(word, names.join(", "))
}

/// Lists values to choose from.
fn either(choices: &[&str]) -> MessageValue {
    match choices.split_last() {
        Some((last, rest)) if !rest.is_empty() => {
            messages::search_choices(rest.join(", "), *last).into()
        }
        _ => choices.concat().into(),
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
        assert_eq!(either(&["a"]).to_string(), "a");
        assert_eq!(either(&["a", "b"]).to_string(), "a or b");
        assert_eq!(either(&["a", "b", "c"]).to_string(), "a, b or c");
    }
}
