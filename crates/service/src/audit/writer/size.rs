//! Size limit of audit events. Users can change their own data without end, so every entry is small whatever was changed.

use std::borrow::Cow;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// Maximum size of an entry in bytes, each column counted as text.
const ENTRY_MAX: usize = 4 * 1024;
/// Bytes of the columns of fixed size: ids, timestamps, an address, the names of the action and of the target kind.
const FIXED: usize = 512;
/// Size in bytes up to which a value is never shortened.
const SHORT: usize = 128;
/// Lengths of the retained start of a long value, in bytes. The first that makes the entry fit is used.
const STARTS: [usize; 5] = [1_024, 512, 256, SHORT, 0];
/// Maximum length of a reason in bytes: more than the forms accept.
const REASON_MAX: usize = 2_048;
/// Additional bytes of a number with an exponent, which PostgreSQL writes out in digits.
const EXPONENT_BYTES: usize = 40;

/// Shortens long values until the entry fits, whose other texts have `beside` bytes. A long value is replaced by its start,
/// its length, and its SHA-256: the hash is of the text of a string, and of the JSON of any other value.
pub(super) fn fit(changes: Map<String, Value>, beside: usize) -> Map<String, Value> {
    let most = ENTRY_MAX.saturating_sub(FIXED + beside);
    let mut fitted = changes.clone();
    for start in STARTS {
        if object_size(&fitted) <= most {
            break;
        }
        fitted.clone_from(&changes);
        for pair in fitted.values_mut() {
            let values = pair.as_array_mut().into_iter().flatten();
            values.for_each(|value| shorten(value, start));
        }
    }
    fitted
}

/// Truncates a reason that is too long. Returns any other unchanged.
pub(super) fn cut(reason: &str) -> Cow<'_, str> {
    let start = reason.get(..reason.floor_char_boundary(REASON_MAX));
    match start {
        Some(start) if start.len() < reason.len() => format!("{start}…").into(),
        _ => reason.into(),
    }
}

/// Replaces a value by its first `most` bytes, its length and its hash, unless it is short.
fn shorten(value: &mut Value, most: usize) {
    if size(value) <= most.max(SHORT) {
        return;
    }
    let text = match &mut *value {
        Value::String(text) => std::mem::take(text),
        other => other.to_string(),
    };
    let start = text.get(..text.floor_char_boundary(most));
    let hash = Sha256::digest(&text);
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    *value = json!({ "start": start, "bytes": text.len(), "sha256": hash });
}

/// Returns the number of bytes of a value as PostgreSQL writes it.
fn size(value: &Value) -> usize {
    match value {
        Value::Array(items) => {
            let items = items.iter().map(|item| size(item) + 2);
            items.sum::<usize>().max(2)
        }
        Value::Object(members) => object_size(members),
        Value::Number(number) => {
            let text = number.to_string();
            let digits = if text.contains('e') {
                EXPONENT_BYTES
            } else {
                0
            };
            text.len() + digits
        }
        other => other.to_string().len(),
    }
}

fn object_size(members: &Map<String, Value>) -> usize {
    // Quotes, the colon with its space, and the comma with its space before the next member.
    let members = members
        .iter()
        .map(|(name, value)| name.len() + size(value) + 6);
    members.sum::<usize>().max(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(value: Value) -> Map<String, Value> {
        Map::from_iter([("details".to_owned(), json!([null, value]))])
    }

    #[test]
    fn long_changes_are_truncated_to_start_length_and_hash() {
        let short = changes(json!("x".repeat(3_000)));
        assert_eq!(fit(short.clone(), 0), short);
        let text = "é".repeat(10_000);
        let long = fit(changes(json!(text)), 0);
        let stored = &long["details"][1];
        assert_eq!(stored["start"], json!("é".repeat(512)));
        assert_eq!(stored["bytes"], json!(20_000));
        let hash = stored["sha256"].as_str().unwrap();
        assert_eq!(hash.len(), 64);
        let other = fit(changes(json!("é".repeat(9_999) + "e")), 0);
        assert_ne!(other["details"][1]["sha256"], json!(hash));
    }

    #[test]
    fn reason_is_cut_at_a_character() {
        for short in [String::new(), "x".repeat(REASON_MAX), "𝄞".repeat(500)] {
            assert_eq!(cut(&short), short);
        }
        let long = cut(&format!("x{}", "𝄞".repeat(20_000))).into_owned();
        assert_eq!(long, format!("x{}…", "𝄞".repeat(511)));
    }

    #[test]
    fn no_change_exceeds_the_entry_limit() {
        let objects: Value = (0..2_000).map(|n| json!({ "a": n })).collect();
        let values = [
            json!("\u{1}".repeat(40_000)),
            json!("\"".repeat(40_000)),
            json!(vec![1e38; 500]),
            json!(vec![1; 1_000]),
            // Has the form of a value that was shortened already, and is too long all the same.
            json!({ "start": "x", "bytes": 1, "sha256": "x", "rest": "y".repeat(9_000) }),
            objects,
        ];
        for value in values {
            let fields = (0..10).map(|n| (format!("field{n}"), json!([value, value])));
            let fitted = fit(fields.collect(), 300);
            assert!(
                object_size(&fitted) <= ENTRY_MAX - FIXED - 300,
                "{fitted:?}"
            );
            assert!(fitted["field9"][1]["bytes"].as_u64().is_some());
        }
    }
}
