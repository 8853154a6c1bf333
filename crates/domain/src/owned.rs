//! Data that users own in the host application: personas, ontologies and annotations, as programs read and write them.

mod texts;

use serde::{Deserialize, Deserializer, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

#[cfg(feature = "stored-json")]
use crate::json::StoredJson;
use crate::{
    fields::FieldErrors,
    json::{JsonArray, JsonObject},
    object::present,
};
pub use texts::TextError;
use texts::Texts;

/// Maximum number of characters of a single-line text: a name, a role, a label or the id of a video.
pub const LINE_MAX: usize = 200;
/// Maximum number of characters of a persona's information need and of its details.
pub const TEXT_MAX: usize = 10_000;
/// Default name of an ontology.
const UNNAMED: &str = "Ontology";

/// A persona: an identity under which a user works in the host application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PersonaResponse)]
pub struct Persona {
    /// The id of the persona.
    pub id: Uuid,
    /// The id of its owner.
    pub user_id: Uuid,
    /// Name of the persona.
    pub name: String,
    /// Task of the persona.
    pub role: String,
    /// Information that the persona looks for.
    pub information_need: String,
    /// Further description.
    pub details: Option<String>,
    /// Whether the host application has created it by itself.
    pub is_system_generated: bool,
    /// Whether the host application's lists leave it out.
    pub hidden: bool,
    /// Time of creation.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// Time of the last change.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

/// Values of a persona, not yet checked. Absent fields stay; a new persona needs a name, a role and an information need.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = PersonaWriteRequest)]
pub struct PersonaDraft {
    /// Name of the persona.
    #[serde(deserialize_with = "present")]
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    pub name: Option<String>,
    /// Task of the persona.
    #[serde(deserialize_with = "present")]
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    pub role: Option<String>,
    /// Information that the persona looks for.
    #[serde(deserialize_with = "present")]
    #[schema(min_length = 1, max_length = 10000, nullable = false)]
    pub information_need: Option<String>,
    /// Further description; `null` for none.
    #[serde(deserialize_with = "null_is_empty")]
    #[schema(max_length = 10000)]
    pub details: Option<String>,
    /// Whether the host application has created it by itself.
    #[serde(deserialize_with = "present")]
    #[schema(nullable = false)]
    pub is_system_generated: Option<bool>,
    /// Whether the host application's lists leave it out.
    #[serde(deserialize_with = "present")]
    #[schema(nullable = false)]
    pub hidden: Option<bool>,
}

/// Deserializes a text, or `null` as an empty one.
fn null_is_empty<'de, D: Deserializer<'de>>(value: D) -> Result<Option<String>, D::Error> {
    Option::<String>::deserialize(value).map(|text| Some(text.unwrap_or_default()))
}

impl PersonaDraft {
    /// Checks every field. `new` is true for a new persona, which needs the required fields, and false for a change.
    ///
    /// # Errors
    /// The errors of all fields at once.
    pub fn check(self, new: bool) -> Result<Self, FieldErrors> {
        let mut texts = Texts::default();
        let checked = Self {
            name: texts.line("name", self.name, new, true),
            role: texts.line("role", self.role, new, true),
            information_need: texts.required_text("information_need", self.information_need, new),
            details: texts.text("details", self.details),
            is_system_generated: self.is_system_generated,
            hidden: self.hidden,
        };
        texts.end(checked)
    }
}

/// The ontology of a persona: the types and relations that it works with.
#[cfg(feature = "stored-json")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OntologyResponse)]
pub struct Ontology {
    /// The id of the ontology.
    pub id: Uuid,
    /// The id of the persona that it belongs to.
    pub persona_id: Uuid,
    /// Name of the ontology.
    pub name: String,
    /// Content in the host application's own structure; it includes the five lists below where they are set.
    #[schema(value_type = serde_json::Value)]
    pub content: StoredJson,
    /// Types of entities.
    #[schema(value_type = Vec<serde_json::Value>)]
    pub entities: StoredJson,
    /// Types of roles.
    #[schema(value_type = Vec<serde_json::Value>)]
    pub roles: StoredJson,
    /// Types of events.
    #[schema(value_type = Vec<serde_json::Value>)]
    pub events: StoredJson,
    /// Types of relations.
    #[schema(value_type = Vec<serde_json::Value>)]
    pub relation_types: StoredJson,
    /// Relations between these types.
    #[schema(value_type = Vec<serde_json::Value>)]
    pub relations: StoredJson,
    /// Time of creation.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// Time of the last change.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

/// Values of a persona's ontology, not yet checked. Absent fields stay.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = OntologyUpdateRequest)]
pub struct OntologyDraft {
    /// Name of the ontology.
    #[serde(deserialize_with = "present")]
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    pub name: Option<String>,
    /// Content in the host application's own structure.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<serde_json::Map<String, serde_json::Value>>, nullable = false)]
    pub content: Option<JsonObject>,
    /// Types of entities.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<Vec<serde_json::Value>>, nullable = false)]
    pub entities: Option<JsonArray>,
    /// Types of roles.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<Vec<serde_json::Value>>, nullable = false)]
    pub roles: Option<JsonArray>,
    /// Types of events.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<Vec<serde_json::Value>>, nullable = false)]
    pub events: Option<JsonArray>,
    /// Types of relations.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<Vec<serde_json::Value>>, nullable = false)]
    pub relation_types: Option<JsonArray>,
    /// Relations between these types.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<Vec<serde_json::Value>>, nullable = false)]
    pub relations: Option<JsonArray>,
}

impl OntologyDraft {
    /// Checks every field.
    ///
    /// # Errors
    /// The errors of all fields at once.
    pub fn check(self) -> Result<Self, FieldErrors> {
        let mut texts = Texts::default();
        let checked = Self {
            name: texts.line("name", self.name, false, true),
            content: texts.content("content", self.content),
            entities: texts.content("entities", self.entities),
            roles: texts.content("roles", self.roles),
            events: texts.content("events", self.events),
            relation_types: texts.content("relation_types", self.relation_types),
            relations: texts.content("relations", self.relations),
        };
        texts.end(checked)
    }

    /// Returns a JSON object of the lists that are set, under the names that they have in the content.
    #[must_use]
    pub fn lists(&self) -> String {
        let lists = [
            ("entities", &self.entities),
            ("roles", &self.roles),
            ("events", &self.events),
            ("relationTypes", &self.relation_types),
            ("relations", &self.relations),
        ];
        let given = lists.iter().filter_map(|(name, list)| {
            let list = list.as_ref()?;
            Some(format!("\"{name}\":{}", list.as_str()))
        });
        format!("{{{}}}", given.collect::<Vec<_>>().join(","))
    }

    /// Returns the name for a new ontology.
    #[must_use]
    pub fn new_name(&self) -> &str {
        self.name.as_deref().unwrap_or(UNNAMED)
    }
}

/// An annotation on a video.
#[cfg(feature = "stored-json")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AnnotationResponse)]
pub struct Annotation {
    /// The id of the annotation.
    pub id: Uuid,
    /// The id of the persona that it belongs to.
    pub persona_id: Uuid,
    /// The id of the user who created it.
    pub user_id: Uuid,
    /// The id of the video.
    pub video_id: String,
    /// Short text of the annotation.
    pub label: String,
    /// Content in the host application's own structure.
    #[schema(value_type = serde_json::Value)]
    pub content: StoredJson,
    /// Time of creation.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// Values of an annotation, not yet checked. Absent fields stay; a new annotation needs a video and a label.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = AnnotationWriteRequest)]
pub struct AnnotationDraft {
    /// The id of the video.
    #[serde(deserialize_with = "present")]
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    pub video_id: Option<String>,
    /// Short text of the annotation.
    #[serde(deserialize_with = "present")]
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    pub label: Option<String>,
    /// Content in the host application's own structure.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<serde_json::Map<String, serde_json::Value>>, nullable = false)]
    pub content: Option<JsonObject>,
}

impl AnnotationDraft {
    /// Checks every field. `new` is true for a new annotation, which needs the required fields, and false for a change.
    ///
    /// # Errors
    /// The errors of all fields at once.
    pub fn check(self, new: bool) -> Result<Self, FieldErrors> {
        let mut texts = Texts::default();
        let checked = Self {
            video_id: texts.line("video_id", self.video_id, new, true),
            label: texts.line("label", self.label, new, true),
            content: texts.content("content", self.content),
        };
        texts.end(checked)
    }
}

#[cfg(test)]
mod tests;
