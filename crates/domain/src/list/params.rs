//! Paging parameters of lists.

use super::{Cursor, ListError, ParameterError};

/// Page sizes that the panel offers.
pub const PANEL_LIMITS: [u16; 3] = [25, 50, 100];

/// Page sizes that an interface accepts, and its default.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Page size of a request that sets none.
    pub default: u16,
    /// Largest page size that is accepted.
    pub max: u16,
}

impl Limits {
    /// Page sizes of the panel.
    pub const PANEL: Self = Self {
        default: 50,
        max: 100,
    };
    /// Page sizes of the API.
    pub const API: Self = Self {
        default: 100,
        max: 1_000,
    };
}

/// Position of a page in a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Position {
    /// The first page.
    #[default]
    First,
    /// The page after the row of the cursor.
    After(Cursor),
    /// The page before the row of the cursor.
    Before(Cursor),
}

/// List parameters as they stand in a URL. An empty text counts as absent, because forms send it.
pub trait PageParams: Clone + PartialEq + Send + Sync + 'static {
    /// Names of the parameters.
    const NAMES: &'static [&'static str];

    /// Creates the parameters from values by name. Unknown names are ignored here and rejected by [`check_names`].
    fn from_pairs(value: impl Fn(&str) -> Option<String>) -> Self;

    /// Lists the parameters that are set, for a URL.
    fn pairs(&self) -> Vec<(&'static str, &str)>;

    /// Returns the same parameters at the page after or before a cursor.
    #[must_use]
    fn at(&self, after: Option<String>, before: Option<String>) -> Self;

    /// Returns the same parameters with another page size, at the first page.
    #[must_use]
    fn sized(&self, limit: u16) -> Self;

    /// Returns the page size; `None` if it is absent or not a number.
    fn size(&self) -> Option<u16>;

    /// Returns the same parameters at the first page.
    #[must_use]
    fn at_start(&self) -> Self {
        self.at(None, None)
    }
}

/// Implements [`PageParams`] for a struct of optional texts. The fields are the parameters and include `limit`, `after` and `before`.
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

/// Returns the position that the cursors stand for.
pub(crate) fn position(
    after: &Option<String>,
    before: &Option<String>,
    decode: impl Fn(&str) -> Option<Cursor>,
) -> Result<Position, ListError> {
    let cursor = |name, text: &str| decode(text).ok_or(ListError::Cursor(name));
    match (given(after), given(before)) {
        (None, None) => Ok(Position::First),
        (Some(text), None) => Ok(Position::After(cursor("after", text)?)),
        (None, Some(text)) => Ok(Position::Before(cursor("before", text)?)),
        (Some(_), Some(_)) => Err(ListError::TwoCursors),
    }
}

/// Checks the names of a URL's parameters: each is known, and occurs once unless it is repeatable.
///
/// # Errors
/// The first name that is unknown or repeated.
pub fn check_names<N: AsRef<str>>(
    names: impl IntoIterator<Item = N>,
    known: &[&str],
    repeatable: &[&str],
) -> Result<(), ParameterError> {
    let mut seen: Vec<N> = Vec::new();
    for name in names {
        let text = name.as_ref();
        if repeatable.contains(&text) {
            continue;
        }
        if !known.contains(&text) {
            return Err(ParameterError::Unknown(text.to_owned()));
        }
        if seen.iter().any(|seen| seen.as_ref() == text) {
            return Err(ParameterError::Repeated(text.to_owned()));
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

/// Shortens a text for an error message.
pub(crate) fn shorten(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_known_and_unique() {
        let check = |names: &[&str]| check_names(names, &["user", "sort"], &["u"]);
        assert_eq!(check(&[]), Ok(()));
        assert_eq!(check(&["sort", "u", "user", "u"]), Ok(()));
        for (names, denied) in [
            (["user", "persn"], ParameterError::Unknown("persn".into())),
            (["", "user"], ParameterError::Unknown(String::new())),
            (["user", "user"], ParameterError::Repeated("user".into())),
        ] {
            assert_eq!(check(&names), Err(denied));
        }
    }
}
