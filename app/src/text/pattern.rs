//! Lookup of texts, and placeholders in them. The generated functions call this module.

use std::fmt::Display;

pub use domain::message::fill;

use super::{language::Language, source};

/// Returns the text of a key in the current language. A text that the language does not have is English.
#[must_use]
pub fn text(key: &str, english: &'static str) -> &'static str {
    match super::current() {
        Language::English => english,
        language => source::translation(language, key).unwrap_or(english),
    }
}

/// Returns the form of a text for a count in the current language, such as `{count} users`.
#[must_use]
pub fn plural(key: &str, count: u64, one: &'static str, other: &'static str) -> &'static str {
    let language = super::current();
    let category = language.plural_category(count);
    let english = match Language::English.plural_category(count) {
        "one" => one,
        _ => other,
    };
    match language {
        Language::English => english,
        language => source::translation(language, &format!("{key}.{category}")).unwrap_or(english),
    }
}

/// Returns the text of a family for a name, such as `client.created` or `displayName`; `None` if it has none. `prefix` is the
/// beginning of the keys of the family.
#[must_use]
pub fn member(
    prefix: &str,
    texts: &[(&'static str, &'static str)],
    name: &str,
) -> Option<&'static str> {
    let name = key_part(name);
    let mut texts = texts.iter().copied();
    let (key, english) = texts.find(|(key, _)| key.strip_prefix(prefix) == Some(name.as_str()))?;
    Some(text(key, english))
}

/// Converts a name to a part of a key: `displayName` to `display_name`, `api-keys:read` to `api_keys_read`.
fn key_part(name: &str) -> String {
    let mut part = String::with_capacity(name.len());
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            part.push('_');
        }
        part.push(if letter.is_ascii_alphanumeric() {
            letter.to_ascii_lowercase()
        } else {
            '_'
        });
    }
    part
}

/// Splits a text at the place of its element, `{}`, into the text before and after it.
#[must_use]
pub fn around(pattern: &'static str) -> [&'static str; 2] {
    pattern.split_once("{}").unwrap_or((pattern, "")).into()
}

/// Splits a text at the place of its element, and replaces the placeholders of both parts.
#[must_use]
pub fn fill_around(pattern: &'static str, values: &[(&str, &dyn Display)]) -> [String; 2] {
    around(pattern).map(|part| fill(part, values))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn member_is_found_by_any_spelling_of_its_name() {
        let texts = [("a.field_display_name", "name"), ("a.field_sha256", "hash")];
        for (name, expected) in [
            ("displayName", Some("name")),
            ("display_name", Some("name")),
            ("display-name", Some("name")),
            ("sha256", Some("hash")),
            ("display", None),
            ("", None),
        ] {
            assert_eq!(member("a.field_", &texts, name), expected, "{name}");
        }
    }

    #[test]
    fn sentence_is_split_at_its_element() {
        assert_eq!(around("Type {} to delete."), ["Type ", " to delete."]);
        assert_eq!(around("{}"), ["", ""]);
        assert_eq!(around("without"), ["without", ""]);
    }

    #[test]
    fn values_replace_placeholders_before_and_after_an_element() {
        let parts = fill_around("{a} of {} for {b}", &[("a", &1), ("b", &"Ada")]);
        assert_eq!(parts, ["1 of ", " for Ada"]);
    }
}

#[cfg(all(test, feature = "ssr"))]
mod language_tests {
    use leptos::{prelude::provide_context, reactive::owner::Owner};

    use super::*;
    use crate::text::frame;

    /// Runs a function as while a page in a language is rendered.
    fn with_language<T>(language: Language, run: impl FnOnce() -> T) -> T {
        let owner = Owner::new();
        owner.with(|| {
            provide_context(language);
            run()
        })
    }

    #[test]
    fn text_without_a_request_is_english() {
        assert_eq!(frame::skip(), "Skip to content");
    }

    #[test]
    fn text_has_the_language_of_the_request() {
        assert_eq!(
            with_language(Language::German, frame::skip),
            "Zum Inhalt springen"
        );
        assert_eq!(
            with_language(Language::German, || frame::account_menu("Ada", "Admin")),
            "Kontomenü: Ada, Admin"
        );
        let pseudo = with_language(Language::Pseudo, || frame::account_menu("Ada", "Admin"));
        assert!(
            pseudo.contains("Ada, Admin") && pseudo != "Account menu: Ada, Admin",
            "{pseudo}"
        );
    }

    #[test]
    fn missing_translation_is_english() {
        let found = with_language(Language::German, || text("frame.unknown", "Unknown"));
        assert_eq!(found, "Unknown");
        let found = with_language(Language::German, || {
            plural("frame.unknown", 1, "key", "keys")
        });
        assert_eq!(found, "key");
        assert_eq!(plural("frame.unknown", 0, "key", "keys"), "keys");
    }

    #[test]
    fn scope_of_a_request_chooses_the_language() {
        let page = crate::text::request::scope(Language::German, async { frame::skip() });
        let mut page = std::pin::pin!(page);
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        let ready = page.as_mut().poll(&mut context);
        assert_eq!(ready, std::task::Poll::Ready("Zum Inhalt springen"));
    }
}
