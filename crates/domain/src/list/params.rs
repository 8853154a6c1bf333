//! How a list is asked for a page.

use super::{Cursor, ListError};

/// Sizes that the panel offers.
pub const PANEL_LIMITS: [u16; 3] = [25, 50, 100];

/// Which page sizes a front door accepts, and which it takes when none is named.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// When none is named.
    pub default: u16,
    /// The largest.
    pub max: u16,
}

impl Limits {
    /// The panel's.
    pub const PANEL: Self = Self {
        default: 50,
        max: 100,
    };
    /// The API's.
    pub const API: Self = Self {
        default: 100,
        max: 1_000,
    };
}

/// From where a page is read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Position {
    /// From the beginning.
    #[default]
    First,
    /// After the row of the cursor.
    After(Cursor),
    /// Before the row of the cursor.
    Before(Cursor),
}

/// The question that a list is asked, as it stands in a URL. Texts that are empty are as good as none: a form sends them.
pub trait PageParams: Clone {
    /// The names of the parameters.
    const NAMES: &'static [&'static str];

    /// From parameters by name. [`check_names`] refuses others.
    fn from_pairs(value: impl Fn(&str) -> Option<String>) -> Self;

    /// The parameters that are set, for a URL.
    fn pairs(&self) -> Vec<(&'static str, &str)>;

    /// The same question about the page after a cursor, or before one.
    #[must_use]
    fn at(&self, after: Option<String>, before: Option<String>) -> Self;

    /// The same question about pages of another size, from the first.
    #[must_use]
    fn sized(&self, limit: u16) -> Self;

    /// The size that its pages are asked to have, if it is a number.
    fn size(&self) -> Option<u16>;

    /// The same question from its first page.
    #[must_use]
    fn at_start(&self) -> Self {
        self.at(None, None)
    }
}

/// Makes a struct of texts the question that a list is asked. Its fields are the parameters; `limit`, `after` and `before`
/// are among them.
macro_rules! page_params {
    ($params:ident { $($field:ident),+ $(,)? }) => {
        impl $crate::list::PageParams for $params {
            const NAMES: &'static [&'static str] = &[$(stringify!($field)),+];

            fn from_pairs(value: impl Fn(&str) -> Option<String>) -> Self {
                Self { $($field: value(stringify!($field)),)+ }
            }

            fn pairs(&self) -> Vec<(&'static str, &str)> {
                let all = [$((stringify!($field), $crate::list::given(&self.$field)),)+];
                let set = all.into_iter();
                set.filter_map(|(name, value)| Some((name, value?))).collect()
            }

            fn at(&self, after: Option<String>, before: Option<String>) -> Self {
                Self { after, before, ..self.clone() }
            }

            fn size(&self) -> Option<u16> {
                self.limit.as_ref()?.parse().ok()
            }

            fn sized(&self, limit: u16) -> Self {
                Self { limit: Some(limit.to_string()), ..self.at_start() }
            }
        }
    };
}
pub(crate) use page_params;

/// From where, by the cursors that are given.
pub(crate) fn position(
    after: &Option<String>,
    before: &Option<String>,
    decode: impl Fn(&str) -> Option<Cursor>,
) -> Result<Position, ListError> {
    let cursor = |text: &str| decode(text).ok_or(ListError::Cursor);
    match (given(after), given(before)) {
        (None, None) => Ok(Position::First),
        (Some(text), None) => Ok(Position::After(cursor(text)?)),
        (None, Some(text)) => Ok(Position::Before(cursor(text)?)),
        (Some(_), Some(_)) => Err(ListError::TwoCursors),
    }
}

/// Checks the names of the parameters of an address: each is known, and stands once unless it may be repeated.
///
/// # Errors
/// The first that is unknown or repeated.
pub fn check_names<N: AsRef<str>>(
    names: impl IntoIterator<Item = N>,
    known: &[&str],
    repeatable: &[&str],
) -> Result<(), ListError> {
    let mut seen: Vec<N> = Vec::new();
    for name in names {
        let text = name.as_ref();
        if repeatable.contains(&text) {
            continue;
        }
        if !known.contains(&text) {
            return Err(ListError::Parameter(text.to_owned()));
        }
        if seen.iter().any(|seen| seen.as_ref() == text) {
            return Err(ListError::Repeated(text.to_owned()));
        }
        seen.push(name);
    }
    Ok(())
}

pub(crate) fn given(value: &Option<String>) -> Option<&str> {
    value.as_deref().filter(|text| !text.trim().is_empty())
}

pub(crate) fn parse_limit(text: Option<&str>, limits: Limits) -> Result<u16, ListError> {
    let Some(text) = text else {
        return Ok(limits.default);
    };
    match text.trim().parse() {
        Ok(limit) if (1..=limits.max).contains(&limit) => Ok(limit),
        _ => Err(ListError::Limit {
            typed: shorten(text),
            max: limits.max,
        }),
    }
}

/// Enough of a text to recognise it in an error.
pub(crate) fn shorten(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_known_and_stands_once() {
        let check = |names: &[&str]| check_names(names, &["person", "sort"], &["u"]);
        assert_eq!(check(&[]), Ok(()));
        assert_eq!(check(&["sort", "u", "person", "u"]), Ok(()));
        for (names, refused) in [
            (["person", "persn"], ListError::Parameter("persn".into())),
            (["", "person"], ListError::Parameter(String::new())),
            (["person", "person"], ListError::Repeated("person".into())),
        ] {
            assert_eq!(check(&names), Err(refused));
        }
    }
}
