//! Families of texts, each with the names of a table in the sources, such as that of audited actions. A function looks a text
//! up by such a name, so that an entry of the table needs a text and no code.

use anyhow::{Context, Result, bail, ensure};

use super::{
    catalogue::{Area, Entry},
    placeholders::placeholders,
};

/// Families: the area, and the beginning of the names of the texts, before `_`.
const FAMILIES: &[(&str, &str)] = &[
    ("audit", "action"),
    ("audit", "field"),
    ("tokens", "scope"),
    ("feature_names", "name"),
    ("feature_names", "branch"),
    ("roles", "resource"),
    ("roles", "about"),
];

/// Ending of the name of the function that looks up the texts of a family.
const LOOKUP: &str = "_of";

/// Lists the families of an area.
pub(super) fn of_area(area: &str) -> impl Iterator<Item = &'static str> {
    let families = FAMILIES.iter().filter(move |(of, _)| *of == area);
    families.map(|(_, family)| *family)
}

/// Returns the name of the function that looks up a text; `None` for a text with a function of its own.
pub(super) fn lookup_of(area: &str, name: &str) -> Option<String> {
    let family = of_area(area).find(|family| is_member(family, name))?;
    Some(format!("{family}{LOOKUP}"))
}

fn is_member(family: &str, name: &str) -> bool {
    let rest = name.strip_prefix(family);
    rest.is_some_and(|rest| rest.starts_with('_'))
}

/// Returns the table of a family and the function that looks up its texts.
pub(super) fn lookup(area: &str, family: &str, texts: &Area) -> Result<String> {
    let mut rows = String::new();
    for (name, entry) in texts.iter().filter(|(name, _)| is_member(family, name)) {
        let row = row(area, name, entry);
        rows.push_str(&row.with_context(|| format!("{area}.{name} is not valid"))?);
    }
    let table = family.to_uppercase();
    Ok(format!(
        "/// Keys and English texts of [`{family}{LOOKUP}`].\n\
         pub(crate) const {table}: &[(&str, &str)] = &[\n{rows}];\n\n\
         /// Returns the text `{family}_…` of a name; `None` if there is none.\n\
         #[must_use]\npub fn {family}{LOOKUP}(name: &str) -> Option<&'static str> {{\n\
         pattern::member(\"{area}.{family}_\", {table}, name)\n}}\n\n"
    ))
}

fn row(area: &str, name: &str, entry: &Entry) -> Result<String> {
    let Entry::Text(text) = entry else {
        bail!("a family has no plurals");
    };
    ensure!(
        placeholders(text)?.is_empty(),
        "a family has no placeholders"
    );
    Ok(format!("({:?}, {text:?}),\n", format!("{area}.{name}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_have_the_name_of_their_family() {
        for (area, name, expected) in [
            ("audit", "action_user_created", Some("action_of")),
            ("audit", "action", None),
            ("audit", "actions_all", None),
            ("tokens", "scope_account", Some("scope_of")),
            ("users", "action_of", None),
        ] {
            assert_eq!(lookup_of(area, name).as_deref(), expected, "{area}.{name}");
        }
    }

    #[test]
    fn table_has_the_texts_of_the_family() {
        let texts = serde_json::from_str(r#"{"scope_a": "A", "scopes": "Scopes"}"#).unwrap();
        let lookup = lookup("tokens", "scope", &texts).unwrap();
        assert!(
            lookup.contains("= &[\n(\"tokens.scope_a\", \"A\"),\n];"),
            "{lookup}"
        );
        assert!(
            lookup.contains("pattern::member(\"tokens.scope_\", SCOPE, name)"),
            "{lookup}"
        );
    }

    #[test]
    fn texts_of_a_family_are_plain() {
        for text in [r#""of {name}""#, r#"{"one": "user", "other": "users"}"#] {
            let texts = serde_json::from_str(&format!(r#"{{"scope_a": {text}}}"#)).unwrap();
            assert!(lookup("tokens", "scope", &texts).is_err(), "{text}");
        }
    }
}
