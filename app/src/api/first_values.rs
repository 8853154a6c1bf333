//! Values that a form of a stored object showed first. Fields that still have them are not written, so that a form changes
//! only what its user has changed, also if another user has saved the object in between.

use std::collections::BTreeSet;

/// Encodes the values of a form by field. The browser encodes the result with the other fields, so only the characters are
/// escaped that have a meaning in it: the form stays as short as possible.
#[must_use]
pub fn encode(values: &[(&str, String)]) -> String {
    let pairs = values
        .iter()
        .map(|(field, value)| format!("{field}={}", escaped(value)));
    pairs.collect::<Vec<_>>().join("&")
}

fn escaped(value: &str) -> String {
    // The percent sign is the first one, because the others are escaped with it.
    value
        .replace('%', "%25")
        .replace('&', "%26")
        .replace('+', "%2B")
}

/// Returns whether a value differs from the first one of its field, or that is unknown.
#[must_use]
pub fn is_changed(first: &str, field: &str, value: &str) -> bool {
    // Browsers send line breaks of a text as CR and LF.
    let plain = |text: &str| text.replace("\r\n", "\n");
    let mut values = form_urlencoded::parse(first.as_bytes());
    let shown = values.find(|(name, _)| name == field);
    shown.is_none_or(|(_, shown)| plain(&shown) != plain(value))
}

/// Returns a value if it was changed.
#[must_use]
pub fn changed(first: &str, field: &str, value: String) -> Option<String> {
    is_changed(first, field, &value).then_some(value)
}

/// Returns a list whose order has no meaning if it was changed.
#[must_use]
pub fn changed_list(first: &str, field: &str, values: Vec<String>) -> Option<Vec<String>> {
    is_changed(first, field, &list_text(values.clone())).then_some(values)
}

/// Adds to a stored list what was added to the first one, and removes from it what was removed. The order has no meaning.
#[must_use]
pub fn merged(first: &str, field: &str, chosen: Vec<String>, stored: Vec<String>) -> Vec<String> {
    let mut values = form_urlencoded::parse(first.as_bytes());
    let Some((_, shown)) = values.find(|(name, _)| name == field) else {
        return chosen;
    };
    let shown: BTreeSet<&str> = shown.split(',').collect();
    let was_shown = |value: &String| shown.contains(value.as_str());
    let chosen: BTreeSet<String> = chosen.into_iter().collect();
    let left = stored.into_iter();
    let left = left.filter(|value| chosen.contains(value) || !was_shown(value));
    let mut merged: BTreeSet<String> = left.collect();
    merged.extend(chosen.into_iter().filter(|value| !was_shown(value)));
    merged.into_iter().collect()
}

/// Returns the text of a list whose order has no meaning.
#[must_use]
pub fn list_text(mut values: Vec<String>) -> String {
    values.retain(|value| !value.is_empty());
    values.sort();
    values.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_changed_values_are_returned() {
        let roles = list_text(vec!["user".to_owned(), "auditor".to_owned()]);
        let first = encode(&[
            ("name", "a&b=c".to_owned()),
            ("text", "one\ntwo".to_owned()),
            ("sum", "1+1 = 2 %2B ü".to_owned()),
            ("roles", roles),
        ]);
        for (field, value, expected) in [
            ("name", "a&b=c", false),
            ("name", "a", true),
            ("name", "", true),
            ("text", "one\r\ntwo", false),
            ("text", "one two", true),
            ("sum", "1+1 = 2 %2B ü", false),
            ("sum", "1 1 = 2 + ü", true),
            ("email", "", true),
        ] {
            assert_eq!(
                is_changed(&first, field, value),
                expected,
                "{field} {value:?}"
            );
        }
        let list = |names: &[&str]| {
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            changed_list(&first, "roles", names)
        };
        assert_eq!(list(&["auditor", "", "user"]), None);
        assert_eq!(list(&["user"]), Some(vec!["user".to_owned()]));
        assert!(is_changed("", "name", ""), "a form without first values");
    }

    #[test]
    fn value_is_encoded_once_by_the_browser() {
        let sent = |text: &str| -> usize {
            let parts = form_urlencoded::byte_serialize(text.as_bytes());
            parts.map(str::len).sum()
        };
        let profile = r#"{"отдел":"Северная лаборатория, 3-й этаж"}"#.repeat(100);
        let first = encode(&[("profile", profile.clone())]);
        assert_eq!(sent(&first), sent("profile=") + sent(&profile));
        assert!(!is_changed(&first, "profile", &profile));
    }

    #[test]
    fn lists_are_merged_by_element() {
        let list = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let first = encode(&[("features", "a,b".to_owned())]);
        for (chosen, stored, expected) in [
            ("a b", "a b c", "a b c"),
            ("a b d", "a b c", "a b c d"),
            ("b", "a b c", "b c"),
            ("a b", "b c", "b c"),
            ("a b c", "a c", "a c"),
        ] {
            let merged = merged(&first, "features", list(chosen), list(stored));
            assert_eq!(merged, list(expected), "{chosen} into {stored}");
        }
        let of_old_form = merged("", "features", list("a"), list("b"));
        assert_eq!(of_old_form, list("a"));
    }
}
