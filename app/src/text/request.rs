//! Language of the request, and the tables of all languages, on the server.

use std::{collections::BTreeMap, sync::LazyLock};

use leptos::prelude::use_context;
use serde::Deserialize;
use tokio::task_local;

use super::{language::Language, tables};

task_local! {
    static LANGUAGE: Language;
}

/// Texts by key: `frame.skip`, or `users.selected.one` for a form of a plural.
type Table = BTreeMap<String, String>;

static GERMAN: LazyLock<Table> = LazyLock::new(|| table(tables::DE));
static PSEUDO: LazyLock<Table> = LazyLock::new(|| table(tables::EN_XA));

/// A text, or its forms by plural category.
#[derive(Deserialize)]
#[serde(untagged)]
enum Entry {
    Text(String),
    Plural(BTreeMap<String, String>),
}

/// Runs a future, such as the handler of a request, in a language.
pub async fn scope<F: Future>(language: Language, future: F) -> F::Output {
    LANGUAGE.scope(language, future).await
}

/// Runs a function, such as one that renders an error page, in a language.
pub fn sync_scope<T>(language: Language, run: impl FnOnce() -> T) -> T {
    LANGUAGE.sync_scope(language, run)
}

/// Returns the language of the current request. Leptos loads data in tasks of their own, where only the context of the page
/// has it, and renders parts of a page where only the task has it.
pub(super) fn language() -> Language {
    let of_task = LANGUAGE.try_with(|language| *language).ok();
    of_task.or_else(use_context).unwrap_or_default()
}

/// Returns a text in a language. English has no table.
pub(super) fn translation(language: Language, key: &str) -> Option<&'static str> {
    let table = match language {
        Language::English => return None,
        Language::German => &GERMAN,
        Language::Pseudo => &PSEUDO,
    };
    table.get(key).map(String::as_str)
}

/// Reads the files of a language. `cargo xtask check` has verified them. A name with a dot is a key already: the file of a resource
/// has its texts of other areas, too.
fn table(areas: &[(&str, &str)]) -> Table {
    let mut table = Table::new();
    for (area, json) in areas {
        let entries: BTreeMap<String, Entry> = serde_json::from_str(json).unwrap_or_default();
        for (name, entry) in entries {
            let key = match name.contains('.') {
                true => name,
                false => format!("{area}.{name}"),
            };
            match entry {
                Entry::Text(text) => drop(table.insert(key, text)),
                Entry::Plural(forms) => table.extend(
                    forms
                        .into_iter()
                        .map(|(category, form)| (format!("{key}.{category}"), form)),
                ),
            }
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_plural_have_keys_of_their_own() {
        let json = r#"{"title":"Benutzer","found":{"one":"einer","other":"viele"}}"#;
        let table = table(&[("users", json)]);
        let pairs: Vec<(&str, &str)> = table
            .iter()
            .map(|(key, text)| (key.as_str(), text.as_str()))
            .collect();
        assert_eq!(
            pairs,
            [
                ("users.found.one", "einer"),
                ("users.found.other", "viele"),
                ("users.title", "Benutzer"),
            ]
        );
    }

    #[test]
    fn every_file_of_a_language_is_valid() {
        for (area, json) in [tables::DE, tables::EN_XA].concat() {
            let entries: Result<BTreeMap<String, Entry>, _> = serde_json::from_str(json);
            assert!(entries.is_ok(), "{area}");
        }
    }
}
