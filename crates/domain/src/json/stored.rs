//! Stored JSON values that are passed on as text.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{UNREADABLE, is_readable, unreadable};

/// A stored JSON value as text: it goes from the database into a response without a tree of its values. A value that clients could not
/// parse is replaced by an object that says so.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StoredJson(Box<RawValue>);

impl StoredJson {
    /// Returns the JSON text.
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
    // The message contains nothing that JSON would escape.
    RawValue::from_string(text).unwrap_or_else(|_| RawValue::NULL.to_owned())
}
