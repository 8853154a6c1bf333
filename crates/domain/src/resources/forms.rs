//! Forms for storing and changing resources.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::KIND_MAX;
use crate::{
    fields::FieldErrors,
    json::{JsonLimits, check_object},
    label::{NAME_MAX, parse_label},
    message::Message,
    messages,
    object::{present, present_distinct},
};

/// A resource to create or to change, by its kind and its id in the host application. What is left out stays as it is, or has its
/// default in a new resource: no owner, no client, active, no data.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ResourceDraft {
    /// Kind of the resource.
    pub kind: String,
    /// The id of the resource in the host application.
    pub external_id: String,
    /// Name of the resource.
    pub name: String,
    /// The id of the user who owns it.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub owner_id: Option<Uuid>,
    /// Number of the client whose data it is; `null` for none, which makes it visible to users of all clients.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i32>)]
    pub client_id: Option<Option<i32>>,
    /// Whether users can reach it.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub active: Option<bool>,
    /// Data of the host application; `null` removes it.
    #[serde(
        deserialize_with = "present_distinct",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Option<Map<String, Value>>)]
    pub data: Option<Option<Map<String, Value>>>,
}

/// A checked resource to create or to change. Its form in JSON is the one that the database reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredResource {
    /// Kind of the resource.
    pub kind: String,
    /// The id of the resource in the host application.
    pub external_id: String,
    /// Name of the resource.
    pub name: String,
    /// The id of the user who owns it; `None` to leave it.
    pub owner_id: Option<Uuid>,
    /// Whether the client is set.
    pub sets_client: bool,
    /// Number of the client.
    pub client_id: Option<i32>,
    /// Whether users can reach it; `None` to leave it.
    pub active: Option<bool>,
    /// Data of the host application; `None` to leave it.
    pub data: Option<Map<String, Value>>,
}

impl ResourceDraft {
    /// Checks every field.
    ///
    /// # Errors
    /// The errors of all fields at once.
    pub fn check(self) -> Result<StoredResource, FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.take("kind", check_kind(&self.kind));
        let external_id = errors.take("external_id", parse_label(&self.external_id, NAME_MAX));
        let name = errors.take("name", parse_label(&self.name, NAME_MAX));
        let data = self.data.map(Option::unwrap_or_default);
        if let Some(data) = &data {
            errors.take("data", check_object(data, JsonLimits::PROFILE));
        }
        match (external_id, name) {
            (Some(external_id), Some(name)) if errors.is_empty() => Ok(StoredResource {
                kind: self.kind,
                external_id,
                name,
                owner_id: self.owner_id,
                sets_client: self.client_id.is_some(),
                client_id: self.client_id.flatten(),
                active: self.active,
                data,
            }),
            _ => Err(errors),
        }
    }
}

/// A change of a resource, not yet checked. Fields that are left out stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[schema(as = ResourceUpdateRequest)]
pub struct ResourceEdit {
    /// Name of the resource.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub name: Option<String>,
    /// The id of the user who owns it; `null` for none.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub owner_id: Option<Option<Uuid>>,
    /// Number of the client whose data it is; `null` for none, which makes it visible to users of all clients.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i32>)]
    pub client_id: Option<Option<i32>>,
    /// Whether users can reach it.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub active: Option<bool>,
}

/// A checked change of a resource.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResourcePatch {
    /// Name of the resource.
    pub name: Option<String>,
    /// The id of the user who owns it; `Some(None)` for none.
    pub owner_id: Option<Option<Uuid>>,
    /// Number of the client whose data it is; `Some(None)` for none.
    pub client_id: Option<Option<i32>>,
    /// Whether users can reach it.
    pub active: Option<bool>,
}

impl ResourceEdit {
    /// Checks every field.
    ///
    /// # Errors
    /// The errors of all fields at once.
    pub fn check(self) -> Result<ResourcePatch, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = self
            .name
            .and_then(|name| errors.take("name", parse_label(&name, NAME_MAX)));
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(ResourcePatch {
            name,
            owner_id: self.owner_id,
            client_id: self.client_id,
            active: self.active,
        })
    }
}

/// Checks the form of a kind.
///
/// # Errors
/// A message about the form, for any other text.
pub fn check_kind(kind: &str) -> Result<(), Message> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    if (1..=KIND_MAX).contains(&kind.len()) && kind.chars().all(fits) {
        Ok(())
    } else {
        Err(messages::resource_kind(KIND_MAX))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn draft(json: Value) -> Result<StoredResource, Vec<String>> {
        let draft: ResourceDraft = serde_json::from_value(json).unwrap();
        draft.check().map_err(|errors| {
            let fields = errors.iter().map(|error| error.field.clone());
            fields.collect()
        })
    }

    #[test]
    fn draft_reports_every_error() {
        let errors = draft(json!({ "kind": "Big Models", "data": { "a": "\u{0}" } }));
        assert_eq!(errors.unwrap_err(), ["kind", "external_id", "name", "data"]);
    }

    #[test]
    fn client_that_is_left_out_stays() {
        let named = json!({ "kind": "models", "externalId": "a", "name": "A" });
        let stored = draft(named.clone()).unwrap();
        assert_eq!((stored.sets_client, stored.client_id), (false, None));
        for (client, expected) in [(json!(null), None), (json!(7), Some(7))] {
            let mut json = named.clone();
            json["clientId"] = client;
            let stored = draft(json).unwrap();
            assert_eq!((stored.sets_client, stored.client_id), (true, expected));
        }
    }

    #[test]
    fn kinds_have_lower_case_letters() {
        for (kind, is_valid) in [
            ("models", true),
            ("api-keys_2", true),
            ("", false),
            ("Models", false),
            ("a.b", false),
            ("a\0", false),
        ] {
            assert_eq!(check_kind(kind).is_ok(), is_valid, "{kind:?}");
        }
        assert!(check_kind(&"k".repeat(51)).is_err());
    }
}
