//! Equality of the database's functions that compare names with those of `domain`: over all of Unicode that PostgreSQL 15 knows, and over
//! texts with adjacent characters that depend on each other.

use domain::text::{name_key, search_fold};
use proptest::{
    collection::vec, prelude::*, sample::select, strategy::ValueTree, test_runner::TestRunner,
};
use regex::Regex;
use sqlx::PgPool;

/// Characters whose form depends on adjacent ones, or that fold to several characters or to none.
const MEETING: &[char] = &[
    'a', 'i', 'I', 'İ', 'ı', '\u{307}', '\u{301}', '\u{328}', '\u{345}', 'Σ', 'σ', 'ς', 'ß', 'ẞ',
    'ŉ', 'ﬁ', 'ǆ', 'ΐ', 'ᾳ', '\'', '’', '´', '`', ' ', '\u{A0}', '\u{3000}', '\t', '\u{AD}',
    '\u{200B}', '\u{200D}', 'é', 'й', 'ё', 'か', '\u{3099}', 'ｶ', 'ﾞ', 'ᄀ', 'ᅡ', 'ᆨ', '가', '한',
    '王', 'ो', '\u{93C}', 'ำ', 'ب', '\u{64B}', 'א', '\u{5B0}', 'Æ', 'œ', 'Þ', 'ø', 'Ł', 'ꭰ', 'Ꭰ',
    'Ა',
];

/// Returns whether PostgreSQL 15 knows a character: its tables are those of Unicode 14.
fn is_known(c: char, known: &Regex) -> bool {
    c != '\0' && known.is_match(c.encode_utf8(&mut [0; 4]))
}

/// Returns all texts for which the database and `domain` disagree.
async fn disagreements(pool: &PgPool, texts: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for texts in texts.chunks(20_000) {
        let folded: Vec<(String, String, String)> =
            sqlx::query_as("select t, name_key(t), search_fold(t) from unnest($1::text[]) t")
                .bind(texts)
                .fetch_all(pool)
                .await
                .unwrap();
        let wrong = folded
            .into_iter()
            .filter(|(text, key, search)| *key != name_key(text) || *search != search_fold(text));
        found.extend(wrong.map(|(text, ..)| text.escape_unicode().to_string()));
    }
    found
}

#[testing::test]
async fn database_and_domain_fold_every_character_alike(pool: PgPool) {
    let known = Regex::new(r"^[\p{Age=14.0}--\p{Co}]$").unwrap();
    let characters = (char::MIN..=char::MAX).filter(|c| is_known(*c, &known));
    let texts: Vec<String> = characters.map(String::from).collect();
    assert!(texts.len() > 140_000, "{}", texts.len());
    assert_eq!(disagreements(&pool, &texts).await, Vec::<String>::new());
    // Between letters, because some characters combine with them.
    let texts: Vec<String> = texts.iter().map(|c| format!("A{c}i {c}\u{301}Σ")).collect();
    assert_eq!(disagreements(&pool, &texts).await, Vec::<String>::new());
}

#[testing::test]
async fn database_and_domain_fold_every_text_alike(pool: PgPool) {
    let known = Regex::new(r"^[\p{Age=14.0}--\p{Co}]$").unwrap();
    let mut runner = TestRunner::deterministic();
    let character = prop_oneof![5 => select(MEETING), 1 => any::<char>()];
    let text = vec(character, 0..10).prop_map(move |characters| {
        let known = characters.into_iter().filter(|c| is_known(*c, &known));
        known.collect::<String>()
    });
    let mut texts = Vec::new();
    while texts.len() < 20_000 {
        texts.push(text.new_tree(&mut runner).unwrap().current());
    }
    assert_eq!(disagreements(&pool, &texts).await, Vec::<String>::new());
    for text in texts {
        // Folding is idempotent.
        assert_eq!(
            search_fold(&search_fold(&text)),
            search_fold(&text),
            "{text:?}"
        );
    }
}
