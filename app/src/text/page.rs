//! Language of the open page and its texts, in the browser.

use std::{collections::BTreeMap, sync::OnceLock};

use super::language::Language;

/// Language of the page, and its texts by key.
static PAGE: OnceLock<(Language, BTreeMap<String, String>)> = OnceLock::new();

/// Sets the language of the page and its table of texts, before the page is hydrated. English needs no table. Returns whether
/// both are valid.
#[must_use]
pub fn set(tag: &str, table: &str) -> bool {
    let Some(language) = Language::from_tag(tag) else {
        return false;
    };
    let table = match language {
        Language::English => BTreeMap::new(),
        _ => match serde_json::from_str(table) {
            Ok(table) => table,
            Err(_) => return false,
        },
    };
    PAGE.set((language, table)).is_ok()
}

/// Returns the language of the page.
pub(super) fn language() -> Language {
    PAGE.get()
        .map(|(language, _)| *language)
        .unwrap_or_default()
}

/// Returns a text in the language of the page; no other one is loaded.
pub(super) fn translation(_: Language, key: &str) -> Option<&'static str> {
    let (_, table) = PAGE.get()?;
    table.get(key).map(String::as_str)
}
