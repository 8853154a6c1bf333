//! The search grammar of the user list: `lab role:admin -status:suspended created:>2026-01-01`.
//!
//! Adjacent terms must all match. `OR` in capitals between terms lets either side match, and binds weaker than adjacency (`a b OR c` is `(a
//! b) OR c`). A `-` directly before a term or a group negates it; parentheses group. `"Quoted words"` can hold anything, with `\"` for a
//! quote and `\\` for a backslash; any other backslash stands for itself. Words without a field search username, display name and email; a
//! number, `#4997`, `No. 4997` and an id also find the user with that number or id.
//!
//! | field | takes |
//! |---|---|
//! | `username` `name` `email` | a part of it, without regard to case and accents |
//! | `role` | the name of a role |
//! | `group` | the name of a group |
//! | `client` | the number or the name of a client in the user's list |
//! | `feature` | the key of a feature that the user has |
//! | `status` | `active`, `pending`, `suspended` |
//! | `via` | `admin`, `registration`, `invitation`, `cli`, `import`, `setup` |
//! | `number` `personas` `ontologies` `annotations` `sessions` `api-keys` | `10` `>10` `>=10` `<10` `<=10` `10..20` `10..*` `*..20` |
//! | `created` `last-login` `last-active` | dates compared in the same way, `before-90d`, `after-90d`, see [`When`]; the last two also `never` |
//! | `inactive` | `90d`: not active for so long, or never |
//! | `spend` | dollars in this calendar month in UTC, compared in the same way as numbers, such as `>5` or `0.5..2` |
//! | `over` | `budget`, `requests`: nothing is left of the limit of all models |
//! | `has` | `email`, `group`, or a counted thing such as `personas` |
//!
//! Fields and keywords are case-insensitive. `keys`, `login` and `active` are short for `api-keys`, `last-login` and `last-active`. An
//! unknown field is an error and not a search for the words, which would silently find nothing.
//!
//! [`Filter`] is the only type that holds a search. Every value comes through [`Filter::parse`], so it is within the limits below and its
//! text parses to an equal value.

mod access;
mod ast;
mod choice;
mod edit;
mod error;
mod field;
mod lexer;
mod number;
mod parser;
mod print;
mod shape;
mod spend;
mod text;
mod value;
mod when;

use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use access::required_by_order;
pub use ast::{Count, Expr, Has, Term};
pub use error::{FilterError, FilterErrorKind};
pub use field::Field;
pub use number::IntRange;
pub use shape::Comparison;
pub use spend::{OverLimit, SpendRange};
pub use text::{RoleName, Text, is_short};
pub use when::{Age, AgeUnit, Bounds, Dated, Days, Period, PeriodLength, TimePoint, When};

use error::Span;

/// Maximum number of characters in a search, as typed and as printed.
pub const MAX_CHARS: usize = 500;
/// Maximum nesting depth of parentheses.
pub const MAX_DEPTH: usize = 8;
/// Maximum number of terms in a search.
pub const MAX_TERMS: usize = 32;
/// Maximum number of characters in a text or a value, without its quotes.
pub const MAX_TEXT_CHARS: usize = 100;
/// Number of characters below which a text matches only at the start of a word, but see [`is_short`].
pub const WORD_START_BELOW: usize = 3;
/// Largest count in a condition; an SQL `integer` still holds it.
pub const MAX_COUNT: i64 = 2_000_000_000;
/// First year that a date can name.
pub const MIN_YEAR: i32 = 1970;
/// Last year that a date can name, which is the end of the calendar.
pub const MAX_YEAR: i32 = 9999;
/// Largest number of hours, days or weeks in an age.
pub const MAX_AGE: u16 = 9999;

/// A search over the user list. The default matches every user.
///
/// It serializes as its canonical text, so that deserialization goes through [`Filter::parse`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Filter {
    root: Option<Expr>,
}

impl Filter {
    /// Parses a search as typed; blank input matches every user.
    ///
    /// # Errors
    /// The error and the range of characters of `input` that it refers to.
    pub fn parse(input: &str) -> Result<Self, FilterError> {
        let characters: Vec<char> = input.chars().take(MAX_CHARS + 1).collect();
        if characters.len() > MAX_CHARS {
            return Err(too_long(MAX_CHARS, input.chars().count()));
        }
        let root = parser::parse(&lexer::lex(&characters)?)?;
        let filter = Self { root };
        // Short forms such as `keys:` are printed in full, so the printed text can be longer. It must be within the limit too.
        if filter.to_string().chars().count() > MAX_CHARS {
            return Err(too_long(0, characters.len()));
        }
        Ok(filter)
    }

    /// Returns whether it matches every user.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.root.is_none()
    }

    /// Returns the expression to match; `None` matches every user.
    #[must_use]
    pub fn root(&self) -> Option<&Expr> {
        self.root.as_ref()
    }
}

impl Dated for Filter {
    fn for_each_when(&mut self, visit: &mut dyn FnMut(&mut When)) {
        if let Some(root) = &mut self.root {
            root.for_each_when(visit);
        }
    }
}

fn too_long(start: usize, end: usize) -> FilterError {
    Span { start, end }.error(FilterErrorKind::TooLong)
}

impl FromStr for Filter {
    type Err = FilterError;

    fn from_str(input: &str) -> Result<Self, Self::Err> {
        Self::parse(input)
    }
}

impl TryFrom<String> for Filter {
    type Error = FilterError;

    fn try_from(input: String) -> Result<Self, Self::Error> {
        Self::parse(&input)
    }
}

impl From<Filter> for String {
    fn from(filter: Filter) -> Self {
        filter.to_string()
    }
}

#[cfg(test)]
mod tests;
