//! The search grammar of the user list: `lab role:admin -status:suspended created:>2026-01-01`.
//!
//! Terms that stand side by side must all match; `OR` in capitals between them lets either side match, and
//! binds weaker (`a b OR c` is `(a b) OR c`); a `-` straight before a term or a group turns it round;
//! parentheses group. `"Quoted words"` may hold anything, with `\"` for a quote and `\\` for a backslash; any
//! other backslash stands for itself. Words without a field search username, display name and email; a number, `#4997`,
//! `No. 4997` and an id also find the user of that number or id.
//!
//! | field | takes |
//! |---|---|
//! | `username` `name` `email` | a part of it, without regard to case and accents |
//! | `role` | the name of a role |
//! | `status` | `active`, `pending`, `suspended` |
//! | `via` | `admin`, `registration`, `invitation`, `cli`, `import`, `setup` |
//! | `number` `personas` `ontologies` `annotations` `sessions` `api-keys` | `10` `>10` `>=10` `<10` `<=10` `10..20` `10..*` `*..20` |
//! | `created` `last-login` `last-active` | dates compared in the same way, `before-90d`, `after-90d`, see [`When`]; the last two also `never` |
//! | `inactive` | `90d`: not active for so long, or never |
//! | `has` | `email`, or a counted thing such as `personas` |
//!
//! Fields and keywords are read without regard to case. `keys`, `login` and `active` are short for `api-keys`,
//! `last-login` and `last-active`. An unknown field is an error and not a search for the words, which would
//! quietly find nothing.
//!
//! [`Filter`] is the only way to hold a search: whatever one holds came through [`Filter::parse`], so it is
//! within the limits below and its text reads back as itself.

mod ast;
mod choice;
mod edit;
mod error;
mod field;
mod lexer;
mod meaning;
mod number;
mod parser;
mod print;
mod shape;
mod text;
mod value;
mod when;

use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use ast::{Count, Expr, Has, Term};
pub use error::{FilterError, FilterErrorKind};
pub use field::Field;
pub(crate) use meaning::day_of;
pub use number::IntRange;
pub use shape::Comparison;
pub use text::{RoleName, Text, is_short};
pub use when::{Age, AgeUnit, Bounds, Dated, Days, Moment, Period, When};

use error::Span;

/// The most characters a search may have, as typed and as printed.
pub const MAX_CHARS: usize = 500;
/// The most parentheses that may be open at one place.
pub const MAX_DEPTH: usize = 8;
/// The most terms in a search.
pub const MAX_TERMS: usize = 32;
/// The most characters in a text or a value, without its quotes.
pub const MAX_TEXT_CHARS: usize = 100;
/// A text with fewer characters is looked for only where a word begins, but see [`is_short`].
pub const WORD_START_BELOW: usize = 3;
/// The largest count that can be asked for, which an SQL `integer` still holds.
pub const MAX_COUNT: i64 = 2_000_000_000;
/// The first year that a date may name.
pub const MIN_YEAR: i32 = 1970;
/// The last year that a date may name, which is the calendar's own end.
pub const MAX_YEAR: i32 = 9999;
/// The most hours, days or weeks that an age may have.
pub const MAX_AGE: u16 = 9999;

/// A search over the user list. The default one matches everybody.
///
/// On the wire it is its canonical text, so that reading it back goes through [`Filter::parse`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Filter {
    root: Option<Expr>,
}

impl Filter {
    /// Reads a search as typed; blank input matches everybody.
    ///
    /// # Errors
    /// Says what is wrong and which characters of `input` are meant.
    pub fn parse(input: &str) -> Result<Self, FilterError> {
        let characters: Vec<char> = input.chars().take(MAX_CHARS + 1).collect();
        if characters.len() > MAX_CHARS {
            return Err(too_long(MAX_CHARS, input.chars().count()));
        }
        let root = parser::parse(&lexer::lex(&characters)?)?;
        let filter = Self { root };
        // Short forms such as `keys:` are printed in full, and the printed text must read back too.
        if filter.to_string().chars().count() > MAX_CHARS {
            return Err(too_long(0, characters.len()));
        }
        Ok(filter)
    }

    /// Whether it matches everybody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.root.is_none()
    }

    /// What to match, or nothing if it matches everybody.
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
