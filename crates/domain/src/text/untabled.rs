//! Replacements for the browser, which has no Unicode tables: texts stay as they are, and the server normalizes them.

use std::iter;

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

/// Returns a letter of Latin-1, or of the Slavic ones with a caron, in upper case, and others unchanged.
pub(super) fn upper(letter: char) -> impl Iterator<Item = char> {
    iter::once(match letter {
        'a'..='z' | 'à'..='ö' | 'ø'..='þ' => {
            char::from_u32(u32::from(letter) - 0x20).unwrap_or(letter)
        }
        'č' => 'Č',
        'š' => 'Š',
        'ž' => 'Ž',
        other => other,
    })
}
