//! Resources of the host application, and grants to them.

mod forms;
mod grants;
mod listed;
mod params;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::list::Cursor;

pub use forms::{ResourceDraft, ResourceEdit, ResourcePatch, StoredResource, check_kind};
pub use grants::{Grant, GrantDraft, GrantLevel, GrantSubject, GrantTarget};
pub use listed::{KindTotal, ListedResource, OpenedResource, ResourceListing};
pub use params::{ClientRef, ReachableParams, ResourceListParams, ResourceQuery};

/// Maximum number of resources that one request stores.
pub const RESOURCES_AT_ONCE: usize = 1_000;
/// Maximum number of grants that one request adds or revokes.
pub const GRANTS_AT_ONCE: usize = 1_000;
/// Maximum number of characters of a kind.
pub const KIND_MAX: usize = 50;
/// Name of the order of the list, stored in its cursors.
pub const RESOURCES_ORDER: &str = "resources";

/// A resource as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ResourceResponse)]
pub struct Resource {
    /// The id of the resource.
    pub id: Uuid,
    /// Kind of the resource, such as `models`.
    pub kind: String,
    /// The id of the resource in the host application, unique among those of its kind.
    pub external_id: String,
    /// Name of the resource.
    pub name: String,
    /// The id of the user who owns it.
    pub owner_id: Option<Uuid>,
    /// Number of the client whose data it is.
    pub client_id: Option<i32>,
    /// Whether users can reach it.
    pub active: bool,
    /// Data of the host application.
    pub data: Map<String, Value>,
    /// Version, incremented by each change.
    pub version: i32,
    /// Time of creation.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// Time of the latest change.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

impl Resource {
    /// Returns the cursor at the resource.
    #[must_use]
    pub fn cursor(&self, number: u64) -> Cursor {
        Cursor::at(RESOURCES_ORDER, self.created_at, self.id, number)
    }
}

/// Effect of the deletion of a resource.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ResourceDeletionPreviewResponse)]
pub struct ResourceDeletion {
    /// Number of users with a grant of their own.
    pub users: u64,
    /// Number of groups with a grant.
    pub groups: u64,
    /// Number of members of these groups together; a member of two groups counts twice.
    pub members: u64,
    /// Whether it is granted to everyone.
    pub everyone: bool,
}

/// Number of resources that were created, changed, and sent without a difference.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ResourcesStoreResponse)]
pub struct StoreOutcome {
    /// Number of new resources.
    pub created: u64,
    /// Number of resources that have changed.
    pub updated: u64,
    /// Number of resources that were stored like this already.
    pub unchanged: u64,
}
