//! Language of the request, and the tables of all languages, on the server.

use std::{collections::BTreeMap, sync::LazyLock};

use leptos::prelude::use_context;
use tokio::task_local;

use super::language::Language;

task_local! {
    static LANGUAGE: Language;
}

/// Texts by key: `frame.skip`, or `users.selected.one` for a form of a plural.
type Table = BTreeMap<String, String>;

static GERMAN: LazyLock<Table> = LazyLock::new(|| table(include_str!("tables/de.json")));
static PSEUDO: LazyLock<Table> = LazyLock::new(|| table(include_str!("tables/en-XA.json")));

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

/// Reads the table of a language, which `cargo xtask texts` has generated.
fn table(json: &str) -> Table {
    serde_json::from_str(json).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_valid() {
        for table in [&*GERMAN, &*PSEUDO] {
            assert!(table.contains_key("users.title"));
            assert!(table.contains_key("features.delete_text.one"));
        }
    }
}
