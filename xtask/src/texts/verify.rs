//! Verification of the texts: the other languages have the same texts as English, and each text is used.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::{
    CRATES, PROGRAMS,
    catalogue::{Area, ENGLISH, Entry, LANGUAGES, LOCALES, PSEUDO, read},
    families,
    functions::{AROUND, COUNT},
    messages::{ERRORS, MODULE},
    placeholders::placeholders,
    sources,
};
use crate::workspace::Workspace;

/// Lists the problems of the texts in all languages.
///
/// # Errors
/// A file cannot be read.
pub(crate) fn problems(workspace: &Workspace) -> Result<Vec<String>> {
    let english = read(workspace, ENGLISH)?;
    let mut problems = Vec::new();
    // The pseudo-language is generated.
    for (language, categories) in LANGUAGES.iter().filter(|(tag, _)| *tag != PSEUDO) {
        let translated = read(workspace, language)?;
        let found = differences(&english, &translated, categories);
        let line = |found: String| format!("{LOCALES}, {language}: {found}");
        problems.extend(found.into_iter().map(line));
    }
    let [programs, crates] = [sources(workspace, PROGRAMS)?, sources(workspace, CRATES)?];
    problems.extend(unused(&english, &programs, &crates));
    Ok(problems)
}

/// Lists the texts of a language that do not match the English ones.
fn differences(
    english: &BTreeMap<String, Area>,
    translated: &BTreeMap<String, Area>,
    categories: &[&str],
) -> Vec<String> {
    let areas: BTreeSet<&String> = english.keys().chain(translated.keys()).collect();
    let (none, mut problems) = (Area::new(), Vec::new());
    for area in areas {
        let texts = english.get(area).unwrap_or(&none);
        let others = translated.get(area).unwrap_or(&none);
        let names: BTreeSet<&String> = texts.keys().chain(others.keys()).collect();
        for name in names {
            let problem = match (texts.get(name), others.get(name)) {
                (Some(_), None) => Some("is missing".to_owned()),
                (None, _) => Some("is not an English text".to_owned()),
                (Some(text), Some(other)) => difference(name, text, other, categories),
            };
            problems.extend(problem.map(|problem| format!("{area}.{name} {problem}")));
        }
    }
    problems
}

/// Returns the problem of a translation, if there is one.
fn difference(name: &str, english: &Entry, other: &Entry, categories: &[&str]) -> Option<String> {
    match (english, other) {
        (Entry::Text(_), Entry::Text(_)) => {}
        (Entry::Plural(_), Entry::Plural(forms)) => {
            let found: BTreeSet<&str> = forms.keys().map(String::as_str).collect();
            let expected: BTreeSet<&str> = categories.iter().copied().collect();
            if found != expected {
                return Some(format!("needs the forms {}", categories.join(", ")));
            }
        }
        _ => return Some("is a plural in only one of the languages".to_owned()),
    }
    let is_plural = matches!(english, Entry::Plural(_));
    let expected = english.forms().pop().map(|form| names(form, is_plural))?;
    for form in english.forms().into_iter().chain(other.forms()) {
        let problem = match (names(form, is_plural), &expected) {
            (Err(error), _) => Some(format!("is not valid: {error}")),
            (Ok(found), Ok(expected)) if found != *expected => {
                Some(format!("needs the placeholders {}", listed(expected)))
            }
            (Ok(found), _) => wrong_element(name, &found),
        };
        if problem.is_some() {
            return problem;
        }
    }
    None
}

/// Returns the placeholders of a form in alphabetical order. A plural may write its count as a word.
fn names(form: &str, is_plural: bool) -> Result<Vec<&str>> {
    let mut names = placeholders(form)?;
    names.retain(|name| !is_plural || *name != COUNT);
    names.sort_unstable();
    Ok(names)
}

fn listed(names: &[&str]) -> String {
    let names = names.iter().map(|name| format!("{{{name}}}"));
    names.collect::<Vec<_>>().join(", ")
}

/// Returns the problem if the place of an element does not match the name of the text.
fn wrong_element(name: &str, found: &[&str]) -> Option<String> {
    let elements = found.iter().filter(|name| name.is_empty()).count();
    let expected = usize::from(name.ends_with(AROUND));
    (elements != expected).then(|| {
        format!("has {elements} places `{{}}`: a name that ends in {AROUND} has one, others none")
    })
}

/// Lists the texts whose functions do not occur in the programs, and the messages whose constructors do not occur in the crates either.
fn unused(english: &BTreeMap<String, Area>, programs: &str, crates: &str) -> Vec<String> {
    let mut unused = Vec::new();
    for (area, texts) in english {
        let is_of_errors = area == ERRORS;
        let module = if is_of_errors { MODULE } else { area.as_str() };
        for name in texts.keys() {
            let lookup = families::lookup_of(area, name);
            let path = format!("{module}::{}", lookup.as_deref().unwrap_or(name));
            let is_used =
                |sources: &str| occurs(sources, &path) || is_composed(sources, module, name);
            if !(is_used(programs) || is_of_errors && is_used(crates)) {
                let prefix = if is_of_errors { "" } else { "text::" };
                unused.push(format!("{area}.{name} is not used: write {prefix}{path}"));
            }
        }
    }
    unused
}

