//! Values of options that are several names, and of options that can be removed.

use std::convert::Infallible;

/// Names, not yet checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Names(pub(super) Vec<String>);

/// Parses `a,b`. An empty text has no names.
pub(super) fn names(text: &str) -> Result<Names, Infallible> {
    let parts = text.split(',').map(str::trim);
    let named = parts.filter(|part| !part.is_empty());
    Ok(Names(named.map(str::to_owned).collect()))
}

/// Returns a text; None for an empty one, which removes the value.
pub(super) fn removable(text: String) -> Option<String> {
    Some(text).filter(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_at_commas() {
        for (text, expected) in [("", &[][..]), (" a b , c", &["a b", "c"]), ("a,,", &["a"])] {
            assert_eq!(names(text).unwrap().0, expected, "{text:?}");
        }
        assert_eq!(removable(" ".to_owned()), None);
        assert_eq!(removable("a ".to_owned()).as_deref(), Some("a "));
    }
}
