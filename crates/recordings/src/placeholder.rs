//! Placeholders in recorded texts, such as `{{token:1}}`.

use serde_json::Value;

/// Placeholder of any time: a number, an RFC 3339 text, or none.
pub(crate) const TIME: &str = "{{time}}";
/// Placeholder of any number.
pub(crate) const NUMBER: &str = "{{number}}";

const OPEN: &str = "{{";
const CLOSE: &str = "}}";

/// Builds a placeholder.
pub(crate) fn of(name: &str) -> String {
    format!("{OPEN}{name}{CLOSE}")
}

/// Splits a text at its first placeholder: the text before it, its name, and the text after it.
pub(crate) fn first(text: &str) -> Option<(&str, &str, &str)> {
    text.match_indices(OPEN).find_map(|(at, _)| {
        let (before, rest) = text.split_at_checked(at)?;
        let (name, after) = rest.strip_prefix(OPEN)?.split_once(CLOSE)?;
        is_name(name).then_some((before, name, after))
    })
}

/// Returns whether a text can be the name of a placeholder. Templates of other systems have upper case.
fn is_name(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_:".contains(c);
    !text.is_empty() && text.chars().all(is_part)
}

/// Returns whether a character is one of a generated value.
pub(crate) fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

/// Returns whether a text is a day, or begins with one and continues with a time. The audit log has `until` before some of them.
pub(crate) fn is_time(text: &str) -> bool {
    let text = text.strip_prefix("until ").unwrap_or(text);
    let digits = text.bytes().zip(b"0000-00-00");
    let is_day = digits.fold(text.len() >= 10, |is_day, (found, expected)| {
        let fits = if *expected == b'0' {
            found.is_ascii_digit()
        } else {
            found == *expected
        };
        is_day && fits
    });
    let next = text.as_bytes().get(10);
    is_day && next.is_none_or(|next| b"T ".contains(next))
}

/// Returns whether a value is accepted where any time was recorded.
pub(crate) fn can_be_time(value: &Value) -> bool {
    match value {
        Value::Null | Value::Number(_) => true,
        Value::String(text) => is_time(text),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_found_beside_templates() {
        assert_eq!(first("a {{id:1}} b"), Some(("a ", "id:1", " b")));
        let beside = first("{{USER_NAME}} {{ {{time}}");
        assert_eq!(beside, Some(("{{USER_NAME}} {{ ", "time", "")));
        for text in ["", "{{", "{{}}", "{{A}}", "{id}"] {
            assert_eq!(first(text), None, "{text}");
        }
    }

    #[test]
    fn times_begin_with_a_day() {
        for (text, expected) in [
            ("2026-12-01", true),
            ("2026-12-01T02:03:04.5Z", true),
            ("2026-12-01 02:03", true),
            ("until 2026-12-01 2:03:04.5 +00:00:00", true),
            ("until now", false),
            ("2026-12-01-x", false),
            ("2026-12-0", false),
            ("a026-12-01", false),
            ("", false),
        ] {
            assert_eq!(is_time(text), expected, "{text}");
        }
    }
}
