//! Bodies of requests and responses.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Content type of forms.
const FORM: &str = "application/x-www-form-urlencoded";
/// Maximum number of bytes of a recorded body.
const LONGEST: usize = 32 * 1024;

/// A body.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Body {
    /// No bytes.
    #[default]
    Empty,
    /// JSON.
    Json(Value),
    /// Fields of a form.
    Form(Vec<(String, String)>),
    /// Other text.
    Text(String),
    /// Bytes that are not recorded, because they are no text or too many.
    Omitted,
}

impl Body {
    /// Reads a body with its content type.
    #[must_use]
    pub fn read(kind: &str, bytes: &[u8]) -> Self {
        let text = match str::from_utf8(bytes) {
            Ok("") => return Self::Empty,
            Ok(text) if text.len() <= LONGEST => text,
            _ => return Self::Omitted,
        };
        if kind.starts_with(FORM) {
            return Self::Form(form_urlencoded::parse(bytes).into_owned().collect());
        }
        let parsed = serde_json::from_str(text);
        match parsed {
            Ok(value) if kind.contains("json") => Self::Json(value),
            _ => Self::Text(text.to_owned()),
        }
    }

    /// Returns the bytes of the body; none if they are not recorded.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let text = match self {
            Self::Empty | Self::Omitted => String::new(),
            Self::Json(value) => value.to_string(),
            Self::Form(fields) => form_urlencoded::Serializer::new(String::new())
                .extend_pairs(fields)
                .finish(),
            Self::Text(text) => text.clone(),
        };
        text.into_bytes()
    }

    /// Visits all texts that can contain a generated value.
    pub(crate) fn each_text(&mut self, visit: &mut dyn FnMut(&mut String)) {
        match self {
            Self::Json(value) => each_string(value, visit),
            Self::Form(fields) => {
                for (_, value) in fields {
                    visit(value);
                }
            }
            Self::Text(text) => visit(text),
            Self::Empty | Self::Omitted => {}
        }
    }
}

fn each_string(value: &mut Value, visit: &mut dyn FnMut(&mut String)) {
    match value {
        Value::String(text) => visit(text),
        Value::Array(items) => {
            for item in items {
                each_string(item, visit);
            }
        }
        Value::Object(members) => {
            for (_, member) in members {
                each_string(member, visit);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn bodies_are_read_by_their_type_and_written_again() {
        let json = "application/json; charset=utf-8";
        for (kind, text, body) in [
            (json, "", Body::Empty),
            (json, "{\"a\":1}", Body::Json(json!({ "a": 1 }))),
            (json, "{\"a\"", Body::Text("{\"a\"".into())),
            ("text/plain", "7", Body::Text("7".into())),
            (
                FORM,
                "a=%40+b",
                Body::Form(vec![("a".into(), "@ b".into())]),
            ),
        ] {
            assert_eq!(Body::read(kind, text.as_bytes()), body, "{text}");
            assert_eq!(String::from_utf8(body.bytes()).unwrap(), text);
        }
        assert_eq!(Body::read("image/png", b"\x89PNG"), Body::Omitted);
        assert_eq!(Body::read("text/plain", &[b'x'; 40_000]), Body::Omitted);
    }
}
