//! Bodies of requests: what clients leave blank, and what has no field here.

use axum::http::StatusCode;
use domain::{
    fields::FieldErrors,
    json::{JsonLimits, check_object},
};
use serde::de::DeserializeOwned;
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

/// Blank values that are left out of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blank {
    /// Null, empty lists and empty objects.
    Empty,
    /// These and zero, as updates leave out.
    EmptyOrZero,
}

/// Returns the fields of a body without blank values.
pub(super) fn fields(body: Value, blank: Blank) -> Result<Map<String, Value>, DialectError> {
    let Value::Object(mut fields) = body else {
        return Err(invalid(
            "model_attributes_type",
            ["body", ""],
            "Input should be a valid dictionary or object to extract fields from",
        ));
    };
    fields.retain(|_, value| match value {
        Value::Null => false,
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        Value::Number(number) => blank == Blank::Empty || number.as_f64() != Some(0.0),
        Value::Bool(_) | Value::String(_) => true,
    });
    Ok(fields)
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
    fn blank_values_are_left_out() {
        let body =
            json!({ "a": null, "b": [], "c": {}, "d": 0, "e": 0.0, "f": false, "g": "", "h": [0] });
        let names = |blank| {
            let fields = fields(body.clone(), blank).unwrap();
            fields.keys().cloned().collect::<Vec<_>>().join("")
        };
        assert_eq!(names(Blank::Empty), "defgh");
        assert_eq!(names(Blank::EmptyOrZero), "fgh");
        for body in [json!([]), json!(null), json!("a")] {
            assert!(fields(body, Blank::Empty).is_err());
        }
    }

    #[test]
    fn only_fields_without_a_home_are_kept() {
        let body = json!({ "user_id": "u", "metadata": { "a": 1 }, "spend": 3 });
        let kept = kept(&fields(body, Blank::Empty).unwrap()).unwrap();
        assert_eq!(Value::Object(kept), json!({ "metadata": { "a": 1 } }));
    }
}
