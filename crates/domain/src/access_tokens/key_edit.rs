//! Changes of a virtual key after its creation.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::check_days;
use crate::{
    fields::FieldErrors,
    json::{JsonLimits, check_object},
    limits::check_models,
    object::{distinct, present},
    users::names::DisplayName,
};

/// A change of a virtual key, not yet checked. Fields that are left out stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[schema(as = VirtualKeyUpdateRequest)]
pub struct VirtualKeyEdit {
    /// Purpose of the key.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1)]
    pub name: Option<String>,
    /// Lifetime in days from now on; `null` for no expiry.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u16>, minimum = 1)]
    pub days: Option<Option<u16>>,
    /// Names of the models that it can use; `null` for all, an empty list for none.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub allowed_models: Option<Option<Vec<String>>>,
    /// Data of the host application.
    #[serde(
        deserialize_with = "present_object",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(nullable = false)]
    pub metadata: Option<Map<String, Value>>,
}

/// Deserializes an object of arbitrary fields, which is there and not `null`.
fn present_object<'de, D: serde::Deserializer<'de>>(
    object: D,
) -> Result<Option<Map<String, Value>>, D::Error> {
    distinct(object).map(Some)
}

/// A checked change of a virtual key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VirtualKeyPatch {
    /// Purpose of the key.
    pub name: Option<DisplayName>,
    /// Lifetime in days from now on; `Some(None)` for no expiry.
    pub days: Option<Option<u16>>,
    /// Models that it can use; `Some(None)` for all.
    pub allowed_models: Option<Option<Vec<String>>>,
    /// Data of the host application.
    pub metadata: Option<Map<String, Value>>,
}

impl VirtualKeyEdit {
    /// Checks every field. `longest` is the maximum lifetime in days, 0 for none.
    ///
    /// # Errors
    /// The errors of all fields at once.
    pub fn check(&self, longest: u16) -> Result<VirtualKeyPatch, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = self.name.as_deref();
        let name = name.and_then(|name| errors.take("name", name.parse()));
        if let Some(days) = self.days {
            check_days(days, longest, &mut errors);
        }
        let models = self.allowed_models.as_ref();
        let allowed_models = models.map(|models| check_models(models.as_deref(), &mut errors));
        if let Some(metadata) = &self.metadata {
            errors.take("metadata", check_object(metadata, JsonLimits::METADATA));
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(VirtualKeyPatch {
            name,
            days: self.days,
            allowed_models,
            metadata: self.metadata.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(json: Value) -> Result<VirtualKeyEdit, serde_json::Error> {
        serde_json::from_value(json)
    }

    #[test]
    fn absent_fields_stay() {
        let patch = read(json!({})).unwrap().check(365).unwrap();
        assert_eq!(patch, VirtualKeyPatch::default());
    }

    #[test]
    fn null_means_all_models_and_no_expiry() {
        let edit = read(json!({ "days": null, "allowedModels": null })).unwrap();
        let patch = edit.check(0).unwrap();
        assert_eq!((patch.days, patch.allowed_models), (Some(None), Some(None)));
        assert!(edit.check(365).is_err(), "every key must expire");
        let none = read(json!({ "allowedModels": [] })).unwrap().check(0);
        assert_eq!(none.unwrap().allowed_models, Some(Some(Vec::new())));
        for field in ["name", "metadata"] {
            let mut json = json!({});
            json[field] = Value::Null;
            assert!(read(json).is_err(), "{field}");
        }
    }

    #[test]
    fn every_error_is_reported() {
        let bad = json!({
            "name": " ", "days": 0, "allowedModels": ["\u{0}"], "metadata": { "a": "\u{0}" },
        });
        let errors = read(bad).unwrap().check(365).unwrap_err();
        let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["name", "days", "allowed_models", "metadata"]);
    }
}
