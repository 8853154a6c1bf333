//! Text normalization for storing, comparing and showing: normal forms, case folding, and the form that a search compares.
//!
//! `name_key` and `search_fold` are also functions of the database, which compares with them; a test of `db` checks that both are equal
//! over all of Unicode. They need the feature `unicode`, which only the server enables.

#[cfg(feature = "unicode")]
mod folding;
#[cfg(not(feature = "unicode"))]
mod untabled;

#[cfg(feature = "unicode")]
use folding::{compatible, compose, is_combining, upper};
#[cfg(feature = "unicode")]
pub use folding::{name_key, search_fold};
#[cfg(not(feature = "unicode"))]
use untabled::{compatible, compose, is_combining, upper};

/// Returns a name in its stored form: composed (NFC), without white space at its ends and with single spaces inside.
///
/// Without the feature `unicode` it is not composed: the browser checks a name, the server stores it.
#[must_use]
pub fn tidy(typed: &str) -> String {
    compose(&typed.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Returns a password in the one form that all keyboards produce (NFKC), in which it is measured and hashed.
///
/// Without the feature `unicode` it stays as typed: the server measures it again.
#[must_use]
pub fn normal_password(typed: &str) -> String {
    compatible(typed)
}

/// Returns the text with its first character in upper case: `Lab assistant`.
///
/// Without the feature `unicode` only letters of Western Europe change: texts of the catalogue begin with no others.
#[must_use]
pub fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map(|first| upper(first).chain(characters).collect())
        .unwrap_or_default()
}

/// Returns whether a character is a mark that combines with the letter before it (general category M).
///
/// Without the feature `unicode` this includes every character that could be one, so that the browser denies no name that the server
/// accepts.
#[must_use]
pub fn is_mark(c: char) -> bool {
    is_combining(c)
}

/// Returns whether a character is Chinese, Japanese or Korean: a search finds words of two such characters inside others.
#[must_use]
pub const fn is_cjk(c: char) -> bool {
    matches!(c,
        '\u{1100}'..='\u{11FF}' | '\u{2E80}'..='\u{9FFF}' | '\u{A960}'..='\u{A97F}' | '\u{AC00}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FAFF}' | '\u{FF66}'..='\u{FF9F}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_character_is_capitalized() {
        for (text, expected) in [
            ("lab assistant", "Lab assistant"),
            ("Admin", "Admin"),
            ("émile", "Émile"),
            ("šárka", "Šárka"),
            ("÷", "÷"),
            (".env", ".env"),
            ("", ""),
        ] {
            assert_eq!(capitalized(text), expected);
        }
    }

    #[cfg(feature = "unicode")]
    #[test]
    fn first_character_can_become_several() {
        assert_eq!(capitalized("ßa"), "SSa");
    }
}
