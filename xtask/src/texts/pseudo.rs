//! The pseudo-language: English with accents, about 40 % longer. A text without accents is not translated, and one that is cut
//! off has no room for other languages.

use std::collections::BTreeMap;

use super::catalogue::Area;

/// Letters and their replacements, which remain readable.
const ACCENTS: &[(char, char)] = &[
    ('a', 'á'),
    ('c', 'ç'),
    ('d', 'ð'),
    ('e', 'é'),
    ('i', 'í'),
    ('n', 'ñ'),
    ('o', 'ö'),
    ('s', 'š'),
    ('u', 'ü'),
    ('y', 'ý'),
    ('A', 'Á'),
    ('C', 'Ç'),
    ('E', 'É'),
    ('I', 'Í'),
    ('N', 'Ñ'),
    ('O', 'Ö'),
    ('S', 'Š'),
    ('U', 'Ü'),
];

/// Length of the words that make a text longer.
const WORD: usize = 8;

/// Returns the texts of all areas in the pseudo-language.
pub(super) fn areas(english: &BTreeMap<String, Area>) -> BTreeMap<String, Area> {
    let translated = |texts: &Area| -> Area {
        let texts = texts.iter();
        texts
            .map(|(name, entry)| (name.clone(), entry.map(pseudo)))
            .collect()
    };
    let areas = english.iter();
    areas
        .map(|(area, texts)| (area.clone(), translated(texts)))
        .collect()
}

/// Adds accents to a text and lengthens it. Placeholders are unchanged.
fn pseudo(text: &str) -> String {
    let mut accented = String::new();
    let (mut letters, mut is_placeholder) = (0, false);
    for letter in text.chars() {
        is_placeholder = (is_placeholder || letter == '{') && letter != '}';
        if is_placeholder {
            accented.push(letter);
            continue;
        }
        letters += usize::from(letter.is_alphabetic());
        let accent = ACCENTS.iter().find(|(plain, _)| *plain == letter);
        accented.push(accent.map_or(letter, |(_, accent)| *accent));
    }
    accented + &longer(letters * 2 / 5)
}

/// Returns a number of tildes, in words that are no longer than those of a language.
fn longer(tildes: usize) -> String {
    let tilde = |index: usize| {
        if index > 0 && index.is_multiple_of(WORD) {
            " ~"
        } else {
            "~"
        }
    };
    (0..tildes).map(tilde).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_accented_and_longer() {
        assert_eq!(pseudo("Settings"), "Šéttíñgš~~~");
        assert_eq!(pseudo(""), "");
        assert_eq!(longer(17), "~~~~~~~~ ~~~~~~~~ ~");
    }

    #[test]
    fn placeholders_are_unchanged() {
        assert_eq!(pseudo("{name} is {}"), "{name} íš {}");
    }
}
