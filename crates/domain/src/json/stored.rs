//! A stored JSON value that is handed on as text.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{UNREADABLE, is_readable, unreadable};

/// A stored JSON value as text: it goes from the database into an answer without a tree of its values. One that clients
/// could not read is replaced by an object that says so.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StoredJson(Box<RawValue>);

impl StoredJson {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.get()
    }
}

impl PartialEq for StoredJson {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl From<String> for StoredJson {
    fn from(text: String) -> Self {
        let bytes = text.len();
        let text = Some(text).filter(|text| is_readable(text));
        let raw = text.and_then(|text| RawValue::from_string(text).ok());
        Self(raw.unwrap_or_else(|| replaced(bytes)))
    }
}

fn replaced(bytes: usize) -> Box<RawValue> {
    let text = format!("{{\"{UNREADABLE}\": \"{}\"}}", unreadable(bytes));
    // The sentence has nothing in it that JSON would escape.
    RawValue::from_string(text).unwrap_or_else(|_| RawValue::NULL.to_owned())
}
