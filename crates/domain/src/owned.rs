//! What people own in the host application, as programs read and write it.

mod texts;

use serde::{Deserialize, Deserializer, Serialize};
use thiserror::Error;
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
use texts::Texts;

/// Most characters of a name, a role, a label, or of what a video is called.
pub const LINE_MAX: usize = 200;
/// Most characters of what a persona needs to know, and of its details.
pub const TEXT_MAX: usize = 10_000;
/// Name of an ontology that nobody has named.
const UNNAMED: &str = "Ontology";

/// Why a text is refused, as a sentence for whoever sent it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TextError {
    /// It has to be there.
    #[error("Say what this is.")]
    Missing,
    /// Too long.
    #[error("Use at most {0} characters.")]
    Length(usize),
    /// Characters that hide or reorder others.
    #[error("Remove the invisible control characters.")]
    Control,
}

/// In whose name the host application shows things.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Persona {
    /// Id.
    pub id: Uuid,
    /// Whose.
    pub user_id: Uuid,
    /// Name.
    pub name: String,
    /// What the persona does.
    pub role: String,
    /// What the persona wants to find out.
    pub information_need: String,
    /// Anything else.
    pub details: Option<String>,
    /// Whether the host application has made it by itself.
    pub is_system_generated: bool,
    /// Whether it is left out of the host application's lists.
    pub hidden: bool,
    /// When it was created.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it was last changed.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

/// How a persona is to be. What is absent stays; a new one has to have a name, a role and an information need.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct PersonaDraft {
    /// Name.
    #[serde(deserialize_with = "present")]
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    pub name: Option<String>,
    /// What the persona does.
    #[serde(deserialize_with = "present")]
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    pub role: Option<String>,
    /// What the persona wants to find out.
    #[serde(deserialize_with = "present")]
    #[schema(min_length = 1, max_length = 10000, nullable = false)]
    pub information_need: Option<String>,
    /// Anything else. `null` is none.
    #[serde(deserialize_with = "null_is_empty")]
    #[schema(max_length = 10000)]
    pub details: Option<String>,
    /// Whether the host application has made it by itself.
    #[serde(deserialize_with = "present")]
    #[schema(nullable = false)]
    pub is_system_generated: Option<bool>,
    /// Whether it is left out of the host application's lists.
    #[serde(deserialize_with = "present")]
    #[schema(nullable = false)]
    pub hidden: Option<bool>,
}

/// A text that may be `null`, which is an empty one.
fn null_is_empty<'de, D: Deserializer<'de>>(value: D) -> Result<Option<String>, D::Error> {
    Option::<String>::deserialize(value).map(|text| Some(text.unwrap_or_default()))
}

impl PersonaDraft {
    /// Checks every field of a new one, or of a change.
    ///
    /// # Errors
    /// Every fault at once.
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

/// What a persona knows of its world.
#[cfg(feature = "stored-json")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Ontology {
    /// Id.
    pub id: Uuid,
    /// Under which persona.
    pub persona_id: Uuid,
    /// Name.
    pub name: String,
    /// What it says, in the host application's own form; with the five lists, where they were set.
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
    /// Relations between these.
    #[schema(value_type = Vec<serde_json::Value>)]
    pub relations: StoredJson,
    /// When it was created.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it was last changed.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

/// How the ontology of a persona is to be. What is absent stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct OntologyDraft {
    /// Name.
    #[serde(deserialize_with = "present")]
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    pub name: Option<String>,
    /// What it says.
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
    /// Relations between these.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<Vec<serde_json::Value>>, nullable = false)]
    pub relations: Option<JsonArray>,
}

impl OntologyDraft {
    /// Checks every field.
    ///
    /// # Errors
    /// Every fault at once.
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

    /// An object of the lists that are given, under the names that they have in the content.
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

    /// The name of a new one.
    #[must_use]
    pub fn new_name(&self) -> &str {
        self.name.as_deref().unwrap_or(UNNAMED)
    }
}

/// A mark on a video.
#[cfg(feature = "stored-json")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Annotation {
    /// Id.
    pub id: Uuid,
    /// Under which persona.
    pub persona_id: Uuid,
    /// Who has made it.
    pub user_id: Uuid,
    /// On which video.
    pub video_id: String,
    /// What it says in short.
    pub label: String,
    /// What it says, in the host application's own form.
    #[schema(value_type = serde_json::Value)]
    pub content: StoredJson,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// How an annotation is to be. What is absent stays; a new one has to have a video and a label.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct AnnotationDraft {
    /// On which video.
    #[serde(deserialize_with = "present")]
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    pub video_id: Option<String>,
    /// What it says in short.
    #[serde(deserialize_with = "present")]
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    pub label: Option<String>,
    /// What it says.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<serde_json::Map<String, serde_json::Value>>, nullable = false)]
    pub content: Option<JsonObject>,
}

impl AnnotationDraft {
    /// Checks every field of a new one, or of a change.
    ///
    /// # Errors
    /// Every fault at once.
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
