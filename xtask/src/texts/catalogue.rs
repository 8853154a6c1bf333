//! The files of the texts: one per area, with its texts by name, each in all languages.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use crate::{files, workspace::Workspace};

/// Folder with a file per area.
pub(super) const LOCALES: &str = "app/locales";

/// Tag of the language that is part of the program, and that the others are compared with.
pub(super) const ENGLISH: &str = "en";

/// Tag of the language that is derived from English.
pub(super) const PSEUDO: &str = "en-XA";

/// Languages with their plural categories for whole numbers, as in CLDR.
pub(super) const LANGUAGES: &[(&str, &[&str])] = &[
    (ENGLISH, &["one", "other"]),
    ("de", &["one", "other"]),
    (PSEUDO, &["one", "other"]),
];

/// A text, or its forms by plural category.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(super) enum Entry {
    Text(String),
    Plural(BTreeMap<String, String>),
}

/// Texts of an area by name, in one language.
pub(super) type Area = BTreeMap<String, Entry>;

/// Texts in a file by name, each by the tag of its language.
type Translations = BTreeMap<String, BTreeMap<String, Entry>>;

impl Entry {
    /// Returns the text, or all forms.
    pub(super) fn forms(&self) -> Vec<&str> {
        match self {
            Self::Text(text) => vec![text.as_str()],
            Self::Plural(forms) => forms.values().map(String::as_str).collect(),
        }
    }

    /// Returns the entry with every text replaced.
    pub(super) fn map(&self, change: impl Fn(&str) -> String) -> Self {
        match self {
            Self::Text(text) => Self::Text(change(text)),
            Self::Plural(forms) => Self::Plural(
                forms
                    .iter()
                    .map(|(category, form)| (category.clone(), change(form)))
                    .collect(),
            ),
        }
    }
}

/// Reads all areas in a language.
pub(super) fn read(workspace: &Workspace, language: &str) -> Result<BTreeMap<String, Area>> {
    let mut areas = BTreeMap::new();
    for file in files::with_extension(&workspace.root.join(LOCALES), &["json"])? {
        let area = area_name(&file)?;
        let added = add(&mut areas, &area, &files::text(&file)?, language);
        added.with_context(|| format!("{} is not valid", file.display()))?;
    }
    Ok(areas)
}

/// Adds the texts in the file of an area. A name with a dot, such as `errors.role_not_found`, is a text of another area: the file of a
/// resource has all its texts.
fn add(areas: &mut BTreeMap<String, Area>, area: &str, json: &str, language: &str) -> Result<()> {
    let texts: Translations = serde_json::from_str(json)?;
    areas.entry(area.to_owned()).or_default();
    for (name, mut translations) in texts {
        if let Some(tag) = translations.keys().find(|tag| !is_translated(tag)) {
            bail!("{name} is in the unknown language {tag}");
        }
        let Some(entry) = translations.remove(language) else {
            continue;
        };
        let (area, name) = name.split_once('.').unwrap_or((area, name.as_str()));
        let area_texts = areas.entry(area.to_owned()).or_default();
        let replaced = area_texts.insert(name.to_owned(), entry);
        ensure!(replaced.is_none(), "{area}.{name} is in two files");
    }
    Ok(())
}

/// Returns whether texts are written in a language: the pseudo-language is derived.
fn is_translated(tag: &str) -> bool {
    tag != PSEUDO && LANGUAGES.iter().any(|(known, _)| *known == tag)
}

fn area_name(file: &Path) -> Result<String> {
    match file.file_stem().and_then(|stem| stem.to_str()) {
        Some(area) if is_name(area) => Ok(area.to_owned()),
        _ => bail!("{} is not named like a module", file.display()),
    }
}

/// Returns all texts of a language as the JSON of one table, by `area.name`, or `area.name.category` for the forms of a plural.
pub(super) fn table(areas: BTreeMap<String, Area>) -> Result<String> {
    let mut table = BTreeMap::new();
    for (area, texts) in areas {
        for (name, entry) in texts {
            match entry {
                Entry::Text(text) => {
                    table.insert(format!("{area}.{name}"), text);
                }
                Entry::Plural(forms) => {
                    let keyed = |(category, form): (String, String)| {
                        (format!("{area}.{name}.{category}"), form)
                    };
                    table.extend(forms.into_iter().map(keyed));
                }
            }
        }
    }
    Ok(format!("{}\n", serde_json::to_string_pretty(&table)?))
}

/// Words that cannot name a function or a parameter.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Returns whether a text can name a module, a function or a parameter.
pub(super) fn is_name(text: &str) -> bool {
    let is_inner = |letter: char| matches!(letter, 'a'..='z' | '0'..='9' | '_');
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.chars().all(is_inner)
        && !KEYWORDS.contains(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the table of a language with the texts of two files, without white space.
    fn table_of(roles: &str, errors: &str, language: &str) -> Result<String> {
        let mut areas = BTreeMap::new();
        add(&mut areas, "roles", roles, language)?;
        add(&mut areas, "errors", errors, language)?;
        Ok(table(areas)?.replace(['\n', ' '], ""))
    }

    #[test]
    fn file_of_a_resource_has_texts_of_other_areas() {
        let roles = r#"{"title": {"en": "Roles"}, "errors.no_role": {"en": "No role"}}"#;
        assert_eq!(
            table_of(roles, r#"{"no_user": {"en": "No user"}}"#, ENGLISH).unwrap(),
            r#"{"errors.no_role":"Norole","errors.no_user":"Nouser","roles.title":"Roles"}"#
        );
        assert!(table_of(roles, r#"{"no_role": {"en": "Role missing"}}"#, ENGLISH).is_err());
    }

    #[test]
    fn text_is_read_in_each_of_its_languages() {
        let roles = r#"{"users": {"en": "Users", "de": {"one": "Benutzer", "other": "Viele"}}}"#;
        for (language, expected) in [
            ("en", r#"{"roles.users":"Users"}"#),
            (
                "de",
                r#"{"roles.users.one":"Benutzer","roles.users.other":"Viele"}"#,
            ),
            (PSEUDO, "{}"),
        ] {
            assert_eq!(table_of(roles, "{}", language).unwrap(), expected);
        }
    }

    #[test]
    fn texts_in_other_languages_are_rejected() {
        for tag in [PSEUDO, "DE", "title"] {
            let roles = format!(r#"{{"title": {{"{tag}": "Roles"}}}}"#);
            assert!(table_of(&roles, "{}", ENGLISH).is_err(), "{tag}");
        }
        assert!(table_of(r#"{"title": "Roles"}"#, "{}", ENGLISH).is_err());
    }

    #[test]
    fn names_are_those_of_functions() {
        for name in ["title", "row_2", "signed_in_around"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "Title", "2nd", "type", "a-b", "ü", "_a"] {
            assert!(!is_name(name), "{name}");
        }
    }
}