/// Returns whether a macro composes a function of a module from the name of a resource, as in `flash::[<$one:snake _created>]`.
fn is_composed(text: &str, module: &str, name: &str) -> bool {
    let beginning = format!("{module}::[<");
    text.match_indices(&beginning).any(|(at, _)| {
        let parts = text.get(at + beginning.len()..).unwrap_or_default();
        let parts = parts.split_once(">]").map_or("", |(parts, _)| parts);
        match parts.split_whitespace().collect::<Vec<_>>().as_slice() {
            [fixed, resource] if resource.starts_with('$') => name.starts_with(*fixed),
            [resource, fixed] if resource.starts_with('$') => name.ends_with(*fixed),
            _ => false,
        }
    })
}

/// Returns whether a path occurs in a text as a whole.
fn occurs(text: &str, path: &str) -> bool {
    let is_of_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.match_indices(path).any(|(at, _)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let after = text
            .get(at + path.len()..)
            .and_then(|text| text.chars().next());
        !before.is_some_and(is_of_name) && !after.is_some_and(is_of_name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogue(json: &str) -> BTreeMap<String, Area> {
        let area = serde_json::from_str(json).unwrap();
        BTreeMap::from([("users".to_owned(), area)])
    }

    fn differences_of(english: &str, other: &str) -> Vec<String> {
        differences(&catalogue(english), &catalogue(other), &["one", "other"])
    }

    #[test]
    fn equal_languages_have_no_problem() {
        let english = r#"{"a": "x {b} {c}", "d": {"one": "one {e}", "other": "{count} {e}"}, "f_around": "g {} {h}"}"#;
        let other = r#"{"a": "{c} {b} y", "d": {"one": "{count} {e}", "other": "{e}"}, "f_around": "{h} {}"}"#;
        assert_eq!(differences_of(english, other), Vec::<String>::new());
    }

    #[test]
    fn every_difference_is_found() {
        for (english, other, problem) in [
            (r#"{"a": "x"}"#, "{}", "is missing"),
            ("{}", r#"{"a": "x"}"#, "is not an English text"),
            (
                r#"{"a": "x"}"#,
                r#"{"a": {"one": "", "other": ""}}"#,
                "is a plural in only one of the languages",
            ),
            (
                r#"{"a": {"one": "", "other": ""}}"#,
                r#"{"a": {"few": "", "one": "", "other": ""}}"#,
                "needs the forms one, other",
            ),
            (
                r#"{"a": {"one": "", "other": ""}}"#,
                r#"{"a": {"other": ""}}"#,
                "needs the forms one, other",
            ),
            (
                r#"{"a": "x {b}"}"#,
                r#"{"a": "x {c}"}"#,
                "needs the placeholders {b}",
            ),
            (
                r#"{"a_around": "x"}"#,
                r#"{"a_around": "x"}"#,
                "has 0 places `{}`: a name that ends in _around has one, others none",
            ),
            (
                r#"{"a": "x {}"}"#,
                r#"{"a": "x {}"}"#,
                "has 1 places `{}`: a name that ends in _around has one, others none",
            ),
        ] {
            let expected = format!("users.a{} {problem}", around(english));
            assert_eq!(differences_of(english, other), [expected]);
        }
    }

    fn around(english: &str) -> &str {
        if english.contains(AROUND) { AROUND } else { "" }
    }

    #[test]
    fn unused_texts_are_found() {
        let english = catalogue(r#"{"a": "x", "b": "x"}"#);
        assert_eq!(
            unused(
                &english,
                "text::users::b() + text::users::ab()",
                "users::a()"
            ),
            ["users.a is not used: write text::users::a"]
        );
    }

    #[test]
    fn texts_of_all_resources_are_used_by_macros() {
        let sources = "text::flash::[<$one:snake _created>](name), messages::[<read_only_ $many>]";
        for (module, name, is_used) in [
            ("flash", "role_created", true),
            ("flash", "role_saved", false),
            ("messages", "read_only_roles", true),
            ("messages", "role_created", false),
            ("users", "role_created", false),
        ] {
            assert_eq!(is_composed(sources, module, name), is_used, "{name}");
        }
    }

    #[test]
    fn unused_messages_are_found() {
        let area = serde_json::from_str(r#"{"a": "x", "b": "x"}"#).unwrap();
        let english = BTreeMap::from([(ERRORS.to_owned(), area)]);
        assert_eq!(
            unused(&english, "errors::a()", "messages::b()"),
            ["errors.a is not used: write messages::a"]
        );
    }
}
