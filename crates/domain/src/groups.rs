//! Groups of users: the forms, checked, their members, and the policy on delegated administration.

mod deletion;
mod members;
mod overview;
mod policy;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    features::{KEY_MAX, check_key},
    fields::FieldErrors,
    json::{JsonLimits, check_object},
    label::{NAME_MAX, parse_description, parse_label, parse_optional_label},
    list::Cursor,
    messages,
    object::{distinct, present, present_distinct},
};

pub use deletion::{GRANTS_CHECKED, GroupDeletion, MEMBERS_CHECKED};
pub use members::{
    GroupMember, MEMBERS_AT_ONCE, MEMBERS_ORDER, MemberListParams, MemberSelection, MembersOutcome,
    parse_pasted,
};
pub use overview::{GROUP_RESOURCES_ORDER, GroupDetails, GroupOverview, GroupResource};
pub use policy::{
    GroupAction, GroupAuthority, MemberTarget, group_denied, group_invitation_is_valid,
    is_member_skipped, member_password_is_valid,
};

/// Maximum number of characters of a group's description.
pub const DESCRIPTION_MAX: usize = 2_000;
/// Name of the order of the list, stored in its cursors.
pub const GROUPS_ORDER: &str = "groups";

/// A group in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GroupListResponse)]
pub struct GroupSummary {
    /// The id of the group.
    pub id: Uuid,
    /// Name of the group.
    pub name: String,
    /// Purpose of the group.
    pub description: String,
    /// Number of members, without deleted ones.
    pub members: u64,
    /// Time of creation.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

impl GroupSummary {
    /// Returns the cursor at the group.
    #[must_use]
    pub fn cursor(&self, number: u64) -> Cursor {
        Cursor::named(GROUPS_ORDER, &self.name, self.id, number)
    }
}

/// A group as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GroupResponse)]
pub struct Group {
    /// The id of the group.
    pub id: Uuid,
    /// Name of the group.
    pub name: String,
    /// Purpose of the group.
    pub description: String,
    /// Keys of the features that its members have, in order.
    pub features: Vec<String>,
    /// Data of the host application.
    pub data: Map<String, Value>,
    /// Further data of the host application.
    pub meta: Map<String, Value>,
    /// The id of the group in another system.
    pub external_id: Option<String>,
    /// The id of the user who created the group; `None` for the operator.
    pub created_by: Option<Uuid>,
    /// Number of members, without deleted ones.
    pub members: u64,
    /// Version, incremented by each change of the group itself.
    pub version: i32,
    /// Time of creation.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// Time of the latest change.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

/// The form for creating a group, not yet checked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[schema(as = GroupCreateRequest)]
pub struct GroupDraft {
    /// Name of the group.
    pub name: String,
    /// Purpose of the group.
    pub description: String,
    /// Keys of the features that its members have.
    pub features: Vec<String>,
    /// Data of the host application.
    #[serde(deserialize_with = "distinct")]
    pub data: Map<String, Value>,
    /// Further data of the host application.
    #[serde(deserialize_with = "distinct")]
    pub meta: Map<String, Value>,
    /// The id of the group in another system.
    pub external_id: Option<String>,
}

/// A checked form for creating a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewGroup {
    /// Name of the group.
    pub name: String,
    /// Purpose of the group.
    pub description: String,
    /// Keys of the features, in order and without repetition.
    pub features: Vec<String>,
    /// Data of the host application.
    pub data: Map<String, Value>,
    /// Further data of the host application.
    pub meta: Map<String, Value>,
    /// The id of the group in another system.
    pub external_id: Option<String>,
}

impl GroupDraft {
    /// Checks every field.
    ///
    /// # Errors
    /// The errors of all fields at once.
    pub fn check(self) -> Result<NewGroup, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.take("name", parse_label(&self.name, NAME_MAX));
        let description = parse_description(&self.description, DESCRIPTION_MAX);
        let description = errors.take("description", description);
        let external_id = parse_optional_label(self.external_id.as_deref(), NAME_MAX);
        let external_id = errors.take("external_id", external_id).flatten();
        errors.take("data", check_object(&self.data, JsonLimits::PROFILE));
        errors.take("meta", check_object(&self.meta, JsonLimits::PROFILE));
        let features = check_features(self.features, &mut errors);
        match (name, description) {
            (Some(name), Some(description)) if errors.is_empty() => Ok(NewGroup {
                name,
                description,
                features,
                data: self.data,
                meta: self.meta,
                external_id,
            }),
            _ => Err(errors),
        }
    }
}

/// A change of a group, not yet checked. Fields that are left out stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[schema(as = GroupUpdateRequest)]
pub struct GroupEdit {
    /// Name of the group.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub name: Option<String>,
    /// Purpose of the group.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub description: Option<String>,
    /// Keys of the features that its members have, all of them.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub features: Option<Vec<String>>,
    /// Data of the host application; `null` removes it.
    #[serde(
        deserialize_with = "present_distinct",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Option<Map<String, Value>>)]
    pub data: Option<Option<Map<String, Value>>>,
    /// Further data of the host application; `null` removes it.
    #[serde(
        deserialize_with = "present_distinct",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Option<Map<String, Value>>)]
    pub meta: Option<Option<Map<String, Value>>>,
    /// The id of the group in another system; `null` removes it.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub external_id: Option<Option<String>>,
}

/// A checked change of a group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupPatch {
    /// Name of the group.
    pub name: Option<String>,
    /// Purpose of the group.
    pub description: Option<String>,
    /// Keys of the features, in order and without repetition.
    pub features: Option<Vec<String>>,
    /// Data of the host application.
    pub data: Option<Map<String, Value>>,
    /// Further data of the host application.
    pub meta: Option<Map<String, Value>>,
    /// The id of the group in another system; `Some(None)` removes it.
    pub external_id: Option<Option<String>>,
}

impl GroupEdit {
    /// Checks every field.
    ///
    /// # Errors
    /// The errors of all fields at once.
    pub fn check(self) -> Result<GroupPatch, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = self
            .name
            .and_then(|name| errors.take("name", parse_label(&name, NAME_MAX)));
        let description = self.description.and_then(|description| {
            let description = parse_description(&description, DESCRIPTION_MAX);
            errors.take("description", description)
        });
        let external_id = self.external_id.and_then(|id| {
            let id = parse_optional_label(id.as_deref(), NAME_MAX);
            errors.take("external_id", id)
        });
        let features = self.features.map(|keys| check_features(keys, &mut errors));
        let data = self.data.map(Option::unwrap_or_default);
        let meta = self.meta.map(Option::unwrap_or_default);
        for (field, object) in [("data", &data), ("meta", &meta)] {
            if let Some(object) = object {
                errors.take(field, check_object(object, JsonLimits::PROFILE));
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(GroupPatch {
            name,
            description,
            features,
            data,
            meta,
            external_id,
        })
    }
}

/// Returns keys of features in order, each once. Whether they exist is known to the server only.
fn check_features(mut keys: Vec<String>, errors: &mut FieldErrors) -> Vec<String> {
    if let Some(key) = keys.iter().find(|key| check_key(key).is_err()) {
        let key: String = key.chars().take(KEY_MAX).collect();
        errors.add("features", messages::feature_unknown(format!("{key:?}")));
    }
    keys.sort();
    keys.dedup();
    keys
}

#[cfg(test)]
mod tests;
