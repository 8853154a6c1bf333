//! Searches for words, as SQL over `user_search x`: the text decides, and an index of parts of words finds the candidates.

use domain::{
    filter::{Text, is_short},
    text::search_fold,
};
use sqlx::{Postgres, QueryBuilder};

/// Number of characters of a word that the index contains from each position, as in the function `search_grams` of the database.
const GRAM: usize = 6;
/// Number of characters from which both the beginning and the end of a word are looked up: together they are rarer. In a shorter word they
/// overlap, and the planner would multiply their frequencies as if they were independent.
const TWO_GRAMS_FROM: usize = 10;

/// Names in which a text is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// Username, display name and email address.
    Any,
    /// Username only.
    Username,
    /// Display name only.
    Name,
    /// Email address only.
    Email,
}

/// Way to find rows with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lookup {
    /// Uses the index or tests each row, whichever the planner estimates to be cheaper.
    Index,
    /// Tests each row in order until a page is full: so many rows match that the index would be slower.
    Walk,
}

/// Appends the condition that a user's names contain a text.
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
    // Written as `<> 0`, for which the planner assumes that nearly all rows match: the estimate is then that of the index.
    sql.push(format!("strpos({searched}, "))
        .push_bind(needle)
        .push(") <> 0)");
}

/// Returns the words as they are in the text of a user, where a space precedes every word.
pub(crate) fn needle(text: &Text) -> String {
    let folded = search_fold(text.as_str());
    if is_short(folded.trim()) {
        format!(" {}", folded.trim())
    } else {
        folded
    }
}

/// Returns the query of the index, a `tsquery` that every text with the needle matches; `None` if no part of the needle is long enough.
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

/// Returns the parts of a word of the needle that the index contains. The first and the last word of a needle can be the end and the
/// beginning of longer ones.
fn grams_of_word(word: &str, is_begun: bool, is_ended: bool) -> Vec<String> {
    let characters: Vec<char> = word.chars().collect();
    let length = characters.len();
    if is_short(word) {
        // For so few characters the index contains only beginnings of words.
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

/// Returns a part of a word in a `tsquery`, either as a whole lexeme of the index or as a prefix.
fn lexeme(part: &str, is_whole: bool) -> String {
    let quoted = part.replace('\\', r"\\").replace('\'', "''");
    format!("'{quoted}'{}", if is_whole { "" } else { ":*" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needle_is_folded_and_short_needles_match_prefixes() {
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
    fn index_is_queried_by_trigrams() {
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
