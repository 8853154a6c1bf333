//! Changed fields of an audit log entry.

use std::collections::BTreeMap;

use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::json::{is_readable, unreadable};

/// Changed fields, each with its value before and after. Secrets are left out: an entry only says that there is a new one.
pub type Changes = BTreeMap<String, (Value, Value)>;

/// Parses the stored changes. If the text is unreadable, one line says so, and the entry is still shown. A number stands for a text of that
/// many bytes that was too long to fetch.
#[must_use]
pub fn read_changes(text: &str) -> Changes {
    let read = is_readable(text).then(|| serde_json::from_str(text).ok());
    read.flatten().unwrap_or_else(|| {
        let bytes = text.parse().unwrap_or(text.len());
        let line = (Value::Null, Value::from(unreadable(bytes)));
        Changes::from([("unreadable".to_owned(), line)])
    })
}

/// Fields of audit changes that hold a timestamp.
const TIMESTAMPS: [&str; 4] = ["expires", "link", "purgeAfter", "until"];
/// Word before the timestamp until which a link is valid.
const UNTIL: &str = "until ";

/// Returns the timestamp in a field of a change, and the word before it. `None` for any other value.
#[must_use]
pub fn timestamp_of(field: &str, value: &Value) -> Option<(Option<&'static str>, OffsetDateTime)> {
    let text = value.as_str().filter(|_| TIMESTAMPS.contains(&field))?;
    let (word, text) = match text.strip_prefix(UNTIL) {
        Some(text) => (Some(UNTIL), text),
        None => (None, text),
    };
    let at = OffsetDateTime::parse(text, &Rfc3339).ok();
    Some((word, at.or_else(|| displayed(text))?))
}

/// Parses the `Display` format of `OffsetDateTime`, in which most entries are stored: `2026-12-29 9:05:00.0 +00:00:00`.
/// A format description could do that, but its parser is a part of every download.
fn displayed(text: &str) -> Option<OffsetDateTime> {
    let (date, rest) = text.split_once(' ')?;
    let (clock, offset) = rest.split_once(' ')?;
    let padding = if clock.find(':') == Some(1) { "0" } else { "" };
    let offset = offset.strip_suffix(":00")?;
    OffsetDateTime::parse(&format!("{date}T{padding}{clock}{offset}"), &Rfc3339).ok()
}

/// Returns the name of a field or an action as separate words: `displayName` and `display_name` become `display name`.
#[must_use]
pub fn spaced(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        match c {
            '_' => words.push(' '),
            c if c.is_uppercase() => {
                words.push(' ');
                words.extend(c.to_lowercase());
            }
            c => words.push(c),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::datetime;

    use super::*;

    #[test]
    fn unreadable_changes_are_one_line() {
        let nested = |depth: usize| {
            let (open, close) = ("[".repeat(depth), "]".repeat(depth));
            format!("{{\"profile\":[null,{open}{close}]}}")
        };
        for (text, said) in [
            ("{}".to_owned(), None),
            (nested(32), None),
            (nested(120), Some(unreadable(nested(120).len()))),
            (nested(9_000), Some(unreadable(nested(9_000).len()))),
            ("[1]".to_owned(), Some(unreadable(3))),
            ("70000".to_owned(), Some(unreadable(70_000))),
        ] {
            let changes = read_changes(&text);
            let line = changes
                .get("unreadable")
                .and_then(|(_, said)| said.as_str());
            assert_eq!(line, said.as_deref(), "{text:.40}");
        }
    }

    #[test]
    fn timestamps_are_read_as_they_are_written() {
        for at in [
            datetime!(2026-12-29 9:05:00 UTC),
            datetime!(2026-12-29 23:05:09.123456 UTC),
            datetime!(2026-12-29 0:05:09 -3:30),
        ] {
            let written = [at.to_string(), at.format(&Rfc3339).unwrap()];
            for text in written {
                let read = timestamp_of("expires", &json!(text));
                assert_eq!(read, Some((None, at)), "{text}");
                let link = timestamp_of("link", &json!(format!("until {text}")));
                assert_eq!(link, Some((Some("until "), at)), "{text}");
                assert_eq!(timestamp_of("displayName", &json!(text)), None);
            }
        }
        let date = json!("2026-12-29 9:05:00.0");
        for other in [
            json!(null),
            json!("never"),
            json!(""),
            json!(1_798_534_800),
            date,
        ] {
            assert_eq!(timestamp_of("expires", &other), None, "{other}");
        }
    }
}
