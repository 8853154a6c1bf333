//! JSON objects of a form that Rollcall does not know: bounded where they enter, and never too much to read back.

mod meter;
#[cfg(feature = "stored-json")]
mod stored;
mod writer;

use std::marker::PhantomData;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Visitor};
use serde_json::{Map, Value};
use thiserror::Error;

#[cfg(feature = "stored-json")]
pub use stored::StoredJson;
use writer::Writer;

/// Most lists and objects inside each other, the outermost object counted. The readers of most languages stop at 100 to 128,
/// and an answer wraps a value in a few more.
pub const DEPTH_MAX: usize = 32;
/// Most lists and objects inside each other that are read back. More were stored by another program.
const READ_DEPTH_MAX: usize = 96;
/// Stands in place of what cannot be read back.
const UNREADABLE: &str = "unreadable";

/// The size that a JSON object may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JsonLimits {
    /// Most bytes of its text, without spaces between the values.
    pub bytes: usize,
    /// Most values in it, counted at every level.
    pub values: usize,
}

impl JsonLimits {
    /// Limits of a profile and of notification preferences.
    pub const FACTS: Self = Self {
        bytes: 8 * 1024,
        values: 1_000,
    };
    /// Limits of the content of an ontology or an annotation.
    pub const CONTENT: Self = Self {
        bytes: 1024 * 1024,
        values: 50_000,
    };
}

/// Why a JSON object is not stored, as a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum JsonError {
    /// Nested too deeply.
    #[error("Nest lists and objects at most {DEPTH_MAX} levels deep.")]
    Depth,
    /// Too many values.
    #[error("Use at most {0} values, counted at every level.")]
    Values(usize),
    /// Too long.
    #[error("Use at most {0} bytes.")]
    Bytes(usize),
    /// A text that PostgreSQL cannot store.
    #[error("Remove the NUL characters.")]
    Nul,
    /// A number that is not the same when it is read back.
    #[error("Use numbers from 1e-38 to 1e38, or 0, with a - in front or not.")]
    Number,
}

/// Checks a JSON object that is parsed already.
///
/// # Errors
/// The first thing that keeps it from being stored.
pub fn check_object(object: &Map<String, Value>, limits: JsonLimits) -> Result<(), JsonError> {
    let mut writer = Writer::new(limits);
    // A parsed value holds nothing that the writer cannot visit.
    let _ = object.deserialize_map(&mut writer);
    writer.meter.end()
}

/// A JSON object or list as text. It is checked while it is received, so that no tree of its values is ever in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonText<K> {
    text: String,
    checked: Result<(), JsonError>,
    kind: PhantomData<K>,
}

/// An object as text.
pub type JsonObject = JsonText<ObjectText>;
/// A list as text.
pub type JsonArray = JsonText<ArrayText>;

/// What a [`JsonText`] is.
pub trait TextKind {
    /// The text of an empty one.
    const EMPTY: &'static str;

    /// Reads one, and nothing of another kind.
    ///
    /// # Errors
    /// When it is something else, or no JSON.
    fn read<'de, D: Deserializer<'de>, V: Visitor<'de>>(
        deserializer: D,
        visitor: V,
    ) -> Result<V::Value, D::Error>;
}

/// An object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectText {}

/// A list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArrayText {}

impl TextKind for ObjectText {
    const EMPTY: &'static str = "{}";

    fn read<'de, D: Deserializer<'de>, V: Visitor<'de>>(
        deserializer: D,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        deserializer.deserialize_map(visitor)
    }
}

impl TextKind for ArrayText {
    const EMPTY: &'static str = "[]";

    fn read<'de, D: Deserializer<'de>, V: Visitor<'de>>(
        deserializer: D,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        deserializer.deserialize_seq(visitor)
    }
}

impl<K> JsonText<K> {
    /// The text itself.
    ///
    /// # Errors
    /// The first thing that keeps it from being stored.
    pub fn check(&self) -> Result<&str, JsonError> {
        self.checked.map(|()| self.as_str())
    }

    /// The text. It is whole only where [`JsonText::check`] finds nothing.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl<K: TextKind> Default for JsonText<K> {
    fn default() -> Self {
        Self {
            text: K::EMPTY.to_owned(),
            checked: Ok(()),
            kind: PhantomData,
        }
    }
}

/// As the value itself: for the description of the API, which names defaults.
impl<K> Serialize for JsonText<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value: Value = serde_json::from_str(&self.text).unwrap_or_default();
        value.serialize(serializer)
    }
}

impl<'de, K: TextKind> Deserialize<'de> for JsonText<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut writer = Writer::new(JsonLimits::CONTENT);
        K::read(deserializer, &mut writer)?;
        Ok(Self {
            checked: writer.meter.end(),
            text: writer.text,
            kind: PhantomData,
        })
    }
}

/// Returns a stored object, or one that says how much cannot be read. Where that is so the value was stored by another
/// program, or by a version of Rollcall that did not bound it.
#[must_use]
pub fn read_object(text: &str) -> Map<String, Value> {
    let object = is_readable(text).then(|| serde_json::from_str(text).ok());
    object.flatten().unwrap_or_else(|| {
        let said = Value::from(unreadable(text.len()));
        Map::from_iter([(UNREADABLE.to_owned(), said)])
    })
}

/// What is said of a value that cannot be read, of so many bytes.
#[must_use]
pub fn unreadable(bytes: usize) -> String {
    format!("A value of {bytes} bytes is stored here that cannot be shown.")
}

/// Whether the readers of clients can read a stored text once it is wrapped in an answer.
#[must_use]
pub fn is_readable(text: &str) -> bool {
    depth_of(text) <= READ_DEPTH_MAX
}

/// How many lists and objects of a JSON text are inside each other.
fn depth_of(text: &str) -> usize {
    let (mut depth, mut most) = (0_usize, 0);
    let (mut in_text, mut escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                depth += 1;
                most = most.max(depth);
            }
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    most
}

#[cfg(test)]
mod tests;
