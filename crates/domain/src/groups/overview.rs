//! Groups as the panel shows them, and the resources that their members reach through them.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use super::GroupSummary;
use crate::{list::Cursor, resources::GrantLevel};

/// Name of the order of a group's resources, stored in its cursors.
pub const GROUP_RESOURCES_ORDER: &str = "group resources";

/// Numbers and names of a group in a list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupDetails {
    /// Number of features that the members have through the group.
    pub features: u64,
    /// Usernames of the first managers.
    pub managers: Vec<String>,
    /// Number of all managers.
    pub manager_count: u64,
    /// Whether a job is deleting the group.
    pub being_deleted: bool,
}

/// A group in a list, with its details.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupOverview {
    /// The group.
    pub group: GroupSummary,
    /// Its features and managers.
    pub details: GroupDetails,
}

/// A resource that the members of a group reach through a grant to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupResource {
    /// The id of the resource.
    pub id: Uuid,
    /// Kind of the resource, such as `models`.
    pub kind: String,
    /// Name of the resource.
    pub name: String,
    /// Whether users can reach it.
    pub active: bool,
    /// Level of access.
    pub level: GrantLevel,
    /// Username of the user who granted it; `None` for the operator and after that account is purged.
    pub granted_by: Option<String>,
    /// Time at which it was granted.
    #[serde(with = "time::serde::rfc3339")]
    pub granted_at: OffsetDateTime,
}

impl GroupResource {
    /// Returns the cursor at the resource.
    #[must_use]
    pub fn cursor(&self, number: u64) -> Cursor {
        Cursor::at(GROUP_RESOURCES_ORDER, self.granted_at, self.id, number)
    }
}
