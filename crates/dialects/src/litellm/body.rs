//! Bodies of requests: what clients leave blank, and what has no field here.

use axum::http::StatusCode;
use domain::{
    fields::FieldErrors,
    json::{JsonLimits, check_object},
};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::{Map, Value};
use service::Error;

use super::errors::{custom, invalid};
use crate::DialectError;

/// Fields of users that are stored as they are, because Rollcall has none for them.
pub(super) const KEPT: [&str; 11] = [
    "metadata",
    "aliases",
    "config",
    "permissions",
    "model_max_budget",
    "allowed_cache_controls",
    "guardrails",
    "policies",
    "prompts",
    "object_permission",
    "sso_user_id",
];

/// Maximum number of keys, teams or members that a request names: each costs queries.
const NAMED_MAX: usize = 500;

/// A field of an update, which stays if it is left out, and is cleared by null.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Field<T> {
    /// Left out of the body.
    #[default]
    Absent,
    /// Null.
    Null,
    /// With a value, which can be 0 or an empty list.
    Value(T),
}

impl<T> Field<T> {
    /// Returns the value.
    pub(super) fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// Returns the change that the field means: `None` if it stays, and `Some(None)` if it is cleared.
    pub(super) fn change(self) -> Option<Option<T>> {
        match self {
            Self::Absent => None,
            Self::Null => Some(None),
            Self::Value(value) => Some(Some(value)),
        }
    }
}

/// Deserializes a field that is in the body. Its struct has the default for one that is not.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(field: D) -> Result<Self, D::Error> {
        let value = Option::<T>::deserialize(field)?;
        Ok(value.map_or(Self::Null, Self::Value))
    }
}

/// Returns the fields of a body.
pub(super) fn fields(body: Value) -> Result<Map<String, Value>, DialectError> {
    let Value::Object(fields) = body else {
        return Err(invalid(
            "model_attributes_type",
            ["body", ""],
            "Input should be a valid dictionary or object to extract fields from",
        ));
    };
    Ok(fields)
}

/// Returns the fields of a body without blank ones: null, empty lists and empty objects, which are defaults of what is created.
pub(super) fn filled(body: Value) -> Result<Map<String, Value>, DialectError> {
    let mut fields = fields(body)?;
    fields.retain(|_, value| !is_blank(value));
    Ok(fields)
}

/// Returns whether a value is null, an empty list or an empty object.
pub(super) fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Parses fields.
pub(super) fn parse<T: DeserializeOwned>(fields: &Map<String, Value>) -> Result<T, DialectError> {
    let parsed = serde_json::from_value(Value::Object(fields.clone()));
    parsed.map_err(|error| DialectError::Malformed(error.to_string()))
}

/// Checks the number of objects that a body names, before the first one is looked up.
pub(super) fn check_number(number: usize, objects: &str) -> Result<(), DialectError> {
    if number <= NAMED_MAX {
        return Ok(());
    }
    let text = format!("At most {NAMED_MAX} {objects} are accepted at once. Found {number}");
    Err(custom(StatusCode::BAD_REQUEST, text))
}

/// Returns the fields that are stored as they are, which must not exceed the limits.
pub(super) fn kept(fields: &Map<String, Value>) -> Result<Map<String, Value>, DialectError> {
    let kept = fields
        .iter()
        .filter(|(name, _)| KEPT.contains(&name.as_str()));
    let kept: Map<String, Value> = kept
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    check(&kept, "metadata", JsonLimits::EXTENSION)?;
    Ok(kept)
}

/// Checks an object of a field.
pub(super) fn check(
    object: &Map<String, Value>,
    field: &str,
    limits: JsonLimits,
) -> Result<(), DialectError> {
    check_object(object, limits).map_err(|error| {
        let mut errors = FieldErrors::default();
        errors.add(field, error);
        Error::Invalid(errors).into()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn blank_values_are_left_out_of_what_is_created() {
        let body =
            json!({ "a": null, "b": [], "c": {}, "d": 0, "e": 0.0, "f": false, "g": "", "h": [0] });
        let names = |fields: Map<String, Value>| fields.keys().cloned().collect::<String>();
        assert_eq!(names(filled(body.clone()).unwrap()), "defgh");
        assert_eq!(names(fields(body).unwrap()), "abcdefgh");
        for body in [json!([]), json!(null), json!("a")] {
            assert!(fields(body.clone()).is_err() && filled(body).is_err());
        }
    }

    #[test]
    fn absent_null_and_zero_are_distinct() {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Body {
            budget: Field<i64>,
        }
        for (body, change) in [
            (json!({}), None),
            (json!({ "budget": null }), Some(None)),
            (json!({ "budget": 0 }), Some(Some(0))),
        ] {
            let read: Body = parse(&fields(body.clone()).unwrap()).unwrap();
            assert_eq!(read.budget.value().copied(), change.flatten(), "{body}");
            assert_eq!(read.budget.change(), change, "{body}");
        }
        let wrong = fields(json!({ "budget": "much" })).unwrap();
        assert!(parse::<Body>(&wrong).is_err());
    }

    #[test]
    fn only_fields_without_a_home_are_kept() {
        let body = json!({ "user_id": "u", "metadata": { "a": 1 }, "spend": 3 });
        let kept = kept(&fields(body).unwrap()).unwrap();
        assert_eq!(Value::Object(kept), json!({ "metadata": { "a": 1 } }));
    }
}
