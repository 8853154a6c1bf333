//! The files of a language: one per area, with its texts by name.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};

use crate::{files, workspace::Workspace};

/// Folder with a folder per language.
pub(crate) const LOCALES: &str = "app/locales";

/// Tag of the language that is part of the program, and that the others are compared with.
pub(super) const ENGLISH: &str = "en";

/// Tag of the generated language.
pub(super) const PSEUDO: &str = "en-XA";

/// Languages with their plural categories for whole numbers, as in CLDR.
pub(super) const LANGUAGES: &[(&str, &[&str])] = &[
    (ENGLISH, &["one", "other"]),
    ("de", &["one", "other"]),
    (PSEUDO, &["one", "other"]),
];

/// A text, or its forms by plural category.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(untagged)]
pub(super) enum Entry {
    Text(String),
    Plural(BTreeMap<String, String>),
}

/// Texts of an area by name.
pub(super) type Area = BTreeMap<String, Entry>;

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

/// Returns the folder of a language.
pub(super) fn folder(workspace: &Workspace, language: &str) -> PathBuf {
    workspace.root.join(LOCALES).join(language)
}

/// Reads all areas of a language.
pub(super) fn read(workspace: &Workspace, language: &str) -> Result<BTreeMap<String, Area>> {
    let mut areas = BTreeMap::new();
    for file in files::with_extension(&folder(workspace, language), &["json"])? {
        let area = area_name(&file)?;
        let texts = serde_json::from_str(&files::text(&file)?);
        let texts: Area = texts.with_context(|| format!("{} is not valid", file.display()))?;
        let added = add(&mut areas, &area, texts);
        added.with_context(|| format!("{} is not valid", file.display()))?;
    }
    Ok(areas)
}

/// Adds the texts in the file of an area. A name with a dot, such as `errors.role_not_found`, is a text of another area: the file of a
/// resource has all its texts.
fn add(areas: &mut BTreeMap<String, Area>, area: &str, texts: Area) -> Result<()> {
    areas.entry(area.to_owned()).or_default();
    for (name, entry) in texts {
        let (area, name) = name.split_once('.').unwrap_or((area, name.as_str()));
        let area_texts = areas.entry(area.to_owned()).or_default();
        let replaced = area_texts.insert(name.to_owned(), entry);
        ensure!(replaced.is_none(), "{area}.{name} is in two files");
    }
    Ok(())
}

fn area_name(file: &Path) -> Result<String> {
    match file.file_stem().and_then(|stem| stem.to_str()) {
        Some(area) if is_name(area) => Ok(area.to_owned()),
        _ => bail!("{} is not named like a module", file.display()),
    }
}

/// Returns all texts of a language in one table, by `area.name`, or `area.name.category` for the forms of a plural. The
/// server reads the files in the same way.
pub(crate) fn flat(workspace: &Workspace, language: &str) -> Result<BTreeMap<String, String>> {
    let mut table = BTreeMap::new();
    for (area, texts) in read(workspace, language)? {
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
    Ok(table)
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

    /// Adds the texts of two files, and lists the keys of all.
    fn keys_in(roles: &str, errors: &str) -> Result<Vec<String>> {
        let mut areas = BTreeMap::new();
        add(&mut areas, "roles", serde_json::from_str(roles)?)?;
        add(&mut areas, "errors", serde_json::from_str(errors)?)?;
        let keys = areas.iter().flat_map(|(area, texts)| {
            let key = move |name: &String| format!("{area}.{name}");
            texts.keys().map(key)
        });
        Ok(keys.collect())
    }

    #[test]
    fn file_of_a_resource_has_texts_of_other_areas() {
        let roles = r#"{"title": "Roles", "errors.role_not_found": "Role not found"}"#;
        assert_eq!(
            keys_in(roles, r#"{"user_not_found": "User not found"}"#).unwrap(),
            [
                "errors.role_not_found",
                "errors.user_not_found",
                "roles.title"
            ]
        );
        assert!(keys_in(roles, r#"{"role_not_found": "No role"}"#).is_err());
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
