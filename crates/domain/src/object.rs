//! JSON objects as they come from programs.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::{Map, Value};

/// What a JSON object holds. A list is none, though serde would take its items for the fields one after the other.
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(object: D) -> Result<Self, D::Error> {
        object.deserialize_map(Fields(PhantomData)).map(Self)
    }
}

/// Reads the fields of an object.
struct Fields<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(fields))
    }
}

/// A field that is an object and not a list.
pub(crate) fn object<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    value: D,
) -> Result<T, D::Error> {
    Object::deserialize(value).map(|Object(value)| value)
}

/// A field that is a list of objects and not of lists.
pub(crate) fn objects<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    value: D,
) -> Result<Vec<T>, D::Error> {
    let objects = Vec::<Object<T>>::deserialize(value)?;
    Ok(objects.into_iter().map(|Object(value)| value).collect())
}

/// Largest number that is kept, on either side of zero, and one over the smallest: PostgreSQL writes every digit of a number out,
/// and the largest that there is cannot even be read back.
const NUMBER_MAX: f64 = 1e38;

/// Why an object cannot be kept, as a sentence. PostgreSQL has no NUL in a text, and numbers of any size, and what it cannot keep
/// it says only when it is written.
pub(crate) fn unkeepable(object: &Map<String, Value>) -> Option<&'static str> {
    object
        .iter()
        .find_map(|(key, value)| in_text(key).or_else(|| in_value(value)))
}

fn in_value(value: &Value) -> Option<&'static str> {
    match value {
        Value::String(text) => in_text(text),
        Value::Array(items) => items.iter().find_map(in_value),
        Value::Object(object) => unkeepable(object),
        Value::Number(number) => {
            let size = number.as_f64().unwrap_or(f64::INFINITY).abs();
            let is_kept = size == 0.0 || (NUMBER_MAX.recip()..=NUMBER_MAX).contains(&size);
            (!is_kept).then_some("Use numbers from 1e-38 to 1e38, or 0, with a - in front or not.")
        }
        Value::Null | Value::Bool(_) => None,
    }
}

fn in_text(text: &str) -> Option<&'static str> {
    text.contains('\0').then_some("Remove the NUL characters.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Point {
        #[expect(dead_code, reason = "only whether it is read counts")]
        x: i32,
    }

    #[derive(Debug, Deserialize)]
    struct Line {
        #[serde(deserialize_with = "object")]
        #[expect(dead_code, reason = "only whether it is read counts")]
        from: Point,
        #[serde(deserialize_with = "objects")]
        #[expect(dead_code, reason = "only whether it is read counts")]
        through: Vec<Point>,
    }

    #[test]
    fn lists_are_no_objects() {
        for (json, well) in [
            (r#"{"from":{"x":1},"through":[{"x":2}]}"#, true),
            (r#"{"from":[1],"through":[{"x":2}]}"#, false),
            (r#"{"from":{"x":1},"through":[[2]]}"#, false),
        ] {
            assert_eq!(serde_json::from_str::<Line>(json).is_ok(), well, "{json}");
        }
        assert!(serde_json::from_str::<Object<Point>>("[1]").is_err());
    }

    #[test]
    fn what_cannot_be_kept_is_found_wherever_it_is() {
        for (json, says) in [
            (r#"{"a":"\u0000"}"#, "NUL"),
            (r#"{"\u0000":1}"#, "NUL"),
            (r#"{"a":[{"b":["x\u0000"]}]}"#, "NUL"),
            (r#"{"a":[{"b":-1.7976931348623157e308}]}"#, "numbers"),
            (r#"{"a":1e39}"#, "numbers"),
            (r#"{"a":-1e-39}"#, "numbers"),
            (
                r#"{"a":"\\u0000","b":[1,null,true,-1e38,1e-37,0,18446744073709551615]}"#,
                "",
            ),
        ] {
            let object: Map<String, Value> = serde_json::from_str(json).unwrap();
            let found = unkeepable(&object);
            assert_eq!(found.is_some(), !says.is_empty(), "{json}");
            assert!(found.unwrap_or_default().contains(says), "{json}");
        }
    }
}
