//! JSON objects whose structure Rollcall does not know: limited when they are received, and always readable when they are returned.

mod meter;
#[cfg(feature = "stored-json")]
mod stored;
mod writer;

use std::marker::PhantomData;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Visitor};
use serde_json::{Map, Value};

#[cfg(feature = "stored-json")]
pub use stored::StoredJson;
use writer::Writer;

use crate::{
    message::{Message, message_error},
    messages,
};

/// Maximum nesting of lists and objects, the outermost object counted. The parsers of most languages stop at 100 to 128 levels, and a
/// response wraps a value in a few more.
pub const DEPTH_MAX: usize = 32;
/// Maximum nesting of a stored value that is returned. Only another program can have stored more than [`DEPTH_MAX`].
const READ_DEPTH_MAX: usize = 96;
/// Key of the message that replaces an unreadable value.
const UNREADABLE: &str = "unreadable";
/// Start and end of that message, with the size of the value between them.
const UNREADABLE_MESSAGE: [&str; 2] = ["This stored value of ", " bytes can't be displayed."];

/// Limits of a JSON object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JsonLimits {
    /// Maximum length of its text in bytes, without spaces between the values.
    pub bytes: usize,
    /// Maximum number of values in it, counted at every level.
    pub values: usize,
}

impl JsonLimits {
    /// Limits of a profile and of notification preferences.
    pub const PROFILE: Self = Self {
        bytes: 8 * 1024,
        values: 1_000,
    };
    /// Limits of the metadata of a virtual key: a page of a list has many keys.
    pub const METADATA: Self = Self {
        bytes: 2 * 1024,
        values: 100,
    };
    /// Limits of an extension: the data of a user in another system.
    pub const EXTENSION: Self = Self {
        bytes: 64 * 1024,
        values: 10_000,
    };
    /// Limits of the content of an ontology or an annotation.
    pub const CONTENT: Self = Self {
        bytes: 1024 * 1024,
        values: 50_000,
    };
}

/// Reason why a JSON object is not stored, with a message for the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonError {
    /// More than [`DEPTH_MAX`] levels.
    Depth,
    /// Too many values; the value is the limit.
    Values(usize),
    /// Too long; the value is the limit in bytes.
    Bytes(usize),
    /// A NUL character, which PostgreSQL cannot store.
    Nul,
    /// A number that would be different when it is read back.
    Number,
}

impl JsonError {
    /// Returns the message for the client.
    #[must_use]
    pub fn message(self) -> Message {
        match self {
            Self::Depth => messages::json_depth(DEPTH_MAX),
            Self::Values(max) => messages::json_values(max),
            Self::Bytes(max) => messages::bytes_max(max),
            Self::Nul => messages::json_nul(),
            Self::Number => messages::json_number(),
        }
    }
}

message_error!(JsonError);

/// Checks a JSON object that is already parsed.
///
/// # Errors
/// The first reason why it cannot be stored.
pub fn check_object(object: &Map<String, Value>, limits: JsonLimits) -> Result<(), JsonError> {
    let mut writer = Writer::new(limits);
    // A parsed value contains nothing that the writer cannot visit, so there is no error to handle here.
    let _ = object.deserialize_map(&mut writer);
    writer.meter.end()
}

/// Adds members to the object in a member of another one. A member that exists is replaced; what is no object becomes one.
pub fn extend_member(object: &mut Map<String, Value>, name: &str, members: Map<String, Value>) {
    if let Some(Value::Object(member)) = object.get_mut(name) {
        member.extend(members);
    } else {
        object.insert(name.to_owned(), Value::Object(members));
    }
}

/// A JSON object or list as text. It is checked while it is received, so that no tree of its values is ever in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonText<K> {
    text: String,
    checked: Result<(), JsonError>,
    kind: PhantomData<K>,
}

/// A JSON object as text.
pub type JsonObject = JsonText<ObjectText>;
/// A JSON list as text.
pub type JsonArray = JsonText<ArrayText>;

/// Kind of value that a [`JsonText`] holds.
pub trait TextKind {
    /// Text of an empty value.
    const EMPTY: &'static str;

    /// Deserializes a value of this kind and rejects others.
    ///
    /// # Errors
    /// An error if it is a value of another kind, or not JSON.
    fn read<'de, D: Deserializer<'de>, V: Visitor<'de>>(
        deserializer: D,
        visitor: V,
    ) -> Result<V::Value, D::Error>;
}

/// Marker of a JSON object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectText {}

/// Marker of a JSON list.
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
    /// Returns the text if it can be stored.
    ///
    /// # Errors
    /// The first reason why it cannot be stored.
    pub fn check(&self) -> Result<&str, JsonError> {
        self.checked.map(|()| self.as_str())
    }

    /// Returns the text. It is complete only if [`JsonText::check`] finds no error.
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

/// Serializes the value itself, for the OpenAPI description, which contains defaults.
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

/// Parses a stored object. If it is unreadable, returns an object that says its size: it was stored by another program, or by a version of
/// Rollcall without limits.
#[must_use]
pub fn read_object(text: &str) -> Map<String, Value> {
    let object = is_readable(text).then(|| serde_json::from_str(text).ok());
    object.flatten().unwrap_or_else(|| {
        let said = Value::from(unreadable(text.len()));
        Map::from_iter([(UNREADABLE.to_owned(), said)])
    })
}

/// Returns the message for an unreadable value of this many bytes.
#[must_use]
pub fn unreadable(bytes: usize) -> String {
    let [start, end] = UNREADABLE_MESSAGE;
    format!("{start}{bytes}{end}")
}

/// Returns the number of bytes in the message for an unreadable value; `None` for any other text.
#[must_use]
pub fn unreadable_bytes(text: &str) -> Option<usize> {
    let [start, end] = UNREADABLE_MESSAGE;
    text.strip_prefix(start)?.strip_suffix(end)?.parse().ok()
}

/// Returns whether the parsers of clients can read a stored text once it is wrapped in a response.
#[must_use]
pub fn is_readable(text: &str) -> bool {
    depth_of(text) <= READ_DEPTH_MAX
}

/// Returns the maximum nesting of lists and objects in a JSON text.
fn depth_of(text: &str) -> usize {
    let (mut depth, mut most) = (0_usize, 0);
    let (mut in_text, mut escaped) = (false, false);
    // Bytes are enough: no byte of a multi-byte character in UTF-8 equals an ASCII character.
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
