//! Replacements for the browser, which has no Unicode tables: texts stay as they are, and the server normalizes them.

/// Returns the text unchanged.
pub(super) fn compose(text: &str) -> String {
    text.to_owned()
}

/// Returns the text unchanged.
pub(super) fn compatible(text: &str) -> String {
    text.to_owned()
}

/// Returns whether a character could be a combining mark: none is in the first blocks, and zero-width joiners are not marks.
pub(super) fn is_combining(c: char) -> bool {
    c > '\u{2FF}' && !c.is_alphanumeric() && !matches!(c, '\u{200C}' | '\u{200D}' | '\u{3000}')
}
