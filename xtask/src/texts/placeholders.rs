//! Placeholders of a text: `{name}` for a value, and `{}` for an element.

use anyhow::{Context, Result, ensure};

use super::catalogue::is_name;

/// Returns the names of the placeholders in their order; the name of an element is empty.
pub(super) fn placeholders(text: &str) -> Result<Vec<&str>> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some((before, inside)) = rest.split_once('{') {
        let unopened = || format!("`}}` without `{{` in {text:?}");
        ensure!(!before.contains('}'), unopened());
        let (name, after) = inside
            .split_once('}')
            .with_context(|| format!("`{{` without `}}` in {text:?}"))?;
        ensure!(
            name.is_empty() || is_name(name),
            "{name:?} in {text:?} is not a name"
        );
        names.push(name);
        rest = after;
    }
    ensure!(!rest.contains('}'), "`}}` without `{{` in {text:?}");
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_found_in_their_order() {
        for (text, names) in [
            ("", &[][..]),
            ("{b} and {a}", &["b", "a"]),
            ("Type {} to delete {count}", &["", "count"]),
        ] {
            assert_eq!(placeholders(text).unwrap(), names, "{text}");
        }
    }

    #[test]
    fn other_braces_are_rejected() {
        for text in ["{", "}", "{a", "a}", "{a}}", "{A}", "{a b}", "{type}"] {
            assert!(placeholders(text).is_err(), "{text}");
        }
    }
}
