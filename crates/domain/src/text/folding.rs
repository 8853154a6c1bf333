//! Case folding and the form that a search compares. `migrations/20261129000100_create_functions.sql` implements the same functions.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Returns a text in its composed form (NFC).
pub(super) fn compose(text: &str) -> String {
    text.nfc().collect()
}

/// Returns a text in its compatible form (NFKC).
pub(super) fn compatible(text: &str) -> String {
    text.nfkc().collect()
}

/// Returns whether a character is a combining mark.
pub(super) fn is_combining(c: char) -> bool {
    is_combining_mark(c)
}

/// Returns a letter in upper case.
pub(super) fn upper(letter: char) -> impl Iterator<Item = char> {
    letter.to_uppercase()
}

/// Returns the form in which names are compared: two names with the same key are equal. Case folding is full (ß is ss, both sigmas are
/// equal), and the Turkish letters with and without a dot are equal, so that a name in capitals is found again. Accents count.
#[must_use]
pub fn name_key(name: &str) -> String {
    let folded = case_fold(&compose(name));
    compose(&folded.replace("i\u{307}", "i"))
}

/// Returns the form that a search compares: without case, accents, vowel points and invisible characters, with plain quotes and hyphens,
/// with compatible forms unified (NFKC) and single spaces.
#[must_use]
pub fn search_fold(text: &str) -> String {
    // NFKD decomposes a lone acute accent into a space and a combining mark; as typed, it is a quote.
    let decomposed: String = text.replace('´', "'").nfkd().collect();
    let mut folded = String::with_capacity(decomposed.len());
    for c in case_fold(&decomposed).chars().filter(|c| !is_dropped(*c)) {
        match plain_sign(c) {
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ħ' => folded.push('h'),
            'ŧ' => folded.push('t'),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            // A dropped character between two spaces leaves a single one.
            c if is_space(c) && folded.ends_with(' ') => {}
            c if is_space(c) => folded.push(' '),
            c => folded.push(c),
        }
    }
    compatible(&folded)
}

/// Folds case in full, by way of capitals: in them ß is SS, and neither sigma nor the Turkish i has two forms.
fn case_fold(text: &str) -> String {
    let lower = text.to_uppercase().to_lowercase();
    lower.replace('ß', "ss").replace('ς', "σ")
}

/// Returns the plain keyboard's quote or hyphen for those that phones and word processors write.
const fn plain_sign(c: char) -> char {
    match c {
        '\u{2018}'..='\u{201B}' | '\u{2032}' | '\u{2B9}' | '\u{2BB}' | '\u{2BC}' | '`' => '\'',
        '\u{201C}'..='\u{201F}' | '\u{2033}' => '"',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        other => other,
    }
}

/// Returns whether a character is dropped: accents, Hebrew points, Arabic vowel signs and tatweel, and invisible characters.
const fn is_dropped(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{300}'..='\u{36F}' | '\u{591}'..='\u{5BD}' | '\u{5BF}' | '\u{5C1}' | '\u{5C2}' | '\u{5C4}' | '\u{5C5}'
        | '\u{5C7}' | '\u{610}'..='\u{61A}' | '\u{640}' | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{6D6}'..='\u{6DC}'
        | '\u{6DF}'..='\u{6E4}' | '\u{6E7}' | '\u{6E8}' | '\u{6EA}'..='\u{6ED}' | '\u{1AB0}'..='\u{1AFF}'
        | '\u{1DC0}'..='\u{1DFF}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{20D0}'..='\u{20FF}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FE20}'..='\u{FE2F}' | '\u{FEFF}')
}

/// Returns whether a character is white space that can remain in a text of compatible forms.
const fn is_space(c: char) -> bool {
    matches!(
        c,
        '\t'..='\r' | ' ' | '\u{85}' | '\u{1680}' | '\u{2028}' | '\u{2029}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_case() {
        for (name, other) in [
            ("Müller", "mu\u{308}LLER"),
            ("Straße", "STRASSE"),
            ("ẞ", "ss"),
            ("ΝΊΚΟΣ", "νίκος"),
            ("IŞIK", "ışık"),
            ("İPEK", "ipek"),
            ("ЁЛКИНА", "ёлкина"),
            ("ﬁ", "FI"),
            ("王小明", "王小明"),
        ] {
            assert_eq!(name_key(name), name_key(other), "{name} {other}");
        }
    }

    #[test]
    fn accents_are_ignored_only_in_searches() {
        for (name, plain) in [
            ("Müller", "muller"),
            ("Núñez", "nunez"),
            ("Łódź", "lodz"),
            ("Ødegård", "odegard"),
            ("Ёлкин", "елкин"),
            ("Андрей", "андреи"),
            ("Άννα", "αννα"),
            ("שָׁלוֹם", "שלום"),
            ("مُحَمَّد", "محمد"),
        ] {
            assert_ne!(name_key(name), name_key(plain), "{name}");
            assert_eq!(search_fold(name), search_fold(plain), "{name}");
        }
    }

    #[test]
    fn typographic_variants_match_plain_text() {
        for (written, typed) in [
            ("O’Hara", "o'hara"),
            ("O‘Hara", "o'hara"),
            ("Oʼ`´Hara", "o'''hara"),
            ("Jean‑Luc – “x”", "jean-luc - \"x\""),
            ("ＡＤＡ　１２", "ada 12"),
            ("ﾀﾅｶ", "タナカ"),
            ("ガ", "ガ"),
            ("한국", "한국"),
            ("Groß \u{200B} \u{AD}  Œuvre", "gross oeuvre"),
            ("ΑΣ ΑΣΑ", "ας ασα"),
            ("DİYARBAKIR ılgaz", "diyarbakir ilgaz"),
            ("नमस्ते\u{200D}", "नमस्ते"),
        ] {
            assert_eq!(search_fold(written), search_fold(typed), "{written}");
        }
        assert_eq!(search_fold("Groß \u{200B} Œuvre"), "gross oeuvre");
    }
}
