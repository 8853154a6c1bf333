//! Deserialization of JSON objects sent by programs.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{
        Error, IgnoredAny, MapAccess, Visitor,
        value::{MapAccessDeserializer, StrDeserializer},
    },
};
use serde_json::{Map, Value};

/// Deserializes a JSON object and rejects a list, whose items serde would accept as the fields one after the other.
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(object: D) -> Result<Self, D::Error> {
        object.deserialize_map(Fields(PhantomData)).map(Self)
    }
}

/// Visitor for the fields of an object.
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

/// Deserializes a field that is present. If `T` does not accept `null`, a `null` is an error, because it would pass for absence. If `T` is
/// an option, `null` stays distinct from absence.
///
/// # Errors
/// An error if the value is not a `T`.
pub fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    value: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(value).map(Some)
}

/// Deserializes an object of arbitrary fields and rejects a repeated one.
///
/// # Errors
/// Fails if the value is not an object or has a field twice.
pub fn distinct<'de, D: Deserializer<'de>>(object: D) -> Result<Map<String, Value>, D::Error> {
    object.deserialize_map(DistinctFields)
}

/// Deserializes such an object in a field where `null` is distinct from absence.
///
/// # Errors
/// As [`distinct`].
pub fn present_distinct<'de, D: Deserializer<'de>>(
    object: D,
) -> Result<Option<Option<Map<String, Value>>>, D::Error> {
    let object = Option::<Distinct>::deserialize(object)?;
    Ok(Some(object.map(|Distinct(object)| object)))
}

struct Distinct(Map<String, Value>);

impl<'de> Deserialize<'de> for Distinct {
    fn deserialize<D: Deserializer<'de>>(object: D) -> Result<Self, D::Error> {
        distinct(object).map(Self)
    }
}

/// Visitor that rejects repeated fields.
struct DistinctFields;

impl<'de> Visitor<'de> for DistinctFields {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            if object.contains_key(&name) {
                return Err(A::Error::custom(format_args!("duplicate field `{name}`")));
            }
            object.insert(name, fields.next_value()?);
        }
        Ok(object)
    }
}

/// Deserializes an enum that is sent as a text or as an object with one field. The error of another type names it; that of the enum itself
/// would be about the syntax.
///
/// # Errors
/// Fails if the value is none of the enum.
pub fn variant<'de, T: Deserialize<'de>, D: Deserializer<'de>>(value: D) -> Result<T, D::Error> {
    variant_of(value, "a text or an object with one field")
}

/// Deserializes such an enum. The error of another value says what is `expected`.
pub(crate) fn variant_of<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    value: D,
    expected: &'static str,
) -> Result<T, D::Error> {
    value.deserialize_any(Variants {
        expected,
        variant: PhantomData,
    })
}

/// Visitor for the variants of an enum.
struct Variants<T> {
    expected: &'static str,
    variant: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Variants<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<T, E> {
        T::deserialize(StrDeserializer::<E>::new(name))
    }

    /// Reads the object to its end: a further field would be an error of the syntax afterwards.
    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<T, A::Error> {
        let value = T::deserialize(MapAccessDeserializer::new(&mut fields))?;
        let mut count = 1;
        while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
            count += 1;
        }
        if count == 1 {
            Ok(value)
        } else {
            Err(A::Error::invalid_length(count, &self))
        }
    }
}

/// Deserializes a field that is an object and not a list.
pub(crate) fn object<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    value: D,
) -> Result<T, D::Error> {
    Object::deserialize(value).map(|Object(value)| value)
}

/// Deserializes a field that must be there, and is an object or `null`.
pub(crate) fn nullable_object<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    value: D,
) -> Result<Option<T>, D::Error> {
    let object = Option::<Object<T>>::deserialize(value)?;
    Ok(object.map(|Object(value)| value))
}

/// Deserializes a field that is a list of objects and not of lists.
///
/// # Errors
/// Fails if the value is not a list, or an item is not an object.
pub fn objects<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    value: D,
) -> Result<Vec<T>, D::Error> {
    let objects = Vec::<Object<T>>::deserialize(value)?;
    Ok(objects.into_iter().map(|Object(value)| value).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Point {
        #[expect(dead_code, reason = "the test only checks that it deserializes")]
        x: i32,
    }

    #[derive(Debug, Deserialize)]
    struct Line {
        #[serde(deserialize_with = "object")]
        #[expect(dead_code, reason = "the test only checks that it deserializes")]
        from: Point,
        #[serde(deserialize_with = "objects")]
        #[expect(dead_code, reason = "the test only checks that it deserializes")]
        through: Vec<Point>,
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct UserChanges {
        #[serde(deserialize_with = "distinct")]
        known: Map<String, Value>,
        #[serde(deserialize_with = "present_distinct")]
        more: Option<Option<Map<String, Value>>>,
    }

    #[test]
    fn an_object_has_no_field_twice() {
        let read = |json: &str| serde_json::from_str::<UserChanges>(json);
        let parsed = read(r#"{"known":{"a":1,"b":{"a":2}},"more":null}"#).unwrap();
        assert_eq!(
            Value::from(parsed.known).to_string(),
            r#"{"a":1,"b":{"a":2}}"#
        );
        assert_eq!(parsed.more, Some(None));
        assert_eq!(read("{}").unwrap(), UserChanges::default());
        for json in [
            r#"{"known":{"a":1,"b":2,"a":1}}"#,
            r#"{"more":{"a":1,"a":null}}"#,
            r#"{"more":{"a":1,"\u0061":2}}"#,
        ] {
            let error = read(json).unwrap_err().to_string();
            assert!(error.starts_with("duplicate field `a`"), "{json}: {error}");
        }
        assert!(read(r#"{"known":[]}"#).is_err());
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Shape {
        Dot,
        Circle(i32),
    }

    #[derive(Debug, Deserialize)]
    struct Drawing {
        #[serde(deserialize_with = "variant")]
        shape: Shape,
    }

    #[test]
    fn errors_of_enums_name_the_type() {
        let read = |json: &str| serde_json::from_str::<Drawing>(json);
        assert_eq!(read(r#"{"shape":"dot"}"#).unwrap().shape, Shape::Dot);
        let circle = read(r#"{"shape":{"circle":7}}"#).unwrap();
        assert_eq!(circle.shape, Shape::Circle(7));
        for (json, says) in [
            (r#"{"shape":null}"#, "invalid type: null"),
            (r#"{"shape":7}"#, "invalid type: integer `7`"),
            (r#"{"shape":"cube"}"#, "unknown variant `cube`"),
            (r#"{"shape":{"cube":7}}"#, "unknown variant `cube`"),
            (r#"{"shape":{"circle":7,"cube":8}}"#, "invalid length 2"),
            (r#"{"shape":{"circle":7,"circle":8}}"#, "invalid length 2"),
        ] {
            let error = read(json).unwrap_err();
            assert!(error.is_data(), "{json}");
            assert!(error.to_string().starts_with(says), "{json}: {error}");
        }
    }

    #[test]
    fn lists_are_not_objects() {
        for (json, well) in [
            (r#"{"from":{"x":1},"through":[{"x":2}]}"#, true),
            (r#"{"from":[1],"through":[{"x":2}]}"#, false),
            (r#"{"from":{"x":1},"through":[[2]]}"#, false),
        ] {
            assert_eq!(serde_json::from_str::<Line>(json).is_ok(), well, "{json}");
        }
        assert!(serde_json::from_str::<Object<Point>>("[1]").is_err());
    }
}
