//! The size of an audit entry. A user can change their own data all day long, so each entry is small whatever was changed.

use std::borrow::Cow;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// Most bytes of an entry, each column as its text.
const ENTRY_MAX: usize = 4 * 1024;
/// Bytes of the columns that have a fixed size: ids, times, an address, the names of the action and of its kinds.
const FIXED: usize = 512;
/// Values up to this many bytes stay as they are.
const SHORT: usize = 128;
/// How much of a long value stays, the most that fits.
const STARTS: [usize; 5] = [1_024, 512, 256, SHORT, 0];
/// Most bytes of a reason: more than the longest that can be typed.
const REASON_MAX: usize = 2_048;
/// Bytes that an exponent makes when PostgreSQL writes it out.
const EXPONENT_BYTES: usize = 40;

/// Shortens long values until an entry fits whose other texts have `beside` bytes. In place of a long value stands its start,
/// its length, and its SHA-256: of a text the bytes, of anything else its JSON.
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

/// The start of a reason that is too long, and any other as it is.
pub(super) fn cut(reason: &str) -> Cow<'_, str> {
    let start = reason.get(..reason.floor_char_boundary(REASON_MAX));
    match start {
        Some(start) if start.len() < reason.len() => format!("{start}…").into(),
        _ => reason.into(),
    }
}

/// Replaces a value by its first bytes, unless it is short.
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

/// Bytes of a value as PostgreSQL writes it.
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
    // Quotes, the colon, and the comma to the next one.
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
    fn short_changes_stay_and_long_ones_keep_start_length_and_hash() {
        let short = changes(json!("x".repeat(3_000)));
        assert_eq!(fit(short.clone(), 0), short);
        let text = "é".repeat(10_000);
        let long = fit(changes(json!(text)), 0);
        let kept = &long["details"][1];
        assert_eq!(kept["start"], json!("é".repeat(512)));
        assert_eq!(kept["bytes"], json!(20_000));
        let hash = kept["sha256"].as_str().unwrap();
        assert_eq!(hash.len(), 64);
        let other = fit(changes(json!("é".repeat(9_999) + "e")), 0);
        assert_ne!(other["details"][1]["sha256"], json!(hash));
    }

    #[test]
    fn a_reason_is_cut_between_letters() {
        for short in [String::new(), "x".repeat(REASON_MAX), "𝄞".repeat(500)] {
            assert_eq!(cut(&short), short);
        }
        let long = cut(&format!("x{}", "𝄞".repeat(20_000))).into_owned();
        assert_eq!(long, format!("x{}…", "𝄞".repeat(511)));
    }

    #[test]
    fn no_change_is_larger_than_an_entry_may_be() {
        let objects: Value = (0..2_000).map(|n| json!({ "a": n })).collect();
        let values = [
            json!("\u{1}".repeat(40_000)),
            json!("\"".repeat(40_000)),
            json!(vec![1e38; 500]),
            json!(vec![1; 1_000]),
            // Looks as if it were shortened already.
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
