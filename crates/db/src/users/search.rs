//! Words to look for, as SQL over `user_search x`: its text decides, and an index of parts of words finds the candidates.

use domain::{
    filter::{Text, is_short},
    text::search_fold,
};
use sqlx::{Postgres, QueryBuilder};

/// Characters of a word that the index knows from each of its places on, as in `search_grams` of the database.
const GRAM: usize = 6;
/// From this many characters on, the beginning and the end of a word are looked for: together they are rarer. In a shorter
/// one they overlap, and the planner would take the product of their frequencies for that of both.
const TWO_GRAMS_FROM: usize = 10;

/// The names in which a text is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// In username, display name and email.
    Any,
    /// In the username.
    Username,
    /// In the display name.
    Name,
    /// In the email address.
    Email,
}

/// The way to find rows with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lookup {
    /// By the index, or in each row, as the planner finds cheaper.
    Index,
    /// In each row of an order, until a page is full: so many have the text that the index would be slower.
    Walk,
}

/// Appends the condition that a user has a text.
pub(super) fn push(sql: &mut QueryBuilder<Postgres>, text: &Text, line: Line, lookup: Lookup) {
    let needle = needle(text);
    sql.push("(");
    if let (Lookup::Index, Some(grams)) = (lookup, grams(&needle)) {
        sql.push("x.grams @@ ")
            .push_bind(grams)
            .push("::text::tsquery and ");
    }
    let searched = match line {
        Line::Any => "x.search",
        Line::Username => r"split_part(x.search, E'\n', 1)",
        Line::Name => r"split_part(x.search, E'\n', 2)",
        Line::Email => r"split_part(x.search, E'\n', 3)",
    };
    // Compared so that the planner takes it for true of nearly all rows: the index knows how many there are.
    sql.push(format!("strpos({searched}, "))
        .push_bind(needle)
        .push(") <> 0)");
}

/// The words as they stand in the text of a user, where every word is after a space.
fn needle(text: &Text) -> String {
    let folded = search_fold(text.as_str());
    if is_short(folded.trim()) {
        format!(" {}", folded.trim())
    } else {
        folded
    }
}

/// The query of the index, a `tsquery` that every text with the needle matches. None if no part of the needle is long enough.
fn grams(needle: &str) -> Option<String> {
    let words: Vec<&str> = needle.split(' ').collect();
    let last = words.len().saturating_sub(1);
    let parts: Vec<String> = words
        .iter()
        .enumerate()
        .flat_map(|(index, word)| grams_of_word(word, index > 0, index < last))
        .collect();
    (!parts.is_empty()).then(|| parts.join(" & "))
}

/// The parts of a word of the needle that the index knows. The first and the last word of a needle may be the end and the
/// beginning of longer ones.
fn grams_of_word(word: &str, is_begun: bool, is_ended: bool) -> Vec<String> {
    let characters: Vec<char> = word.chars().collect();
    let length = characters.len();
    if is_short(word) {
        // By so few characters the index knows only the beginning of a word.
        let is_known = is_begun && length > 0;
        let is_whole = is_ended || length > 1;
        return Vec::from_iter(is_known.then(|| lexeme(&format!("^{word}"), is_whole)));
    }
    let cut = |from: usize| characters.iter().skip(from).take(GRAM).collect::<String>();
    let last = lexeme(
        &cut(length.saturating_sub(GRAM)),
        is_ended || length >= GRAM,
    );
    if length < TWO_GRAMS_FROM {
        vec![last]
    } else {
        vec![lexeme(&cut(0), true), last]
    }
}

/// A part of a word in a `tsquery`, where it is either the whole of what the index knows or its beginning.
fn lexeme(part: &str, is_whole: bool) -> String {
    let quoted = part.replace('\\', r"\\").replace('\'', "''");
    format!("'{quoted}'{}", if is_whole { "" } else { ":*" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_needle_is_folded_and_short_ones_begin_a_word() {
        for (text, expected) in [
            ("Ann", "ann"),
            ("An", " an"),
            ("Ñ", " n"),
            ("ß", " ss"),
            ("王", " 王"),
            ("小明", "小明"),
            (" an", " an"),
            (" ann", " ann"),
            ("O’Hara", "o'hara"),
        ] {
            assert_eq!(needle(&Text::new(text).unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn the_index_is_asked_for_parts_of_words() {
        for (needle, expected) in [
            ("ann", Some("'ann':*")),
            (" an", Some("'^an'")),
            (" a", Some("'^a':*")),
            ("小明", Some("'小明':*")),
            (" 小明", Some("'小明':*")),
            ("jennif", Some("'jennif'")),
            ("jennifer", Some("'nnifer'")),
            ("anastasia.nikolaeva30", Some("'anasta' & 'aeva30'")),
            ("n lee", Some("'lee':*")),
            ("ann a li lee", Some("'ann' & '^a' & '^li' & 'lee':*")),
            ("", None),
            (" ", None),
            ("o'h\\", Some("'o''h\\\\':*")),
        ] {
            assert_eq!(grams(needle).as_deref(), expected, "{needle:?}");
        }
    }
}
