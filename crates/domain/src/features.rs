//! Features of the host application: what its users can do there, beside their permissions in Rollcall.

mod open_webui;

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    fields::FieldErrors,
    label::{LABEL_MAX, parse_description, parse_optional_label},
    message::Message,
    messages,
    text::capitalized,
    users::{Unknown, string_enum},
};
use open_webui::OPEN_WEBUI;

/// Maximum number of characters of a feature's key.
pub const KEY_MAX: usize = 100;
/// Maximum number of characters of a feature's description.
pub const DESCRIPTION_MAX: usize = 500;

/// A feature as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FeatureResponse)]
pub struct Feature {
    /// Key of the feature, with dots between the levels of the tree: `workspace.models`.
    pub key: String,
    /// Name for display.
    pub label: String,
    /// Purpose of the feature.
    pub description: String,
    /// Whether all users have it.
    pub default_value: bool,
    /// Order among the features.
    pub position: i32,
    /// Version, incremented by each change.
    pub version: i32,
}

/// The form for creating or replacing a feature, not yet checked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[schema(as = FeatureWriteRequest)]
pub struct FeatureDraft {
    /// Name for display; the last part of the key if it is left out.
    pub label: Option<String>,
    /// Purpose of the feature.
    pub description: String,
    /// Whether all users have it.
    pub default_value: bool,
    /// Order among the features.
    pub position: i32,
}

/// A checked feature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFeature {
    /// Key of the feature.
    pub key: String,
    /// Name for display.
    pub label: String,
    /// Purpose of the feature.
    pub description: String,
    /// Whether all users have it.
    pub default_value: bool,
    /// Order among the features.
    pub position: i32,
}

impl FeatureDraft {
    /// Checks every field, and the key.
    ///
    /// # Errors
    /// The errors of all fields at once.
    pub fn check(self, key: &str) -> Result<NewFeature, FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.take("key", check_key(key));
        let label = parse_optional_label(self.label.as_deref(), LABEL_MAX);
        let label = errors.take("label", label).flatten();
        let description = parse_description(&self.description, DESCRIPTION_MAX);
        match errors.take("description", description) {
            Some(description) if errors.is_empty() => Ok(NewFeature {
                label: label.unwrap_or_else(|| label_of(key)),
                key: key.to_owned(),
                description,
                default_value: self.default_value,
                position: self.position,
            }),
            _ => Err(errors),
        }
    }
}

/// Checks the form of a key.
///
/// # Errors
/// A message about the form, for any other text.
pub fn check_key(key: &str) -> Result<(), Message> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let is_well = key
        .split('.')
        .all(|part| !part.is_empty() && part.chars().all(fits));
    if is_well && key.len() <= KEY_MAX {
        Ok(())
    } else {
        Err(messages::feature_key(KEY_MAX))
    }
}

/// Returns the label of a feature without a label of its own, which is the last part of its key in words:
/// `workspace.models_import` becomes `Models import`, and `features.api_keys` `API keys`.
#[must_use]
pub fn label_of(key: &str) -> String {
    let last = key.rsplit('.').next().unwrap_or(key);
    let words = last.split('_').map(|word| match word {
        "api" | "stt" | "tts" => word.to_ascii_uppercase(),
        _ => word.to_owned(),
    });
    capitalized(&words.collect::<Vec<_>>().join(" "))
}

string_enum! {
    /// A set of features that Rollcall knows.
    FeatureSet {
        /// The permissions of Open WebUI.
        OpenWebui = "open_webui",
    }
}

impl FeatureSet {
    /// Returns the features of the set, in their order.
    #[must_use]
    pub fn features(self) -> Vec<NewFeature> {
        let features = match self {
            Self::OpenWebui => OPEN_WEBUI,
        };
        let features = (1..).zip(features);
        features
            .map(|(position, (key, default_value))| NewFeature {
                key: (*key).to_owned(),
                label: label_of(key),
                description: String::new(),
                default_value: *default_value,
                position,
            })
            .collect()
    }
}

/// Reason for which a user has a feature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FeatureReason {
    /// All users have it.
    Default,
    /// A group of the user has it.
    Group {
        /// The id of the group.
        id: Uuid,
        /// Name of the group.
        name: String,
    },
    /// Administrators have all features.
    Admin,
}

/// A feature, whether a user has it, and for which reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = EffectiveFeatureResponse)]
pub struct EffectiveFeature {
    /// Key of the feature.
    pub key: String,
    /// Name for display.
    pub label: String,
    /// Whether the user has it.
    pub value: bool,
    /// Reasons for which the user has it, or would have it if the account was active.
    pub because: Vec<FeatureReason>,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn keys_have_parts_of_lower_case_letters() {
        for (key, is_valid) in [
            ("workspace.models", true),
            ("chat", true),
            ("a.b.c_9", true),
            ("", false),
            (".a", false),
            ("a..b", false),
            ("a.", false),
            ("Chat", false),
            ("chät", false),
            ("a b", false),
        ] {
            assert_eq!(check_key(key).is_ok(), is_valid, "{key:?}");
        }
        assert!(check_key(&"a".repeat(101)).is_err());
    }

    #[test]
    fn label_is_the_last_part_of_the_key() {
        let feature = FeatureDraft::default().check("workspace.models_import");
        assert_eq!(feature.unwrap().label, "Models import");
        let errors = FeatureDraft {
            label: Some("x".repeat(101)),
            ..FeatureDraft::default()
        };
        let errors = errors.check("A").unwrap_err();
        let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["key", "label"]);
    }

    #[test]
    fn features_of_sets_are_valid_and_distinct() {
        for set in FeatureSet::ALL.iter().copied() {
            let features = set.features();
            let keys: BTreeSet<&str> = features.iter().map(|new| new.key.as_str()).collect();
            assert_eq!(keys.len(), features.len());
            for feature in &features {
                assert!(check_key(&feature.key).is_ok(), "{feature:?}");
            }
        }
        let defaults = FeatureSet::OpenWebui.features();
        let default = |key: &str| {
            let found = defaults.iter().find(|feature| feature.key == key);
            found.map(|feature| feature.default_value)
        };
        assert_eq!(default("workspace.models"), Some(false));
        assert_eq!(default("chat.import"), Some(true));
        assert_eq!(default("sharing.public_tools"), Some(true));
    }
}
