//! Stand-ins for the browser, which has no tables of Unicode: texts stay as they are, and the server normalises them.

/// Leaves a text as it is.
pub(super) fn compose(text: &str) -> String {
    text.to_owned()
}

/// Leaves a text as it is.
pub(super) fn compatible(text: &str) -> String {
    text.to_owned()
}

/// Whether a character could be a combining mark: none is in the first blocks, and none joins without being seen.
pub(super) fn is_combining(c: char) -> bool {
    c > '\u{2FF}' && !c.is_alphanumeric() && !matches!(c, '\u{200C}' | '\u{200D}' | '\u{3000}')
}
